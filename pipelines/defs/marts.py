"""The published tables, and the tables that say where everything came from."""

from collections.abc import Callable, Iterator
from pathlib import Path

import dagster as dg
import duckdb

from linkage.places import Places
from pipelines.defs.registry import READ_EARLY, published_spec
from pipelines.keys import linkage_key, mart_key, raw_key, registry_key, standard_key
from pipelines.materialised import column_schema, materialised
from pipelines.resources import Installation
from sources.catalogue import Catalogue
from sources.freshness import freshness
from sources.reference import ListedProgramme, ListedTerritory, as_table, listed_programmes, listed_territories
from warehouse.code_lists.lists import code_list_rows
from warehouse.history.changes import write_changes
from warehouse.history.compliance_log import write_compliance_log
from warehouse.marts.derived import reads, renew_derived
from warehouse.marts.mart import RegistryInputs
from warehouse.privacy.rights import blocked_records, read_requests
from warehouse.published.corrections import COMPLIANCE_CORRECTIONS
from warehouse.published.people import CHANGES
from warehouse.published.poverty import POVERTY_MARTS
from warehouse.published.reference import CODE_LISTS, DELIVERIES, FRESHNESS, SOURCES
from warehouse.published.registry import EVENT_KINDS, MARTS, PUBLISHED
from warehouse.published.sectors import COMPLIANCE, ELIGIBILITY
from warehouse.storage import read_table, write_rows, write_table
from warehouse.table import Table
from warehouse.tables import EVENTS, PERSONS, RECORD_IDENTIFIERS, RECORDS, SPINE

ONE_STEP = (*POVERTY_MARTS, ELIGIBILITY)


def mart_definitions(catalogue: Catalogue) -> dg.Definitions:
    """One asset a published table."""
    return dg.Definitions(
        assets=[
            *(_mart_asset(catalogue, table) for table in MARTS if table not in ONE_STEP),
            _poverty_assets(catalogue),
            _sources_asset(catalogue),
            _deliveries_asset(catalogue),
            _freshness_asset(catalogue),
            _code_lists_asset(),
            _corrections_asset(catalogue),
            _changes_asset(),
        ]
    )


def registry_inputs(catalogue: Catalogue, installation: Installation, kind: str = "") -> RegistryInputs:
    """What the marts of `catalogue` are made of, or the one of events of that `kind`: them, and whom they tell of.

    Raises `ContractError` for a faulty reference list.
    """
    layout, folder = installation.layout, Path(installation.sources)
    events = [contract for contract in catalogue.events if kind in ("", contract.terms.kind)]
    sources = tuple(sorted({catalogue.person_source(contract) for contract in events})) if kind else None
    persons = [contract for contract in catalogue.with_persons if sources is None or contract.source in sources]
    return RegistryInputs(
        records=[layout.standard(RECORDS, contract.id) for contract in persons],
        identifiers=[layout.standard(RECORD_IDENTIFIERS, contract.id) for contract in persons],
        events=[layout.standard(EVENTS, contract.id) for contract in events],
        deliveries=[layout.deliveries(contract.id) for contract in catalogue.contracts],
        spine=layout.linkage(SPINE),
        persons=layout.registry(PERSONS),
        lists={
            "listed_sources": catalogue.listed(),
            "listed_programmes": as_table(ListedProgramme, listed_programmes(folder)),
            "listed_territories": as_table(ListedTerritory, listed_territories(folder)),
        },
        blocked=blocked_records(read_requests(layout)),
        sources=sources,
    )


def _mart_asset(catalogue: Catalogue, table: Table) -> dg.AssetsDefinition:
    def make(connection: duckdb.DuckDBPyConnection, installation: Installation) -> str:
        return _renew(connection, catalogue, table, installation)

    return published_asset(table, _made_of(catalogue, table), make)


def _renew(
    connection: duckdb.DuckDBPyConnection, catalogue: Catalogue, table: Table, installation: Installation
) -> str:
    layout = installation.layout
    read = {other: layout.mart(other) for other in reads(table)}
    inputs = registry_inputs(catalogue, installation, EVENT_KINDS.get(table, ""))
    return renew_derived(connection, table, inputs, read, layout.mart(table))


