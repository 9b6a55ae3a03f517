"""The verbs that ask what the registry knows, and since when: `padron why`."""

from typing import Annotated

import typer

from pipelines.terminal import Home, Sources, console, settings_at, told


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
    from pipelines.why import explain_value  # noqa: PLC0415 - so that --help answers at once

    with told():
        explain_value(settings_at(home, sources), person, field, values, console)
