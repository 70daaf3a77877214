"""The command that writes everything that was put in into a folder."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import click

from schemas.exports import FORMATS
from schemas.writing.csv_file import ENCODINGS


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--user", "username", prompt=True, help="In whose area, and with whose rights. Asked for if not given.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="xlsx", show_default=True)
@click.option("--encoding", type=click.Choice(ENCODINGS), default="utf-8", show_default=True, help="Of CSV.")
@click.option("--table", "tables", multiple=True, help="Only this one; repeat for several. Default: all there are.")
@click.option("--masked", is_flag=True, help="Initials and last digits, also for a user who may read all.")
def export(folder: Path, username: str, form: str, encoding: str, tables: tuple[str, ...], masked: bool) -> None:
    """Write everything that was put in: a file for each table (as xlsx, one of all too). Noted in the audit trail."""
    from api.problems import Problem
    from api.usecases.exports.write import ALL, Form, tables_of, write_export
    from api.usecases.keep_users import actor_named

    actor = actor_named(username)
    chosen = tables or (*tables_of(actor), *((ALL,) if form == "xlsx" else ()))
    folder.mkdir(parents=True, exist_ok=True)
    for table in chosen:
        try:
            written = write_export(actor, table, Form(form, encoding, masked=masked))
        except Problem as problem:
            raise click.ClickException(f"{table}: {problem.detail}") from problem
        path = folder / written.name
        with written.file, open(path, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as out:
            shutil.copyfileobj(written.file, out)
        lost = f", {written.replaced} characters written as [U+…]" if written.replaced else ""
        click.echo(f"{path}: {sum(written.rows.values())} rows{lost}")
