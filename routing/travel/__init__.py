"""How long and how far it is from one point to another, by car and on foot.

``legs`` holds the value types and the seam (:class:`~routing.travel.legs.Travel`). ``geodesic`` is the source that
needs nothing but coordinates, ``matrix`` one for legs that a caller has. ``roads`` is travel by a table of road legs,
which ``table`` makes with the help of a ``cache`` from OSRM: ``osrm_built`` reads road data on this machine (made by
``build``), ``osrm_service`` asks over HTTP.
"""

from routing.travel.build import RoadFolder
from routing.travel.cache import LegCache
from routing.travel.geodesic import GeodesicTravel
from routing.travel.legs import UNREACHABLE, Block, Legs, Mode, Point, Travel, legs_of, point_of_visit, precision_of
from routing.travel.matrix import MatrixPlace, MatrixTravel
from routing.travel.osrm_built import OsrmBuilt
from routing.travel.osrm_service import OsrmService
from routing.travel.parameters import PROFILES, TravelParameters, default_parameters
from routing.travel.roads import RoadSource, RoadTravel
from routing.travel.table import RoadsMade, name_beyond_roads, roads_for

__all__ = [
    "PROFILES",
    "UNREACHABLE",
    "Block",
    "GeodesicTravel",
    "LegCache",
    "Legs",
    "MatrixPlace",
    "MatrixTravel",
    "Mode",
    "OsrmBuilt",
    "OsrmService",
    "Point",
    "RoadFolder",
    "RoadSource",
    "RoadTravel",
    "RoadsMade",
    "Travel",
    "TravelParameters",
    "default_parameters",
    "legs_of",
    "name_beyond_roads",
    "point_of_visit",
    "precision_of",
    "roads_for",
]