def _made_of(catalogue: Catalogue, table: Table) -> list[dg.AssetKey]:
    """What the query of `table` reads; of published tables, those that are read before all are checked together."""
    delivered = [key(contract) for contract in catalogue.contracts for key in (raw_key, standard_key)]
    read = [registry_key(other) for other in reads(table) if other in READ_EARLY]
    return [registry_key(PERSONS), linkage_key(SPINE.name), *delivered, *read]


def _poverty_assets(catalogue: Catalogue) -> dg.AssetsDefinition:
    """The tables of poverty, and who is eligible by them, in one step, for the later ones read the others."""
    specs = [published_spec(table, mart_key(table), _made_of(catalogue, table)) for table in ONE_STEP]

    @dg.multi_asset(name="poverty", specs=specs)
    def poverty(installation: Installation) -> Iterator[dg.MaterializeResult]:
        """Income by head, deprivations, who lies within the lines of programmes, and who is eligible by them."""
        for table in ONE_STEP:
            with installation.step(f"published table {table.name}") as connection:
                since = _renew(connection, catalogue, table, installation)
            yield materialised(table, installation.layout.mart(table), key=mart_key(table), since=since)

    return poverty


def _sources_asset(catalogue: Catalogue) -> dg.AssetsDefinition:
    def make(connection: duckdb.DuckDBPyConnection, installation: Installation) -> None:
        write_rows(connection, SOURCES, catalogue.described(), installation.layout.mart(SOURCES))

    return published_asset(SOURCES, [], make)


def _freshness_asset(catalogue: Catalogue) -> dg.AssetsDefinition:
    def make(connection: duckdb.DuckDBPyConnection, installation: Installation) -> None:
        rows = [freshness(contract, installation.layout) for contract in catalogue.contracts]
        write_rows(connection, FRESHNESS, rows, installation.layout.mart(FRESHNESS))

    return published_asset(FRESHNESS, [standard_key(contract) for contract in catalogue.contracts], make)


def _code_lists_asset() -> dg.AssetsDefinition:
    def make(connection: duckdb.DuckDBPyConnection, installation: Installation) -> None:
        write_rows(connection, CODE_LISTS, code_list_rows(), installation.layout.mart(CODE_LISTS))

    return published_asset(CODE_LISTS, [], make)


def _corrections_asset(catalogue: Catalogue) -> dg.AssetsDefinition:
    def make(connection: duckdb.DuckDBPyConnection, installation: Installation) -> None:
        events = [installation.layout.standard(EVENTS, contract.id) for contract in catalogue.events]
        write_compliance_log(connection, installation.layout, events)

    return published_asset(COMPLIANCE_CORRECTIONS, [mart_key(COMPLIANCE)], make)


def _changes_asset() -> dg.AssetsDefinition:
    def make(connection: duckdb.DuckDBPyConnection, installation: Installation) -> None:
        identity = Places.under(installation.layout).identity
        write_changes(connection, installation.layout, identity.entities, identity.events)

    return published_asset(CHANGES, [mart_key(table) for table in PUBLISHED if table != CHANGES], make)


def _deliveries_asset(catalogue: Catalogue) -> dg.AssetsDefinition:
    def make(connection: duckdb.DuckDBPyConnection, installation: Installation) -> None:
        layout = installation.layout
        listed = read_table(DELIVERIES, *(layout.deliveries(contract.id) for contract in catalogue.contracts))
        write_table(connection, DELIVERIES, f"select * from {listed}", layout.mart(DELIVERIES))

    return published_asset(DELIVERIES, [raw_key(contract) for contract in catalogue.contracts], make)


def published_asset(
    table: Table, deps: list[dg.AssetKey], make: Callable[[duckdb.DuckDBPyConnection, Installation], str | None]
) -> dg.AssetsDefinition:
    """The asset of one published table; `make` writes it, or tells when it was made where it is kept."""

    @dg.asset(
        key=mart_key(table),
        deps=deps,
        group_name="marts",
        kinds={"duckdb", "parquet"},
        owners=["team:registry"],
        metadata={"dagster/column_schema": column_schema(table)},
        description=table.grain,
    )
    def published(installation: Installation) -> dg.MaterializeResult:
        with installation.step(f"published table {table.name}") as connection:
            since = make(connection, installation)
        return materialised(table, installation.layout.mart(table), since=since or "")

    return published
