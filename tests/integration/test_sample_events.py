"""The tables of events, which are made of the sources that tell of them and of no others."""

from pathlib import Path

import pytest

from pipelines.defs.marts import registry_inputs
from pipelines.resources import Installation
from sources.catalogue import read_catalogue
from warehouse.layout import Layout
from warehouse.marts.derived import write_derived
from warehouse.published.registry import EVENT_KINDS, MIGRATIONS
from warehouse.session import open_session
from warehouse.settings import SAMPLE_SOURCES, Settings
from warehouse.storage import row_count
from warehouse.table import Table

TOLD = [table for table in EVENT_KINDS if table is not MIGRATIONS]
"""The sample institutions tell of no move between countries."""


@pytest.mark.parametrize("table", TOLD, ids=lambda each: each.name)
def test_a_table_of_events_is_what_all_sources_together_would_make_it(
    sample_home: Path, tmp_path: Path, table: Table
) -> None:
    home = Settings(home=sample_home, sources=SAMPLE_SOURCES, landing=sample_home / "landing")
    inputs = registry_inputs(read_catalogue(SAMPLE_SOURCES), Installation.of(home))
    mart, whole = Layout(sample_home).mart(table), tmp_path / "whole.parquet"
    with open_session(Settings(home=tmp_path, sources=SAMPLE_SOURCES, landing=tmp_path)) as connection:
        write_derived(connection, table, inputs, {}, whole)
    assert row_count(mart)
    assert mart.read_bytes() == whole.read_bytes()
