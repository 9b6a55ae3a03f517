"""Whether every delivered row was either accepted or kept apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from quality.expectation import Expectation
from quality.outcome import SAMPLE_ROWS, Outcome, unevaluated

ROWS_CONSERVED = Expectation(
    name="rows_conserved",
    kind="rows_conserved",
    arguments={},
    severity="critical",
    description="Every delivered row was accepted or put in quarantine, with the reason.",
)


@dataclass(frozen=True)
class RowCounts:
    """The rows of one delivery: as read, and as counted in the files of accepted and of quarantined rows.

    `erased` counts the accepted rows that were removed at a person's request.
    """

    delivery_id: str
    delivered: int
    accepted: int
    quarantined: int
    erased: int = 0

    @property
    def astray(self) -> int:
        """How many rows were lost or came to be twice."""
        return abs(self.delivered - self.accepted - self.quarantined - self.erased)


def rows_conserved(deliveries: Sequence[RowCounts]) -> Outcome:
    """The outcome of `ROWS_CONSERVED`: `unexpected` counts the rows astray, `sample` names their deliveries.

    Without any delivery there is nothing to judge, which is an error.
    """
    if not deliveries:
        return unevaluated(ROWS_CONSERVED, "there is no delivery to count.")
    off = [delivery for delivery in deliveries if delivery.astray]
    return Outcome(
        name=ROWS_CONSERVED.name,
        success=not off,
        severity=ROWS_CONSERVED.severity,
        evaluated=sum(delivery.delivered for delivery in deliveries),
        unexpected=sum(delivery.astray for delivery in off),
        sample=tuple(sorted(delivery.delivery_id for delivery in off)[:SAMPLE_ROWS]),
    )
