"""What is said about roads: by a plan about the roads it went by, by the commands that build them."""

from __future__ import annotations

from api.wording.words import n

ROADS: dict[str, tuple[str, ...]] = {
    # routing.travel.table.TRAVEL_NOTES
    "legs_without_roads": (
        n("%(legs)s of %(of)s ways between places are assumed from straight lines, because %(because)s."),
    ),
    "roads_of_another_region": (
        n("The road data knows no road near %(places)s of %(of)s places, so all ways are assumed from straight lines."),
    ),
    "road_points_shared": (
        n("%(places)s places are too many for one table of ways: near ones were put together into %(shared)s."),
    ),
    "reached_on_foot": (
        n("%(doors)s doors are reached on foot from the last road; the farthest is %(metres)s m away from it."),
    ),
    "legs_not_kept": (n("The ways could not be kept on disk, so the next plan asks for them again: %(because)s."),),
    "beyond_roads": (
        n("%(doors)s doors are more than %(limit_metres)s m from any road known; nobody is sent there."),
    ),
    # api.usecases.drawn_problems
    "travel_differs": (
        n(
            "The roads that this plan was drawn up with (%(roads)s) are gone or answer otherwise by now, "
            "so times here may differ from the plan's."
        ),
    ),
    # routing.travel.build.BUILD_FAILURES
    "roads_not_installed": (
        n("OSRM's own library is not installed. It needs Python 3.12 or newer; or use an OSRM service instead."),
    ),
    "roads_being_built": (n("Another command is building, switching or removing road data here. Wait until it has ended."),),
    "roads_build_failed": (
        n("The road data for %(profile)s was not built; OSRM's step %(step)s ended with: %(says)s"),
    ),
    "roads_no_such_version": (n("There is no road data named %(version)s. “roads list” shows what there is."),),
    "roads_in_use": (n("%(version)s is in use. Use another version first."),),
}

#: Why legs were not answered (routing.travel.roads.FAILURES), inside a sentence.
BECAUSE: dict[str, str] = {
    "roads_not_installed": n("OSRM's own library is not installed"),
    "roads_not_built": n("the road data of this version is missing, damaged or made by another release of OSRM"),
    "roads_crashed": n("reading the road data ended unexpectedly"),
    "roads_timed_out": n("no answer came in time"),
    "roads_refused": n("the roads service could not be reached"),
    "roads_failed": n("the roads service answered with an error"),
    "roads_rejected": n("the roads service does not take such questions (see its profile and --max-table-size)"),
    "roads_redirected": n("the roads service sent us elsewhere, which is not followed"),
    "roads_too_large": n("the roads service's answer was too large to be one"),
    "roads_nonsense": n("the roads service's answer made no sense"),
    "roads_address": n("the roads service lies at an address that is not allowed"),
}
