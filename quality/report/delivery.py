"""The quality report of one delivery: what was promised, what came, and how both compare with what came before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from quality.drift.profile import Profile
from quality.heaping import AgeCounts
from quality.kept import Verdict
from quality.report.charts import bars, lying_bars
from quality.report.page import page, save

MOST_DELIVERIES = 36


@dataclass(frozen=True)
class DeliveryReport:
    """What the page tells of one delivery. `ages` is None for events, which tell of nobody's age."""

    contract_id: str
    institution: str
    delivery_id: str
    as_of_date: str | None
    counts: Mapping[str, int]
    latest: Profile
    before: Sequence[Profile]
    verdicts: Mapping[str, Sequence[Verdict]]
    ages: AgeCounts | None = None
    to_mend: int = 0


def write_delivery_report(report: DeliveryReport, path: Path) -> None:
    """Write the page to `path`."""
    charts = [_volume(report), _missing(report.latest)]
    if report.ages and report.ages.people:
        charts.append(_ages(report.ages))
    save(page("delivery.html.j2", report=report, charts=charts, sections=report.verdicts), path)


def _volume(report: DeliveryReport) -> tuple[str, str]:
    deliveries = [*report.before, report.latest][-MOST_DELIVERIES:]
    rows = [{"delivery": each.as_of_date or "undated", "rows": each.rows} for each in deliveries]
    return bars(
        rows, "delivery", "rows", "Rows accepted, delivery by delivery"
    ), f"{len(rows)} {'delivery is' if len(rows) == 1 else 'deliveries are'} known."


def _missing(latest: Profile) -> tuple[str, str]:
    rows = [{"column": name, "percent missing": round(100 * share, 2)} for name, share in latest.nulls.items()]
    return lying_bars(rows, "percent missing", "column", "Missing values"), "Columns in the contract's order."


def _ages(ages: AgeCounts) -> tuple[str, str]:
    rows = [{"age": age, "people": count} for age, count in sorted(ages.counts.items()) if 0 <= age <= 100]
    index = f"{ages.whipple:.0f} ({ages.judgement})" if ages.whipple is not None else f"not told: {ages.judgement}"
    caption = (
        f"Whipple's index of ages 23 to 62: {index}; {ages.default_dates:.1%} of birth dates are 1 January or July."
    )
    return bars(rows, "age", "people", "People by single years of age"), caption
