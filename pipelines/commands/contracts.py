"""The verbs of contracts, `padron contract check|new|diff|docs`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.terminal import Sources, console, settings_at, told

contract_app = typer.Typer(
    name="contract",
    help="Check, draft, compare and document the contracts of institutions.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)


class Role(StrEnum):
    """What a row is about."""

    persons = "persons"
    events = "events"


@contract_app.command("check", epilog="Example: padron contract check my/contracts")
def check(
    place: Annotated[
        Path | None, typer.Argument(help="A folder of contracts, or one contract.", show_default="PADRON_SOURCES")
    ] = None,
) -> None:
    """Check contracts: their form, their mapping, their rules, and what lies between them; all faults at once."""
    from pipelines.commands.contracting import check_contracts  # noqa: PLC0415 - so that --help answers at once

    with told():
        check_contracts(place or settings_at(None).sources, console)


@contract_app.command("new", epilog="Example: padron contract new landing/housing/applicants_2026-10.csv --out c.yaml")
def new(
    file: Annotated[
        Path, typer.Argument(help="A sample of the extract: csv, xlsx, parquet or jsonl, plain or packed.")
    ],
    out: Annotated[Path | None, typer.Option(help="Where to write the draft; by default it is printed.")] = None,
    id: Annotated[str | None, typer.Option(help="The contract's id, as institution.extract.")] = None,
    role: Annotated[Role | None, typer.Option(help="What a row is about, where the draft guesses wrong.")] = None,
    kind: Annotated[str | None, typer.Option(help="The kind of event.")] = None,
) -> None:
    """Draft a contract from a sample extract. No value of a person is in it, only codes of short closed lists."""
    from pipelines.commands.contracting import draft  # noqa: PLC0415

    with told():
        draft(file, out, id, role, kind, console)


@contract_app.command("diff", epilog="Example: padron contract diff contract-1.yaml contract-2.yaml")
def diff(
    old: Annotated[Path, typer.Argument(help="The contract in force.")],
    new: Annotated[Path, typer.Argument(help="The contract that is to follow it.")],
) -> None:
    """Tell what changes between two versions of a contract. Ends with status 2 where a change breaks something."""
    from pipelines.commands.contracting import compare  # noqa: PLC0415

    with told():
        breaking = compare(old, new, console)
    if breaking:
        raise typer.Exit(2)


@contract_app.command("docs", epilog="Example: padron contract docs --sources my/contracts --out pages")
def docs(
    out: Annotated[Path, typer.Option(help="The folder to write the pages to.")],
    sources: Sources = None,
) -> None:
    """Write a page a contract, and the record of processing that data protection law asks for."""
    from pipelines.commands.contracting import write_documents  # noqa: PLC0415

    with told():
        write_documents(settings_at(None, sources).sources, out, console)
