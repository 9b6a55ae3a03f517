"""Outcomes kept between the step that judged and the page that tells of it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from quality.expectation import Expectation, Severity
from quality.outcome import NOT_EVALUATED, Outcome
from warehouse.handover import handed_over
from warehouse.layout import Layout, private_folder


@dataclass(frozen=True)
class Verdict:
    """One outcome with the words that tell what was expected."""

    name: str
    description: str
    severity: Severity
    success: bool
    evaluated: int
    unexpected: int
    sample: tuple[str, ...]
    error: str | None
    judged_at: str = ""

    @property
    def is_silent(self) -> bool:
        """There was nothing to judge."""
        return (self.error or "").startswith(NOT_EVALUATED)


def verdicts(suite: Iterable[Expectation], outcomes: Iterable[Outcome]) -> list[Verdict]:
    """The outcomes of `suite`, in its order, each with its description."""
    described = {expectation.name: expectation.description for expectation in suite}
    return [Verdict(description=described[outcome.name], **asdict(outcome)) for outcome in outcomes]


def keep(layout: Layout, what: str, judged: Iterable[Verdict]) -> None:
    """Keep the verdicts on `what`, such as a contract's delivery, over those kept before."""
    path = _path(layout, what)
    private_folder(path.parent)
    with handed_over(path) as partial:
        partial.write_text(json.dumps([asdict(verdict) for verdict in judged]), encoding="utf-8")


def kept(layout: Layout, what: str) -> list[Verdict]:
    """The verdicts kept on `what`; none where nothing was judged yet."""
    path = _path(layout, what)
    if not path.exists():
        return []
    listed = json.loads(path.read_text(encoding="utf-8"))
    return [Verdict(**{**verdict, "sample": tuple(verdict["sample"])}) for verdict in listed]


def _path(layout: Layout, what: str) -> Path:
    return layout.reports / "verdicts" / f"{what}.json"
