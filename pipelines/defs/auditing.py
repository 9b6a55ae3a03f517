"""Checks that look across: the audit of the whole registry, and the drift of each delivery against those before it."""

from collections.abc import Iterator

import dagster as dg

from pipelines.checks import check_results, check_specs
from pipelines.defs.marts import registry_inputs
from pipelines.keys import mart_key, raw_key, slug
from pipelines.profiling import profiles
from pipelines.resources import Installation
from pipelines.steps import step
from quality.audit.check import audit_checks
from quality.audit.registry import AuditedTables
from quality.audit.run import audit
from quality.drift.checks import DRIFT, drift
from quality.kept import keep, verdicts
from quality.outcome import not_evaluated
from sources.catalogue import Catalogue
from sources.contract import SourceContract
from warehouse.published.reference import DELIVERIES, SOURCES
from warehouse.published.registry import PERSONS_PUBLISHED


def auditing_definitions(catalogue: Catalogue) -> dg.Definitions:
    """One step for the audit checks, and one a contract for drift."""
    return dg.Definitions(
        asset_checks=[_audit_checks(catalogue), *(_drift_checks(contract) for contract in catalogue.contracts)]
    )


def _audit_checks(catalogue: Catalogue) -> dg.AssetChecksDefinition:
    key = mart_key(PERSONS_PUBLISHED)
    specs = check_specs(key, [check.expectation for check in audit_checks()], after=(SOURCES, DELIVERIES))

    @dg.multi_asset_check(name="audit", specs=specs)
    def audit_of_registry(installation: Installation) -> Iterator[dg.AssetCheckResult]:
        """The audit checks of courts of audit, over the registry that is about to be published."""
        layout, inputs = installation.layout, registry_inputs(catalogue, installation)
        with step("audit of the registry"):
            tables = AuditedTables(
                records=inputs.records,
                identifiers=inputs.identifiers,
                events=inputs.events,
                spine=inputs.spine,
                persons=inputs.persons,
                sources=layout.mart(SOURCES),
                deliveries=layout.mart(DELIVERIES),
            )
            outcomes = audit(tables, installation.settings)
            keep(layout, "audit", verdicts([check.expectation for check in audit_checks()], outcomes))
            yield from check_results(key, outcomes)

    return audit_of_registry


def _drift_checks(contract: SourceContract) -> dg.AssetChecksDefinition:
    key = raw_key(contract)

    @dg.multi_asset_check(name=f"{slug(contract.id)}_drift", specs=check_specs(key, DRIFT))
    def drift_checks(installation: Installation) -> Iterator[dg.AssetCheckResult]:
        """The latest delivery, held against those before it."""
        with step(f"drift of {contract.id}"):
            known = profiles(contract, installation)
            nothing = (not_evaluated(expectation, "no delivery is in use.") for expectation in DRIFT)
            yield from check_results(key, drift(*known) if known else nothing)

    return drift_checks
