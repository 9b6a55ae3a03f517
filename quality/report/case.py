"""The page of one case: the next step first, then what every sector knows of the person and the household."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from markupsafe import Markup

from quality.report.charts import spans
from quality.report.page import page, save
from quality.report.titles import rule_titles
from warehouse.case import SECTIONS, Case, CasePerson, CaseRow

TIMED = ("programme", "work", "contribution", "service", "benefit")
YEARS_DRAWN = 12
LISTED = ("programme", "benefit", "work", "contribution", "service", "income", "poverty", "entitlement", "flag")
"""Sections that the page lists as they are, in this order; it draws the others in its own way."""

LONGEST_LABEL = 38

KINDS = {
    "unmet_guarantee": ("A guarantee is not met", "Find out what keeps the person from it, and lead the way there."),
    "not_enrolled": ("Entitled, and not enrolled", "Offer the enrolment; ask for what is missing."),
    "non_compliant": ("A duty looks unmet", "Hear the family and check the evidence first. Nothing ends by itself."),
    "not_reported": ("Not reported", "Ask the institution to report. The silence is held against nobody."),
    "concurrence": ("Records that do not agree", "Check which record is right, and have the other mended."),
}
"""What a referral is called on the page, and what a case worker does about it."""


@dataclass(frozen=True)
class Step:
    """One thing to do: its kind, what it is about, who is asked, and why."""

    kind: str
    title: str
    advice: str
    subject: str
    rows: Sequence[CaseRow]


@dataclass(frozen=True)
class Duty:
    """One co-responsibility over its periods, the earliest first: the row of each."""

    item: str
    rows: Sequence[CaseRow]


def write_case_page(case: Case, why: str, path: Path) -> None:
    """Write the page of `case`, opened for the reason `why`, to `path`: for its owner alone, and whole in one file."""
    titles = rule_titles()
    values = {
        "case": case, "why": why, "titles": titles, "sections": SECTIONS, "listed": LISTED,
        "steps": _steps(case.person, titles), "duties": _duties(case.person),
        "members": [(member, _steps(member, titles)) for member in case.household],
        "life": _life(case.person, case.as_of),
    }  # fmt: skip
    save(page("case.html.j2", **values), path)


def _steps(person: CasePerson, titles: Mapping[str, str]) -> list[Step]:
    """The steps of a person, the gravest kind first; what several institutions are asked is one step."""
    grouped: dict[tuple[str, str], list[CaseRow]] = {}
    for row in person.of("next step"):
        grouped.setdefault((row.status, row.item), []).append(row)
    found = sorted(grouped.items(), key=lambda entry: (list(KINDS).index(entry[0][0]), entry[0][1]))
    return [Step(kind, *KINDS[kind], titles.get(item, item), rows) for (kind, item), rows in found]


def _duties(person: CasePerson) -> list[Duty]:
    rows = sorted(person.of("compliance"), key=lambda row: (row.item, row.since or date.min))
    return [Duty(item, [row for row in rows if row.item == item]) for item in dict.fromkeys(row.item for row in rows)]


def _life(person: CasePerson, as_of: date) -> Markup | None:
    """What has a date, drawn over the last years; None where nothing has."""
    first = date(as_of.year - YEARS_DRAWN, 1, 1)
    bars = list(_bars(person.rows, first, as_of))
    return spans(bars, "what", "sector", (first, as_of)) if bars else None


def _bars(rows: Iterable[CaseRow], first: date, as_of: date) -> Iterable[dict[str, Any]]:
    for row in rows:
        if row.section in TIMED and row.since and (row.until or as_of) >= first:
            end = max(min(row.until or as_of, as_of), row.since + timedelta(days=45))
            start = max(row.since, first)
            yield {"what": _short(row.item), "sector": row.section, "from": start.isoformat(), "to": end.isoformat()}


def _short(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1]}…"
