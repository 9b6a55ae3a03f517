"""The published tables that are made of other published tables: referrals, scorecard, indicators."""

import dagster as dg
import duckdb

from pipelines.defs.marts import published_asset, registry_inputs
from pipelines.keys import linkage_key, mart_key, registry_key
from pipelines.resources import Installation
from sources.catalogue import Catalogue
from warehouse.derived import write_derived
from warehouse.published_coordination import READS, REFERRALS
from warehouse.table import Table
from warehouse.tables import PERSONS, SPINE


def coordination_definitions(catalogue: Catalogue) -> dg.Definitions:
    """One asset a table, after the tables that it reads."""
    return dg.Definitions(assets=[_derived_asset(catalogue, table) for table in (REFERRALS,)])


def _derived_asset(catalogue: Catalogue, table: Table) -> dg.AssetsDefinition:
    def make(connection: duckdb.DuckDBPyConnection, installation: Installation) -> int:
        layout = installation.layout
        reads = {read: layout.mart(read) for read in READS[table]}
        return write_derived(connection, table, registry_inputs(catalogue, installation), reads, layout.mart(table))

    deps = [registry_key(PERSONS), linkage_key(SPINE.name), *(mart_key(read) for read in READS[table])]
    return published_asset(table, deps, make)
