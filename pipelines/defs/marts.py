"""The published tables, and the tables that say where everything came from."""

from collections.abc import Callable

import dagster as dg
import duckdb

from pipelines.keys import linkage_key, mart_key, raw_key, registry_key, standard_key
from pipelines.materialised import materialised
from pipelines.resources import Installation
from sources.catalogue import Catalogue
from warehouse.layout import Layout
from warehouse.mart import RegistryInputs, write_mart
from warehouse.published import DELIVERIES, MARTS, SOURCES
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
        ]
    )


def registry_inputs(catalogue: Catalogue, layout: Layout) -> RegistryInputs:
    """The files that the marts of `catalogue` are made of."""
    return RegistryInputs(
        records=[layout.standard(RECORDS, contract.id) for contract in catalogue.with_persons],
        identifiers=[layout.standard(RECORD_IDENTIFIERS, contract.id) for contract in catalogue.with_persons],
        events=[layout.standard(EVENTS, contract.id) for contract in catalogue.events],
        spine=layout.linkage(SPINE),
        persons=layout.registry(PERSONS),
    )


def _mart_asset(catalogue: Catalogue, table: Table) -> dg.AssetsDefinition:
    def make(connection: duckdb.DuckDBPyConnection, layout: Layout) -> int:
        return write_mart(connection, table, registry_inputs(catalogue, layout), layout.mart(table))

    standard = [standard_key(contract) for contract in catalogue.contracts]
    return _published_asset(table, [registry_key(PERSONS), linkage_key(SPINE.name), *standard], make)


def _sources_asset(catalogue: Catalogue) -> dg.AssetsDefinition:
    def make(connection: duckdb.DuckDBPyConnection, layout: Layout) -> int:
        return write_rows(connection, SOURCES, catalogue.described(), layout.mart(SOURCES))

    return _published_asset(SOURCES, [], make)


def _deliveries_asset(catalogue: Catalogue) -> dg.AssetsDefinition:
    def make(connection: duckdb.DuckDBPyConnection, layout: Layout) -> int:
        listed = read_table(DELIVERIES, *(layout.deliveries(contract.id) for contract in catalogue.contracts))
        return write_table(connection, DELIVERIES, f"select * from {listed}", layout.mart(DELIVERIES))

    return _published_asset(DELIVERIES, [raw_key(contract) for contract in catalogue.contracts], make)


def _published_asset(
    table: Table, deps: list[dg.AssetKey], make: Callable[[duckdb.DuckDBPyConnection, Layout], int]
) -> dg.AssetsDefinition:
    """The asset of one published table; `make` writes it and returns its number of rows."""

    @dg.asset(
        key=mart_key(table),
        deps=deps,
        group_name="marts",
        kinds={"duckdb", "parquet"},
        owners=["team:registry"],
        description=table.grain,
    )
    def published(installation: Installation) -> dg.MaterializeResult:
        with installation.session(f"published table {table.name}") as connection:
            rows = make(connection, installation.layout)
        return materialised(table, rows, installation.layout.mart(table))

    return published
