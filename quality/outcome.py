"""What came of an expectation, in counts and row ids: no outcome holds a value of a person."""

from __future__ import annotations

from dataclasses import dataclass

from quality.expectation import Expectation, Severity

SAMPLE_ROWS = 20


@dataclass(frozen=True)
class Outcome:
    """The outcome of one expectation.

    `evaluated` is how many rows were judged (rows without a value are not, save where that is the question),
    `unexpected` how many of them were not as expected; `sample` names up to 20 of these by their ids.
    With an `error` the expectation could not be evaluated: nothing is known of the data, and it counts as a failure.
    `judged_at` is when an earlier run judged it, of the same rows; it is empty where that is now.
    """

    name: str
    success: bool
    severity: Severity
    evaluated: int
    unexpected: int
    sample: tuple[str, ...] = ()
    error: str | None = None
    judged_at: str = ""

    @property
    def blocks(self) -> bool:
        """A critical failure, after which nothing may be built on the data."""
        return not self.success and self.severity == "critical"


NOT_EVALUATED = "not evaluated: "
"""How the error of an outcome begins that nobody is to blame for: there was nothing to judge, or too little."""


def not_evaluated(expectation: Expectation, why: str) -> Outcome:
    """The outcome where there is nothing to judge: a warning, for to say nothing would look like a pass."""
    return Outcome(expectation.name, False, "warning", 0, 0, (), NOT_EVALUATED + why)


def unevaluated(expectation: Expectation, why: str) -> Outcome:
    """The outcome of an expectation that could not be evaluated; `why` holds no value of the data."""
    return Outcome(expectation.name, False, expectation.severity, 0, 0, (), why)
