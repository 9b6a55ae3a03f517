"""The published tables, and the tables that say where everything came from."""

from collections.abc import Callable
from pathlib import Path

import dagster as dg
import duckdb

from linkage.stages import Places
from pipelines.keys import linkage_key, mart_key, raw_key, registry_key, standard_key
from pipelines.materialised import column_schema, materialised
from pipelines.resources import Installation
from sources.catalogue import Catalogue
from sources.freshness import freshness
from sources.reference import ListedProgramme, ListedTerritory, as_table, listed_programmes, listed_territories
from warehouse.changes import write_changes
from warehouse.code_lists import code_list_rows
from warehouse.mart import RegistryInputs, write_mart
from warehouse.published import MARTS, PUBLISHED
from warehouse.published_people import CHANGES
from warehouse.published_reference import CODE_LISTS, DELIVERIES, FRESHNESS, SOURCES
from warehouse.storage import read_table, write_rows, write_table
from warehouse.table import Table
from warehouse.tables import EVENTS, PERSONS, RECORD_IDENTIFIERS, RECORDS, SPINE


def mart_definitions(catalogue: Catalogue) -> dg.Definitions:
    """One asset a published table."""
    return dg.Definitions(
        assets=[
            *(_mart_asset(catalogue, table) for table in MARTS),
            _sources_asset(catalogue),
            _deliveries_asset(catalogue),
            _freshness_asset(catalogue),
            _code_lists_asset(),
            _changes_asset(),
        ]
    )


def registry_inputs(catalogue: Catalogue, installation: Installation) -> RegistryInputs:
    """What the marts of `catalogue` are made of; raises `ContractError` for a faulty reference list."""
    layout, folder = installation.layout, Path(installation.sources)
    return RegistryInputs(
        records=[layout.standard(RECORDS, contract.id) for contract in catalogue.with_persons],
        identifiers=[layout.standard(RECORD_IDENTIFIERS, contract.id) for contract in catalogue.with_persons],
        events=[layout.standard(EVENTS, contract.id) for contract in catalogue.events],
        deliveries=[layout.deliveries(contract.id) for contract in catalogue.contracts],
        spine=layout.linkage(SPINE),
        persons=layout.registry(PERSONS),
        lists={
            "listed_sources": catalogue.listed(),
            "listed_programmes": as_table(ListedProgramme, listed_programmes(folder)),
            "listed_territories": as_table(ListedTerritory, listed_territories(folder)),
        },
    )


def _mart_asset(catalogue: Catalogue, table: Table) -> dg.AssetsDefinition:
    def make(connection: duckdb.DuckDBPyConnection, installation: Installation) -> int:
        inputs = registry_inputs(catalogue, installation)
        return write_mart(connection, table, inputs, installation.layout.mart(table))

    delivered = [key(contract) for contract in catalogue.contracts for key in (raw_key, standard_key)]
    return published_asset(table, [registry_key(PERSONS), linkage_key(SPINE.name), *delivered], make)


def _sources_asset(catalogue: Catalogue) -> dg.AssetsDefinition:
    def make(connection: duckdb.DuckDBPyConnection, installation: Installation) -> int:
        return write_rows(connection, SOURCES, catalogue.described(), installation.layout.mart(SOURCES))

    return published_asset(SOURCES, [], make)


def _freshness_asset(catalogue: Catalogue) -> dg.AssetsDefinition:
    def make(connection: duckdb.DuckDBPyConnection, installation: Installation) -> int:
        rows = [freshness(contract, installation.layout) for contract in catalogue.contracts]
        return write_rows(connection, FRESHNESS, rows, installation.layout.mart(FRESHNESS))

    return published_asset(FRESHNESS, [standard_key(contract) for contract in catalogue.contracts], make)


def _code_lists_asset() -> dg.AssetsDefinition:
    def make(connection: duckdb.DuckDBPyConnection, installation: Installation) -> int:
        return write_rows(connection, CODE_LISTS, code_list_rows(), installation.layout.mart(CODE_LISTS))

    return published_asset(CODE_LISTS, [], make)


def _changes_asset() -> dg.AssetsDefinition:
    def make(connection: duckdb.DuckDBPyConnection, installation: Installation) -> int:
        identity = Places.under(installation.layout).identity
        return write_changes(connection, installation.layout, identity.entities, identity.events)

    return published_asset(CHANGES, [mart_key(table) for table in PUBLISHED if table != CHANGES], make)


def _deliveries_asset(catalogue: Catalogue) -> dg.AssetsDefinition:
    def make(connection: duckdb.DuckDBPyConnection, installation: Installation) -> int:
        layout = installation.layout
        listed = read_table(DELIVERIES, *(layout.deliveries(contract.id) for contract in catalogue.contracts))
        return write_table(connection, DELIVERIES, f"select * from {listed}", layout.mart(DELIVERIES))

    return published_asset(DELIVERIES, [raw_key(contract) for contract in catalogue.contracts], make)


def published_asset(
    table: Table, deps: list[dg.AssetKey], make: Callable[[duckdb.DuckDBPyConnection, Installation], int]
) -> dg.AssetsDefinition:
    """The asset of one published table; `make` writes it and returns its number of rows."""

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
        with installation.session(f"published table {table.name}") as connection:
            rows = make(connection, installation)
        return materialised(table, rows, installation.layout.mart(table))

    return published
