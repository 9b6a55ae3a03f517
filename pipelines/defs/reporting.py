"""Reports for people: what each institution is to mend, and the quality of each delivery and of the release."""

import dagster as dg

from pipelines.delivery_reports import write_reports
from pipelines.keys import RELEASE_KEY, slug, standard_key
from pipelines.materialised import unchanged
from pipelines.report_pages import report_link
from pipelines.resources import Installation
from pipelines.returning import write_refusals
from pipelines.steps import step
from quality.heaping import AgeCounts, age_counts
from quality.kept import kept
from quality.report.indicators import write_indicator_report
from quality.report.release import write_release_report
from sources.catalogue import Catalogue
from sources.contract import SourceContract
from warehouse.errors import StorageError
from warehouse.layout import private_folder
from warehouse.manifest import read_manifest
from warehouse.tables import RECORDS


def reporting_definitions(catalogue: Catalogue) -> dg.Definitions:
    """An asset a contract, and one for the release."""
    return dg.Definitions(
        assets=[*(_delivery_report(contract) for contract in catalogue.contracts), _release_report(catalogue)]
    )


def _delivery_report(contract: SourceContract) -> dg.AssetsDefinition:
    @dg.asset(
        key=dg.AssetKey(["reports", slug(contract.id)]),
        deps=[standard_key(contract)],
        group_name="reports",
        owners=["team:registry"],
        kinds={"html"},
        tags={"personal_data": "identifying"},  # a return report holds the institution's own keys
        description=f"What {contract.institution} is to mend in its deliveries, and the quality of the latest one.",
    )
    def delivery_report(installation: Installation) -> dg.MaterializeResult:
        settings = installation.settings
        with step(f"reports of {contract.id}"):
            pages = write_refusals(contract, installation)
            made = write_reports(contract, installation)
        refused = {f"refused delivery {number}": report_link(settings, page) for number, page in enumerate(pages, 1)}
        if made is None:
            return dg.MaterializeResult(metadata={"quality report": "no delivery is in use", **refused})
        return dg.MaterializeResult(
            metadata={
                **refused,
                "quality report": report_link(settings, made.page),
                "return report": report_link(settings, made.returned.page),
                "return workbook": report_link(settings, made.returned.workbook),
                "things to mend": made.returned.rows,
                **unchanged(made.made_at),
                **_ages_told(made.ages),
            }
        )

    return delivery_report


def _ages_told(ages: AgeCounts | None) -> dict[str, float | str]:
    """Whipple's index, which the UI plots over time, or why there is none."""
    if ages is None:
        return {}
    index: dict[str, float | str] = {} if ages.whipple is None else {"Whipple's index": round(ages.whipple, 1)}
    return {**index, "ages": ages.judgement, "default birth dates, percent": round(100 * ages.default_dates, 2)}


def _release_report(catalogue: Catalogue) -> dg.AssetsDefinition:
    @dg.asset(
        key=dg.AssetKey(["reports", "release"]),
        deps=[RELEASE_KEY],
        group_name="reports",
        owners=["team:registry"],
        kinds={"html"},
        description="The quality of the current release: who is in it, what the audit found; and the indicators.",
    )
    def release_report(installation: Installation) -> dg.MaterializeResult:
        layout = installation.layout
        with step("report of the release"):
            manifest = read_manifest(layout)
            if manifest is None:
                raise StorageError(f"{layout.home}: nothing was published there yet. Run `padron build` first.")
            folder = private_folder(layout.release_reports)
            page, indicators = (folder / f"{manifest.release_id}{ending}.html" for ending in ("", ".indicators"))
            heaping = {
                contract.source: age_counts([layout.standard(RECORDS, contract.id)], installation.settings)
                for contract in catalogue.with_persons
            }
            write_release_report(layout, manifest, kept(layout, "audit"), heaping, page)
            write_indicator_report(layout, manifest, indicators)
        return dg.MaterializeResult(
            metadata={
                "quality report": report_link(installation.settings, page),
                "indicator report": report_link(installation.settings, indicators),
            }
        )

    return release_report
