"""Expectations as Dagster asset checks: specs before a run, results after it."""

from collections.abc import Iterable, Iterator, Sequence

import dagster as dg

from pipelines.keys import mart_key
from quality.expectation import Expectation
from quality.outcome import NOT_EVALUATED, SAMPLE_ROWS, Outcome
from warehouse.table import Table

SEVERITIES = {"critical": dg.AssetCheckSeverity.ERROR, "warning": dg.AssetCheckSeverity.WARN}


def check_specs(
    asset: dg.AssetKey, suite: Iterable[Expectation], prefix: str = "", after: Sequence[Table] = ()
) -> list[dg.AssetCheckSpec]:
    """One spec an expectation; only a critical one blocks what follows. `after` are published tables it reads too."""
    return [
        dg.AssetCheckSpec(
            name=prefix + expectation.name,
            asset=asset,
            additional_deps=[mart_key(table) for table in after],
            description=expectation.description,
            blocking=expectation.severity == "critical",
        )
        for expectation in suite
    ]


def check_results(asset: dg.AssetKey, outcomes: Iterable[Outcome], prefix: str = "") -> Iterator[dg.AssetCheckResult]:
    """One result an outcome: counts and row ids, never values."""
    for outcome in outcomes:
        yield dg.AssetCheckResult(
            asset_key=asset,
            check_name=prefix + outcome.name,
            passed=outcome.success,
            severity=SEVERITIES[outcome.severity],
            description=outcome.error,
            metadata={
                "is evaluated": not (outcome.error or "").startswith(NOT_EVALUATED),
                "rows evaluated": outcome.evaluated,
                "rows unexpected": outcome.unexpected,
                "sample of rows": dg.MetadataValue.json(list(outcome.sample)),
                **({"unchanged since it was judged at": outcome.judged_at} if outcome.judged_at else {}),
            },
        )


def together(outcomes: Sequence[Sequence[Outcome]]) -> list[Outcome]:
    """The outcomes of one suite over several deliveries, added up expectation by expectation."""
    return [_sum(same) for same in zip(*outcomes, strict=True)]


def _sum(same: Sequence[Outcome]) -> Outcome:
    return Outcome(
        name=same[0].name,
        success=all(outcome.success for outcome in same),
        severity=same[0].severity,
        evaluated=sum(outcome.evaluated for outcome in same),
        unexpected=sum(outcome.unexpected for outcome in same),
        sample=tuple(row for outcome in same for row in outcome.sample)[:SAMPLE_ROWS],
        error=next((outcome.error for outcome in same if outcome.error), None),
        judged_at=_judged_at(same),
    )


def _judged_at(same: Sequence[Outcome]) -> str:
    """When the first was judged, where none is judged now."""
    moments = [outcome.judged_at for outcome in same]
    return min(moments) if all(moments) else ""
