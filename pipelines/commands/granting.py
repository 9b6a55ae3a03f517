"""The verbs of a person's rights: `padron dossier`, `rectify`, `block`, `unblock` and `erase`."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import duckdb
import typer

from pipelines.commands.terminal import Home, Sources, console, settings_at, told
from warehouse.layout import Layout

if TYPE_CHECKING:
    from pipelines.commands.subject import Subject
    from sources.catalogue import Catalogue

Person = Annotated[
    str,
    typer.Argument(metavar="PERSON", help="An entity_id, a recipient's pseudonym, a record_id or source:record_key."),
]
Why = Annotated[str, typer.Option(help="Why, as the audit log should say; no personal data.")]


def dossier(
    person: Person,
    out: Annotated[Path, typer.Option(help="The JSON file to write, for its owner alone. It holds personal data.")],
    why: Why,
    home: Home = None,
    sources: Sources = None,
) -> None:
    """Write everything held on a person: source rows and conclusions, purposes, retention, recipients, requests."""
    from pipelines.commands.subject import dossier as everything_on  # noqa: PLC0415
    from pipelines.commands.subject import subject_named  # noqa: PLC0415
    from pipelines.resources import Installation  # noqa: PLC0415 - so that --help answers at once
    from sources.catalogue import read_catalogue  # noqa: PLC0415
    from warehouse.audit_log import record  # noqa: PLC0415
    from warehouse.handover import handed_over  # noqa: PLC0415

    with told():
        installation = Installation.of(settings_at(home, sources))
        with installation.session("dossier") as connection:
            subject = subject_named(connection, installation, person)
            held = everything_on(connection, installation, read_catalogue(installation.settings.sources), subject)
        with handed_over(out) as partial:
            partial.write_text(json.dumps(held, indent=2, default=str, ensure_ascii=False) + "\n", encoding="utf-8")
            # nothing is handed over of which the log does not tell
            record(installation.layout, "rights.dossier", {"records": len(subject.record_ids), "reason": why})
    console.print(
        f"{len(subject.record_ids)} records of {len(held['sources'])} contracts, and {len(held['recipients'])} "
        f"recipients, told in [bold]{out}[/]",
        soft_wrap=True,
    )


def rectify(
    person: Person,
    field: Annotated[str, typer.Argument(help="The field that is wrong, such as surname_1 or birth_date.")],
    value: Annotated[str, typer.Argument(help="What is right; a date as 1987-03-05.")],
    why: Why,
    home: Home = None,
    sources: Sources = None,
) -> None:
    """Put a value right: it stands over what sources deliver, until a source itself is right."""
    from warehouse.privacy.rights import RECTIFIABLE, grant  # noqa: PLC0415

    with told(), _found(person, home, sources) as (connection, layout, subject):
        right = _comparable(connection, field, value, tuple(RECTIFIABLE))
        request = grant(layout, "rectify", subject.record_ids, why, field, right)
        _tell(request.number, f"{field} stands put right", layout)


def block(person: Person, why: Why, home: Home = None, sources: Sources = None) -> None:
    """Keep a person out of what is published, while their data stay as they are."""
    from warehouse.privacy.rights import grant  # noqa: PLC0415

    with told(), _found(person, home, sources) as (_, layout, subject):
        _tell(grant(layout, "block", subject.record_ids, why).number, "the person is not published", layout)


def unblock(person: Person, why: Why, home: Home = None, sources: Sources = None) -> None:
    """Let a blocked person be published again."""
    from warehouse.privacy.rights import grant  # noqa: PLC0415

    with told(), _found(person, home, sources) as (_, layout, subject):
        _tell(grant(layout, "unblock", subject.record_ids, why).number, "the person is published again", layout)


def erase(
    person: Person,
    why: Why,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask. An erasure cannot be undone.")] = False,
    home: Home = None,
    sources: Sources = None,
) -> None:
    """Erase a person: the rows go, releases that hold them go, and a new delivery does not bring them back."""
    from sources.catalogue import read_catalogue  # noqa: PLC0415
    from warehouse.privacy.rights import grant  # noqa: PLC0415

    if not yes:
        typer.confirm("Erase this person from all that is held? It cannot be undone.", abort=True)
    with told(), _found(person, home, sources) as (connection, layout, subject):
        delivered = _delivered_files(connection, layout, subject, read_catalogue(settings_at(home, sources).sources))
        request = grant(layout, "erase", subject.record_ids, why, entity_id=subject.entity_id)
        _tell(request.number, "the person's rows, quarantine, reports, history and older releases are gone", layout)
        for institution, names in delivered.items():
            console.print(f"Ask {institution} to leave the person out of what it delivered: {', '.join(names)}.")


def _delivered_files(
    connection: duckdb.DuckDBPyConnection, layout: Layout, subject: "Subject", catalogue: "Catalogue"
) -> dict[str, list[str]]:
    """The files of the landing zone that hold the person, by the institution whose they are."""
    from sources.erasure import files_holding  # noqa: PLC0415

    found: dict[str, list[str]] = {}
    for contract in catalogue.contracts:
        source = catalogue.person_source(contract)
        names = files_holding(connection, contract, source, subject.record_ids, layout)
        if names:
            found.setdefault(contract.institution, []).extend(names)
    return found


@contextmanager
def _found(
    person: str, home: Path | None, sources: Path | None
) -> Iterator[tuple[duckdb.DuckDBPyConnection, Layout, "Subject"]]:
    """A session, the layout and the person, while no other run works in the home."""
    from pipelines.commands.subject import subject_named  # noqa: PLC0415
    from pipelines.resources import Installation  # noqa: PLC0415
    from warehouse.lock import only_run  # noqa: PLC0415

    installation = Installation.of(settings_at(home, sources))
    with only_run(installation.settings), installation.session("rights") as connection:
        yield connection, installation.layout, subject_named(connection, installation, person)


def _comparable(connection: duckdb.DuckDBPyConnection, field: str, value: str, fields: tuple[str, ...]) -> str:
    """The value as records hold it; raise `RightsError` for a field or a form that cannot be."""
    from sources.standardise.letters import capitals_sql  # noqa: PLC0415
    from warehouse.errors import RightsError  # noqa: PLC0415
    from warehouse.session import literal  # noqa: PLC0415

    if field not in fields:
        raise RightsError(f"That field cannot be put right here. Known are: {', '.join(fields)}.")
    if field.endswith("_date"):
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError:
            raise RightsError(f"A {field} is written as year-month-day, such as 1987-03-05.") from None
    if field == "sex" and value not in {"male", "female", "other"}:
        raise RightsError("A sex is male, female or other.")
    if field in {"sex", "phone", "email"}:
        return value.strip().lower()
    return str(connection.sql(f"select {capitals_sql(literal(value.strip()))}").fetchall()[0][0])


def _tell(number: int, what: str, layout: Layout) -> None:
    from warehouse.privacy.rights import recipients  # noqa: PLC0415

    console.print(f"Request {number} is granted: from the next `padron build` on, {what}.")
    names = recipients(layout)
    console.print(f"To be notified: {', '.join(names) if names else 'nobody, for nothing was handed out yet'}.")
