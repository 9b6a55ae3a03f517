"""The reports of one contract's deliveries: what is to be mended, and the quality of the latest one."""

from dataclasses import dataclass
from pathlib import Path

from pipelines.profiling import profiles
from pipelines.resources import Installation
from pipelines.returning import write_returns
from quality.drift.checks import DRIFT, drift
from quality.drift.profile import Profile
from quality.heaping import AgeCounts, age_counts
from quality.kept import kept, verdicts
from quality.report.delivery import DeliveryReport, write_delivery_report
from quality.returns.write import ReturnReport
from sources.contract import SourceContract
from warehouse.layout import private_folder
from warehouse.published_reference import DELIVERIES
from warehouse.storage import read_rows
from warehouse.tables import RECORDS


@dataclass(frozen=True)
class DeliveryReports:
    """The return report and the quality report of the latest delivery, and the ages it tells of."""

    returned: ReturnReport
    page: Path
    ages: AgeCounts | None


def write_reports(contract: SourceContract, installation: Installation) -> DeliveryReports | None:
    """Write the return report of every delivery in use, and the quality report of the latest; None where none is."""
    known = profiles(contract, installation)
    if known is None:
        return None
    returned = write_returns(contract, installation)[-1]
    report = _described(contract, installation, returned.rows, *known)
    page = private_folder(installation.layout.reports / "quality" / contract.id) / f"{report.delivery_id}.html"
    write_delivery_report(report, page)
    return DeliveryReports(returned, page, report.ages)


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
            "What the contract promises": kept(layout, f"{contract.id}.contract"),
            "What the standardised tables must be": kept(layout, f"{contract.id}.standard"),
            "Drift against earlier deliveries": verdicts(DRIFT, drift(latest, before)),
        },
        ages=ages,
        to_mend=to_mend,
    )
