"""How long and how far it is from one point to another, by car and on foot.

``legs`` holds the value types and the seam (:class:`~routing.travel.legs.Travel`); ``geodesic`` is
the source that needs no network, ``matrix`` one for legs that a caller has.
"""

from routing.travel.geodesic import GeodesicTravel
from routing.travel.legs import UNREACHABLE, Block, Legs, Mode, Point, Travel, legs_of, point_of_visit, precision_of
from routing.travel.matrix import MatrixPlace, MatrixTravel
from routing.travel.parameters import TravelParameters, default_parameters

__all__ = [
    "UNREACHABLE",
    "Block",
    "GeodesicTravel",
    "Legs",
    "MatrixPlace",
    "MatrixTravel",
    "Mode",
    "Point",
    "Travel",
    "TravelParameters",
    "default_parameters",
    "legs_of",
    "point_of_visit",
    "precision_of",
]
