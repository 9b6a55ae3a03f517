"""The published tables that are made of other published tables: referrals, and how well all coordinate."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import dagster as dg
import duckdb
import pyarrow as pa

from pipelines.defs.marts import published_asset, registry_inputs
from pipelines.keys import linkage_key, mart_key, registry_key, slug
from pipelines.resources import Installation
from sources.arrivals import arrivals, promises
from sources.catalogue import Catalogue
from sources.ledger import read_ledger
from warehouse.history.segments import known_rows, segments, settle_history
from warehouse.layout import Layout
from warehouse.marts.derived import write_derived
from warehouse.published.coordination import INDICATORS, READS, SCORECARD
from warehouse.referrals import sent_table
from warehouse.rules.goals import goals_table, read_goals
from warehouse.storage import no_rows, read_any_version, read_table
from warehouse.table import Table
from warehouse.tables import CORRECTIONS, LINKS, PERSONS, REVIEW_QUEUE, SPINE

Further = Callable[[duckdb.DuckDBPyConnection, Installation], Mapping[str, pa.Table]]
"""What a table is made of besides: relations by name."""


def coordination_definitions(catalogue: Catalogue) -> dg.Definitions:
    """One asset a table, after the tables that it reads."""
    further: dict[Table, Further] = {
        SCORECARD: lambda connection, at: scorecard_evidence(connection, at, catalogue),
        INDICATORS: indicator_evidence,
    }
    reports = [dg.AssetKey(["reports", slug(contract.id)]) for contract in catalogue.contracts]
    after = {
        SCORECARD: reports,  # they keep what each institution is asked to mend
        INDICATORS: [linkage_key(LINKS.name)],  # whose step writes the pairs that wait, too
    }
    return dg.Definitions(
        assets=[_derived_asset(catalogue, table, further.get(table), after.get(table, [])) for table in READS]
    )


def _derived_asset(
    catalogue: Catalogue, table: Table, further: Further | None, after: list[dg.AssetKey]
) -> dg.AssetsDefinition:
    def make(connection: duckdb.DuckDBPyConnection, installation: Installation) -> None:
        layout, inputs = installation.layout, registry_inputs(catalogue, installation)
        if further:
            inputs = replace(inputs, lists={**inputs.lists, **further(connection, installation)})
        write_derived(connection, table, inputs, {read: layout.mart(read) for read in READS[table]}, layout.mart(table))

    deps = [registry_key(PERSONS), linkage_key(SPINE.name), *(mart_key(read) for read in READS[table]), *after]
    return published_asset(table, deps, make)


def scorecard_evidence(
    connection: duckdb.DuckDBPyConnection, installation: Installation, catalogue: Catalogue
) -> dict[str, pa.Table]:
    """What the scorecard is made of besides: arrivals, promises, corrections, referrals, goals, the past."""
    layout = installation.layout
    settle_history(layout)
    known = segments(layout)
    before = known_rows(SCORECARD, known) if known else no_rows(SCORECARD)
    return {
        "arrivals": arrivals(read_ledger(layout)),
        "promises": promises(catalogue),
        "corrections": connection.sql(f"select * from {_corrections(layout, catalogue)}").to_arrow_table(),
        "sent_referrals": sent_table(layout),
        "goals": goals_table(read_goals()),
        "small_cell": pa.table({"least_people": [installation.small_cell]}),
        "scorecard_before": connection.sql(f"select * from {before}").to_arrow_table(),
    }


def indicator_evidence(connection: duckdb.DuckDBPyConnection, installation: Installation) -> dict[str, pa.Table]:
    """What the indicators are made of besides: the pairs that wait for a person, and the months before."""
    layout = installation.layout
    queue, last = read_table(REVIEW_QUEUE, layout.linkage(REVIEW_QUEUE)), layout.mart(INDICATORS)
    before = read_any_version(INDICATORS, last) if last.exists() else no_rows(INDICATORS)
    return {
        "review_queue": connection.sql(f"select record_id_l, record_id_r from {queue}").to_arrow_table(),
        "indicators_before": connection.sql(f"select * from {before}").to_arrow_table(),
    }


def _corrections(layout: Layout, catalogue: Catalogue) -> str:
    files: list[Path] = []
    for contract in catalogue.contracts:
        files += sorted(layout.corrections(contract.id, "*").parent.glob("*.parquet"))
    return read_table(CORRECTIONS, *files) if files else no_rows(CORRECTIONS)
