"""The verbs of clerical review, `padron review export|import|withdraw`, and `padron explain`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.terminal import Home, Sources, console, settings_at, told

review_app = typer.Typer(
    name="review",
    help="Give doubtful pairs to people to judge, and take their judgements in.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)

Who = Annotated[str, typer.Option(help="Who judged, as the ledger should name them.")]


class Format(StrEnum):
    """The forms of a review file."""

    csv = "csv"
    xlsx = "xlsx"
    annotation = "annotation"


@review_app.command("export", epilog="Example: padron review export --out doubtful.xlsx --limit 200")
def export_pairs(
    out: Annotated[Path, typer.Option(help="The file to write, for its owner alone. It holds personal data.")],
    format: Annotated[
        Format | None, typer.Option(help="The file's form; by default what its ending says.", show_default=False)
    ] = None,
    limit: Annotated[
        int, typer.Option(min=1, max=1_000_000, help="How many pairs, those first that matter most.")
    ] = 500,
    home: Home = None,
    sources: Sources = None,
) -> None:
    """Write the pairs that wait for a judgement, both records side by side, those first whose decision changes most."""
    from pipelines.commands.desk import export_review  # noqa: PLC0415 - so that --help answers at once

    with told():
        export_review(settings_at(home, sources), out, format, limit, console)


@review_app.command("import", epilog='Example: padron review import doubtful.xlsx --who "desk 4"')
def import_judgements(
    file: Annotated[Path, typer.Argument(help="A file of `padron review export` with its judgements filled in.")],
    who: Who,
    home: Home = None,
    sources: Sources = None,
) -> None:
    """Take in the judgements of a reviewed file: all of them, or none where any is at fault."""
    from pipelines.commands.desk import import_review  # noqa: PLC0415

    with told():
        import_review(settings_at(home, sources), file, who, console)


@review_app.command("withdraw", epilog='Example: padron review withdraw 3f9a 77c0 --who "desk 4" --why "wrong file"')
def withdraw_judgement(
    one: Annotated[str, typer.Argument(metavar="RECORD", help="A record_id, or source:record_key.")],
    other: Annotated[str, typer.Argument(metavar="RECORD", help="The other record of the pair.")],
    who: Who,
    why: Annotated[str, typer.Option(help="Why the judgement does not hold.")],
    home: Home = None,
    sources: Sources = None,
) -> None:
    """Withdraw the judgement on a pair: the next linkage is as if it had never been said."""
    from pipelines.commands.desk import withdraw  # noqa: PLC0415

    with told():
        withdraw(settings_at(home, sources), one, other, who, why, console)


def explain(
    names: Annotated[
        list[str],
        typer.Argument(metavar="RECORD [RECORD] | PERSON", help="Two records, or one person by entity_id or a record."),
    ],
    out: Annotated[Path | None, typer.Option(help="Also draw it: a file ending in .svg or .html.")] = None,
    values: Annotated[
        bool, typer.Option("--values", help="Show the compared values too. These identify people.")
    ] = False,
    home: Home = None,
    sources: Sources = None,
) -> None:
    """Explain why two records are one person or not, or what holds a person's records together."""
    from pipelines.commands.explaining import explain_records  # noqa: PLC0415

    with told():
        explain_records(settings_at(home, sources), names, out, values, console)
