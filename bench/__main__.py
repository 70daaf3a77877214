"""``python -m bench NAME [options]``: run one measurement and print its figures with machine and versions."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from importlib import import_module, metadata

NAMES = {
    "smoke": "from the upload of the sample county to the phone's day; one team with 120 households",
    "serve": "the phone's day and its 304 against a bare Flask view of the same bytes, as ratios",
    "rural": "one day of rural teams: value in the same seconds, beside PyVRP, VROOM and OR-Tools' routing",
    "county": "a county's week, territory by territory on all cores: value, wall time, memory of all processes",
    "horizon": "a week as one problem against five days planned one after the other",
    "roads": "real roads: building, tables, what is kept between days, straight lines against the truth",
    "ledgers": "reading a large ledger: time against csv.DictReader, peak memory",
    "imports": "importing a large ledger for real: time against csv.DictReader, peak memory, both databases",
    "grouping": "grouping by village against known truth: joins right, joins made or suggested, time",
    "toptw": "published team orienteering problems: gap to the best known values, beside other solvers",
    "report": "docs/benchmarks.md and its plot from the figures that were kept with --results",
}


def main() -> None:
    """Run the measurement that is named."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    names = parser.add_subparsers(dest="name", required=True, metavar="NAME")
    for name, what in NAMES.items():
        sub = names.add_parser(name, help=what, description=what)
        import_module(f"bench.{name}").options(sub)
    arguments = parser.parse_args()
    packages = ", ".join(f"{one} {metadata.version(one)}" for one in ("ortools", "flask", "gunicorn"))
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {sys.version.split()[0]}, {packages}")
    import_module(f"bench.{arguments.name}").run(arguments)


if __name__ == "__main__":
    main()
