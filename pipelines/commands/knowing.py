"""The verbs that ask what the registry knows, and since when: `padron why` and `padron as-of`."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.terminal import Home, Sources, console, settings_at, told


def why(
    person: Annotated[
        str, typer.Argument(metavar="PERSON", help="An entity_id, a record_id or source:record_key of theirs.")
    ],
    field: Annotated[str, typer.Argument(metavar="FIELD", help="A field of the golden record, such as birth_date.")],
    values: Annotated[bool, typer.Option("--values", help="Show the values too. These identify people.")] = False,
    home: Home = None,
    sources: Sources = None,
) -> None:
    """Explain a value of the golden record: every claim of every source, and what decided between them."""
    from pipelines.commands.why import explain_value  # noqa: PLC0415 - so that --help answers at once

    with told():
        explain_value(settings_at(home, sources), person, field, values, console)


def as_of(
    day: Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], help="The day on which it was true.")],
    sql: Annotated[str | None, typer.Argument(help="A question to that registry, in SQL.", show_default=False)] = None,
    known: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day on which it was known; now unless given.", show_default=False),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write that registry to this new DuckDB file.")] = None,
    home: Home = None,
) -> None:
    """Open the registry as it was true on a day, and as it was known on another."""
    from pipelines.commands.past import open_past  # noqa: PLC0415

    with told():
        open_past(settings_at(home), day.date(), known.date() if known else None, sql, out, console)
