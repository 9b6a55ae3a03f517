"""Checks: of each delivery by its contract, of each standardised and published table by its declaration."""

from collections.abc import Iterator, Sequence

import dagster as dg

from pipelines.checks import check_results, check_specs, together
from pipelines.described import described_rows
from pipelines.keys import mart_key, raw_key, slug, standard_key
from pipelines.resources import Installation
from pipelines.standing import newest_in_use, newest_in_use_spec, settled
from pipelines.steps import step
from quality.conservation import ROWS_CONSERVED, RowCounts, rows_conserved
from quality.expectation import Expectation, not_null
from quality.intervals import QUALITY_OF_LINKAGE
from quality.kept import keep, verdicts
from quality.outcome import Outcome, not_evaluated
from quality.remembered import remembered
from quality.suites import contract_suite, table_suite
from sources.catalogue import Catalogue
from sources.contract import SourceContract
from sources.erasure import rows_purged
from sources.standardise.renewal import standard_tables
from warehouse.layout import Layout
from warehouse.published.coordination import COORDINATION
from warehouse.published.corrections import COMPLIANCE_CORRECTIONS
from warehouse.published.people import CHANGES
from warehouse.published.reference import DELIVERIES
from warehouse.published.registry import EVENT_KINDS, PUBLISHED
from warehouse.storage import read_rows, row_count
from warehouse.table import Table
from warehouse.tables import RECORDS

LATER = (COMPLIANCE_CORRECTIONS, *COORDINATION, CHANGES)
RAW_ROW = ("_file", "_line")


def quality_definitions(catalogue: Catalogue) -> dg.Definitions:
    """A check step a contract for each of its stages, and one for all published tables."""
    return dg.Definitions(
        asset_checks=[
            *(_delivery_checks(contract) for contract in catalogue.contracts),
            *(_standard_checks(contract) for contract in catalogue.contracts),
            _published_checks(catalogue, "published_tables", [table for table in PUBLISHED if table not in LATER]),
            # each of these is made of tables that have passed
            *(_published_checks(catalogue, f"{table.name}_table", [table]) for table in LATER[:-1]),
            _published_checks(catalogue, "change_feed", [CHANGES]),  # it is made after the others have passed
        ]
    )


def _delivery_checks(contract: SourceContract) -> dg.AssetChecksDefinition:
    key, suite = raw_key(contract), contract_suite(contract.odcs)

    promised = (*suite, ROWS_CONSERVED)

    @dg.multi_asset_check(
        name=f"{slug(contract.id)}_contract", specs=[*check_specs(key, promised), newest_in_use_spec(key)]
    )
    def contract_checks(installation: Installation) -> Iterator[dg.AssetCheckResult]:
        """The contract's promises, held against the rows as delivered; what breaks them is put out of use."""
        with installation.step(f"checks of {contract.id}") as connection:
            told = _judged(contract, suite, installation)
            if not any(outcome.blocks for outcome in told):
                keep(installation.layout, f"{contract.id}.contract", verdicts(promised, told))
            yield from check_results(key, settled(connection, contract, installation, promised, told))
            yield newest_in_use(key, installation, contract)

    return contract_checks


def _judged(contract: SourceContract, suite: Sequence[Expectation], installation: Installation) -> list[Outcome]:
    """The outcomes over all deliveries in use; nothing is evaluated where there is none."""
    layout = installation.layout
    deliveries = _deliveries(layout, contract)
    if not deliveries:
        return [not_evaluated(each, "no delivery is in use.") for each in (*suite, ROWS_CONSERVED)]
    raw = [described_rows(layout, contract, delivery.delivery_id) for delivery in deliveries]
    with remembered(installation.settings, f"{contract.id}.contract") as memory:
        outcomes = [memory.validate(suite, path, RAW_ROW) for path in raw if row_count(path) or len(raw) == 1]
    return [*together(outcomes), rows_conserved(deliveries)]


def _deliveries(layout: Layout, contract: SourceContract) -> list[RowCounts]:
    """The rows of each delivery in use, as read and as they lie on disk."""
    return [
        RowCounts(
            delivery_id=str(row["delivery_id"]),
            delivered=int(row["rows_delivered"]),
            accepted=row_count(layout.raw(contract.id, row["delivery_id"])),
            quarantined=row_count(layout.quarantine(contract.id, row["delivery_id"])),
            erased=rows_purged(layout, contract.id, row["delivery_id"]),
        )
        for row in read_rows(DELIVERIES, layout.deliveries(contract.id))
    ]


def _standard_checks(contract: SourceContract) -> dg.AssetChecksDefinition:
    key = standard_key(contract)
    suites = {table: table_suite(table, empty="warning") for table in standard_tables(contract)}
    specs = [spec for table, suite in suites.items() for spec in check_specs(key, suite, f"{table.name}_")]

    @dg.multi_asset_check(name=f"{slug(contract.id)}_standard", specs=specs)
    def standard_checks(installation: Installation) -> Iterator[dg.AssetCheckResult]:
        """The declared schema, held against the standardised rows."""
        layout = installation.layout
        records = {RECORDS.name: layout.standard(RECORDS, contract.id)} if contract.has_persons else {}
        what = f"{contract.id}.standard"
        with step(f"checks of {contract.id}"), remembered(installation.settings, what) as memory:
            judged = []
            for table, suite in suites.items():
                outcomes = memory.validate(suite, layout.standard(table, contract.id), table.key[:1], records)
                judged += verdicts(suite, outcomes)
                yield from check_results(key, outcomes, f"{table.name}_")
            keep(layout, what, judged)

    return standard_checks


def _published_checks(catalogue: Catalogue, name: str, tables: Sequence[Table]) -> dg.AssetChecksDefinition:
    delivered = {None, *(contract.terms.kind for contract in catalogue.events)}
    suites = {table: _published_suite(table) for table in tables if EVENT_KINDS.get(table) in delivered}
    specs = [spec for table, suite in suites.items() for spec in check_specs(mart_key(table), suite)]

    @dg.multi_asset_check(name=name, specs=specs)
    def published_checks(installation: Installation) -> Iterator[dg.AssetCheckResult]:
        """The declared schema, held against every table that is about to be published."""
        layout = installation.layout
        made = {*tables, *(table for table in PUBLISHED if table not in LATER)}
        references = {table.name: layout.mart(table) for table in made}
        with step("checks of the published tables"), remembered(installation.settings, name) as memory:
            for table, suite in suites.items():
                outcomes = memory.validate(suite, layout.mart(table), table.key, references)
                yield from check_results(mart_key(table), outcomes)

    return published_checks


def _published_suite(table: Table) -> tuple[Expectation, ...]:
    """What the table is declared to be.

    Of events, none at all is a warning, for what one institution never delivered keeps nobody else's news; and an event
    of a person whom nobody delivered is published, and told.
    """
    if table not in EVENT_KINDS:
        return (*table_suite(table), *QUALITY_OF_LINKAGE.get(table, ()))
    return (*table_suite(table, empty="warning"), not_null("entity_id", "warning"), *QUALITY_OF_LINKAGE.get(table, ()))
