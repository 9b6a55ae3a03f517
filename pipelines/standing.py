"""What becomes of a delivery that breaks a promise: what stood before takes its place, and a check tells of it."""

from collections.abc import Sequence
from dataclasses import replace

import dagster as dg
import duckdb

from pipelines.report_pages import report_link
from pipelines.resources import Installation
from pipelines.returning import write_returns
from quality.expectation import Expectation
from quality.kept import keep, verdicts
from quality.outcome import Outcome
from quality.returns.refused import refused_page
from sources.contract import SourceContract
from sources.standing import note_good, read_refusals, refuse_newest

NEWEST_IN_USE = "newest_delivery_in_use"


def newest_in_use_spec(key: dg.AssetKey) -> dg.AssetCheckSpec:
    """The check that the newest delivery is the one in use; it stops nothing, for what stood before still does."""
    return dg.AssetCheckSpec(
        name=NEWEST_IN_USE,
        asset=key,
        description="The newest delivery could be read and keeps the contract's promises, and so is in use.",
    )


def newest_in_use(key: dg.AssetKey, installation: Installation, contract: SourceContract) -> dg.AssetCheckResult:
    """The result of that check: the reasons against the newer deliveries, and where the run will report the last."""
    layout = installation.layout
    refusals = read_refusals(layout, contract.id)
    pages = [refused_page(layout, contract.id, refusal.delivery_id) for refusal in refusals]
    links = {"return report": report_link(installation.settings, pages[-1])} if pages else {}
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=NEWEST_IN_USE,
        passed=not refusals,
        severity=dg.AssetCheckSeverity.ERROR,
        description="\n".join(refusal.reason for refusal in refusals) or None,
        metadata={"deliveries refused": len(refusals), **links},
    )


def settled(
    connection: duckdb.DuckDBPyConnection,
    contract: SourceContract,
    installation: Installation,
    promised: Sequence[Expectation],
    told: Sequence[Outcome],
) -> list[Outcome]:
    """The outcomes as they bear on what follows: where what stood before takes the place, none blocks any more."""
    layout = installation.layout
    broken = [outcome.name for outcome in told if outcome.blocks]
    if not broken:
        note_good(contract, layout)
        return list(told)
    write_returns(contract, installation)  # what would report it comes to run on what stood before, or not at all
    reason = f"{contract.id}: the delivery breaks {len(broken)} of its contract's promises: {', '.join(broken)}."
    if not refuse_newest(connection, contract, layout, f"{reason} The return report tells the institution which rows."):
        keep(layout, f"{contract.id}.contract", verdicts(promised, told))
        return list(told)
    return [replace(outcome, severity="warning") if outcome.blocks else outcome for outcome in told]
