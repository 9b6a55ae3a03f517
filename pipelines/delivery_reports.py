"""The reports of one contract's deliveries: what is to be mended, and the quality of the latest one."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipelines.described import described_rows
from pipelines.profiling import profiles
from pipelines.resources import Installation
from pipelines.returning import write_returns
from quality.drift.checks import DRIFT, drift
from quality.drift.profile import Profile
from quality.heaping import AgeCounts, age_counts
from quality.kept import kept, verdicts
from quality.report.delivery import DeliveryReport, write_delivery_report
from quality.returns.write import ReturnReport, return_files
from sources.contract import SourceContract
from sources.standardise.renewal import standard_tables
from warehouse.fingerprints import hash_of_table
from warehouse.layout import private_folder
from warehouse.published.reference import DELIVERIES
from warehouse.receipts import read_receipt, withdraw_receipt, write_receipt
from warehouse.storage import read_rows
from warehouse.tables import RECORDS

STAGES = {"contract": "What the contract promises", "standard": "What the standardised tables must be"}
"""Stage whose verdicts are kept → their heading."""


@dataclass(frozen=True)
class DeliveryReports:
    """The return report and the quality report of the latest delivery, and the ages it tells of.

    They are of `made_at` where nothing that they tell has changed since; else it is empty.
    """

    returned: ReturnReport
    page: Path
    ages: AgeCounts | None
    made_at: str = ""


def write_reports(contract: SourceContract, installation: Installation) -> DeliveryReports | None:
    """Write the return report of every delivery in use, and the quality report of the latest; None where none is.

    They are kept while nothing that they tell has changed.
    """
    known = profiles(contract, installation)
    if known is None:
        return None
    layout = installation.layout
    page = layout.reports / "quality" / contract.id / f"{known[0].delivery_id}.html"
    deliveries = [str(row["delivery_id"]) for row in read_rows(DELIVERIES, layout.deliveries(contract.id))]
    files = [page, *(file for name in deliveries for file in return_files(layout, contract.id, name))]
    place, told_of = layout.report_receipt(contract.id), _told_of(contract, installation, *known)
    kept_as = read_receipt(place, files)
    if kept_as and kept_as.is_of(told_of):
        workbook, returned, _ = return_files(layout, contract.id, known[0].delivery_id)
        report = ReturnReport(workbook, returned, kept_as.told["to_mend"])
        return DeliveryReports(report, page, _read_ages(kept_as.told["ages"]), kept_as.at)
    withdraw_receipt(place)
    made = _write(contract, installation, page, *known)
    ages = None if made.ages is None else [sorted(made.ages.counts.items()), made.ages.default_dates]
    write_receipt(place, told_of, files, {"to_mend": made.returned.rows, "ages": ages})
    return made


def _write(
    contract: SourceContract, installation: Installation, page: Path, latest: Profile, before: list[Profile]
) -> DeliveryReports:
    returned = write_returns(contract, installation)[-1]
    report = _described(contract, installation, returned.rows, latest, before)
    private_folder(page.parent)
    write_delivery_report(report, page)
    return DeliveryReports(returned, page, report.ages)


def _told_of(
    contract: SourceContract, installation: Installation, latest: Profile, before: list[Profile]
) -> list[object]:
    """All that the reports tell of: the rows, what became of them, and what was judged, whenever that was."""
    layout = installation.layout
    rows = read_rows(DELIVERIES, layout.deliveries(contract.id))
    names = [str(row["delivery_id"]) for row in rows]
    files = [described_rows(layout, contract, name) for name in names]
    files += [layout.quarantine(contract.id, name) for name in names]
    files += [layout.standard(table, contract.id) for table in standard_tables(contract)]
    judged = [replace(each, judged_at="") for stage in STAGES for each in kept(layout, f"{contract.id}.{stage}")]
    profiled = [each.written() for each in (latest, *before)]
    return [contract.meaning, rows, *map(hash_of_table, files), judged, profiled]


def _read_ages(told: list[Any] | None) -> AgeCounts | None:
    return None if told is None else AgeCounts(dict(told[0]), told[1])


def _described(
    contract: SourceContract, installation: Installation, to_mend: int, latest: Profile, before: list[Profile]
) -> DeliveryReport:
    layout = installation.layout
    rows = read_rows(DELIVERIES, layout.deliveries(contract.id))
    row = next(row for row in rows if row["delivery_id"] == latest.delivery_id)
    ages = None
    if contract.has_persons:
        ages = age_counts([layout.standard(RECORDS, contract.id)], installation.settings)
    return DeliveryReport(
        contract_id=contract.id,
        institution=contract.institution,
        delivery_id=latest.delivery_id,
        as_of_date=latest.as_of_date,
        counts={name.replace("_", " "): row[name] for name in ("rows_delivered", "rows_accepted", "rows_quarantined")},
        latest=latest,
        before=before,
        verdicts={
            **{heading: kept(layout, f"{contract.id}.{stage}") for stage, heading in STAGES.items()},
            "Drift against earlier deliveries": verdicts(DRIFT, drift(latest, before)),
        },
        ages=ages,
        to_mend=to_mend,
    )
