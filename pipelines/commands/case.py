"""`padron case`: what every sector knows of one person, and the next step, in the terminal and as a page."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Group
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table as Grid

from pipelines.commands.granting import Person, Why
from pipelines.commands.terminal import Home, Sources, console, settings_at, told
from warehouse.case import SECTIONS, Case, CasePerson, CaseRow
from warehouse.settings import Settings

COLOURS = {
    "unmet": "red", "non_compliant": "red", "informal": "red", "unmet_guarantee": "red", "met": "green",
    "compliant": "green", "formal": "green", "enrolled": "green", "not_reported": "yellow", "unknown": "yellow",
    "not_enrolled": "yellow", "eligible_not_enrolled": "yellow", "review": "yellow", "concurrence": "yellow",
}  # fmt: skip
LATEST = 12
"""Rows of a section that the terminal shows; the page shows all."""


def case(
    person: Person,
    why: Why,
    out: Annotated[Path | None, typer.Option(help="Write the case as one HTML page, for its owner alone.")] = None,
    home: Home = None,
    sources: Sources = None,
) -> None:
    """Open a person's case: household, programmes, duties, gaps, work, services, and the next step. It is audited."""
    with told():
        opened = open_case(settings_at(home, sources), person, why)
        if out is None:
            console.print(shown(opened))
            return
        from quality.report.case import write_case_page  # noqa: PLC0415 - so that --help answers at once

        write_case_page(opened, why, out)
    console.print(f"The case lies at [bold]{escape(str(out))}[/]; it identifies people. Delete it when it is closed.")


def open_case(settings: Settings, person: str, why: str) -> Case:
    """The case of the person called `person`; the audit log tells that it was opened, by whom and why.

    Raises `RightsError` for a person who is blocked or has been erased, `LinkageError` for one whom nobody knows.
    """
    from pipelines.commands.subject import subject_named  # noqa: PLC0415
    from pipelines.resources import Installation  # noqa: PLC0415
    from warehouse.audit_log import record  # noqa: PLC0415
    from warehouse.case import read_case  # noqa: PLC0415
    from warehouse.errors import RightsError  # noqa: PLC0415
    from warehouse.layout import Layout  # noqa: PLC0415
    from warehouse.privacy.rights import erased_records, read_requests, withheld_ids  # noqa: PLC0415
    from warehouse.privacy.vault import open_vault  # noqa: PLC0415

    installation, layout = Installation.of(settings), Layout(settings.home)
    requests = read_requests(layout)
    with installation.session("case") as connection:
        subject = subject_named(connection, installation, person)
        if subject.entity_id in withheld_ids(connection, layout, requests):
            raise RightsError("That person is blocked, so no case is opened. `padron unblock` ends the block.")
    if erased_records(requests) & set(subject.record_ids):
        raise RightsError("That person has been erased, so no case is opened. The next `padron build` forgets them.")
    with open_vault(settings, why) as vault:
        opened = read_case(vault, layout.current.resolve().name, subject.entity_id)
    record(layout, "case.opened", {"person": opened.person.entity_id, "reason": why})
    return opened


def shown(case: Case) -> Group:
    """The case as tables for the terminal."""
    return Group(
        _identity(case),
        *(_section(section, rows) for section in SECTIONS if (rows := case.person.of(section))),
        *([_household(case)] if case.household else []),
    )


def _identity(case: Case) -> Panel:
    person = case.person
    age = f", {person.age} years" if person.age is not None else ""
    lines = [f"[bold]{escape(person.name)}[/]{age}, born {person.born or 'on an unknown day'}"]
    lines += [f"[dim]{escape(scheme)}[/] {escape(number)}" for scheme, number in person.identifiers]
    lines += [f"[dim]{escape(label)}[/] {escape(value)}" for label, value in person.facts.items()]
    return Panel("\n".join(lines), title=f"Case {person.entity_id}", subtitle=f"as of {case.as_of}")


def _section(section: str, rows: list[CaseRow]) -> Grid:
    title, rows = SECTIONS[section], _at_once(rows) if section == "compliance" else rows
    left = f", {len(rows) - LATEST} more on the page (--out)" if len(rows) > LATEST else ""
    grid = Grid(
        "what",
        "how it stands",
        "since",
        "until",
        "who says so",
        title=f"{title}{left}",
        title_justify="left",
        box=SIMPLE_HEAD,
    )
    for row in rows[:LATEST]:
        grid.add_row(*_cells(row))
    return grid


def _at_once(rows: list[CaseRow]) -> list[CaseRow]:
    """The rows of duties, those of one outcome told as one from the first to the last period."""
    outcomes: dict[tuple[str, str], list[CaseRow]] = {}
    for row in rows:
        outcomes.setdefault((row.item, row.status), []).append(row)
    return [
        replace(
            of[0],
            detail=f"{len(of)} of the last periods, the latest: {of[0].detail}",
            since=of[-1].since,
            until=of[0].until,
        )
        for of in outcomes.values()
    ]


def _cells(row: CaseRow) -> tuple[str, ...]:
    colour = COLOURS.get(row.status, "default")
    unverified = " [yellow](unverified rule)[/]" if row.rule_status == "unverified" else ""
    status = f"[{colour}]{escape(row.status.replace('_', ' '))}[/]{unverified}"
    told = f"{status}\n[dim]{escape(row.detail)}[/]" if row.detail else status
    return escape(row.item), told, str(row.since or ""), str(row.until or ""), escape(", ".join(row.sources))


def _household(case: Case) -> Grid:
    grid = Grid(
        "name", "age", "who", "next steps", "programmes", title="Household", title_justify="left", box=SIMPLE_HEAD
    )
    for member in case.household:
        grid.add_row(*_member(member))
    return grid


def _member(member: CasePerson) -> tuple[str, ...]:
    programmes = sorted({row.item for row in member.of("programme") if row.status == "enrolled"})
    age = "" if member.age is None else str(member.age)
    return escape(member.name), age, member.tie, str(len(member.of("next step"))), escape(", ".join(programmes))
