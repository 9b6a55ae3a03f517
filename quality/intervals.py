"""What the published quality of the linkage must be."""

from __future__ import annotations

from quality.expectation import Expectation
from warehouse.published.quality import LINKAGE_ESTIMATES, LINKAGE_EVALUATION

LEAST_PRECISION, LEAST_RECALL = 0.98, 0.90


def _none(name: str, condition: str, description: str, severity: str = "critical") -> Expectation:
    return Expectation(name, "UnexpectedRowsExpectation", {"condition": condition}, severity, description)  # type: ignore[arg-type]


def _disordered(share: str) -> str:
    return (
        f"({share} is not null and not ({share}_lower >= 0 and {share}_lower <= {share}"
        f" and {share} <= {share}_upper and {share}_upper <= 1))"
    )


QUALITY_OF_LINKAGE = {
    LINKAGE_ESTIMATES: (
        _none(
            "estimates_lie_in_their_intervals",
            f"{_disordered('precision')} or {_disordered('recall')}",
            "Every estimate lies between the ends of its interval, and these between 0 and 1.",
        ),
        _none(
            "small_cells_say_nothing",
            "is_suppressed and (pairs is not null or precision is not null or recall is not null)",
            "What is withheld is withheld whole.",
        ),
        _none(
            "the_linkage_may_be_good",
            f"dimension = 'all' and (precision_upper < {LEAST_PRECISION} or recall_upper < {LEAST_RECALL})",
            f"The intervals reach a precision of {LEAST_PRECISION} and a recall of {LEAST_RECALL}.",
            "warning",
        ),
    ),
    LINKAGE_EVALUATION: (
        _none(
            "small_cells_say_nothing",
            "is_suppressed and (pairs is not null or precision is not null or blocking_recall is not null)",
            "What is withheld is withheld whole.",
        ),
    ),
}
"""Beyond their schema, what is expected of the tables of `warehouse.published.quality`."""
