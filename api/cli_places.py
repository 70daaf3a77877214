"""``flask places …``: where villages lie, out of lists of places."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import cast

import click
from flask_babel import gettext as _

from api.language import speaking
from routing.places import Datum


@click.group()
def places() -> None:
    """Where villages lie."""


@places.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--user", "username", required=True, help="The coordinator in whose area the villages lie.")
@click.option(
    "--datum", type=click.Choice(["wgs84", "gcj02", "bd09"]), default="wgs84", show_default=True,
    help="What the coordinates of a table are in.",
)  # fmt: skip
@click.option("--by-name", is_flag=True, help="Also trust a name that stands once, where no town is said.")
@click.option("--dry-run", is_flag=True, help="Tell what would be stored, and store nothing.")
@click.option("--quiet", is_flag=True, help="Only the summary, not each village and each row that is no place.")
def places_load(file: Path, username: str, datum: str, by_name: bool, dry_run: bool, quiet: bool) -> None:
    """Place villages that have none out of FILE: a table (CSV) or an OpenStreetMap extract (.osm.pbf, .osm).

    A table has columns for name, latitude, longitude and, if it can, town or district. Only what is sure is
    placed; what may be another place is offered on the console's map. Towns are kept too: a village without
    a place is planned by its town. The same file loaded again changes nothing.
    """
    from api.usecases.keep_users import actor_named, language_of
    from api.usecases.place_villages import place_villages
    from api.wording.places import OUTCOMES, list_sentence, loading_sentences, place_sentences
    from routing.gazetteer import NamedPlace
    from schemas.gazetteer import GazetteerRefused

    def watch(read: Iterable[NamedPlace]) -> Iterable[NamedPlace]:
        with click.progressbar(read, label=_("Reading places"), show_pos=True, file=sys.stderr) as bar:
            yield from bar

    actor = actor_named(username)
    with speaking(language_of(username)):
        try:
            found = place_villages(
                actor, file, datum=cast(Datum, datum), by_name=by_name, dry_run=dry_run, watch=watch
            )
        except GazetteerRefused as error:
            raise click.ClickException(list_sentence(error.code, error.facts)) from error
        for one in () if quiet else found["villages"]:
            there = " | ".join(f"{place.lat:.5f}, {place.lon:.5f} (#{place.ref})" for place in one["places"][:5])
            outcome = OUTCOMES[one["outcome"]]
            click.echo(f"{_(outcome)}: {one['name']}  {there}".rstrip())
        for one in () if quiet else found["problems"]:
            click.echo(f"{one.cell}: {one.value} – {' '.join(place_sentences(one.code))}")
        for line in loading_sentences(found, dry_run):
            click.echo(line)
