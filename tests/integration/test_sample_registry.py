"""The registry that `make registry` builds, held against the truth that no step reads."""

import json
from importlib.metadata import version
from pathlib import Path

import dagster as dg
import duckdb
import pyarrow.parquet as pq
import pytest
from scanning import Scanner

from sources.catalogue import read_catalogue
from warehouse.layout import Layout
from warehouse.manifest import damaged_files, manifest_in
from warehouse.marts.mart import rule_files
from warehouse.privacy.keyring import ANALYSTS, open_keyring
from warehouse.privacy.pseudonyms import pseudonym
from warehouse.published.reference import CODE_LISTS, TERRITORIES
from warehouse.published.registry import EVENT_KINDS, PUBLISHED
from warehouse.release.database import read_only
from warehouse.settings import SAMPLE_SOURCES, Settings
from warehouse.table import Table
from warehouse.tables import RECORDS


def ask(home: Path, sql: str) -> list[tuple[object, ...]]:
    with read_only(Layout(home)) as connection:
        rows: list[tuple[object, ...]] = connection.sql(sql).fetchall()
    return rows


def test_nine_institutions_in_five_formats_are_there() -> None:
    catalogue = read_catalogue(SAMPLE_SOURCES)
    assert len({contract.institution for contract in catalogue.contracts}) == 9
    assert {contract.server.format for contract in catalogue.contracts} == {
        "csv",
        "fixed_width",
        "xlsx",
        "jsonl",
        "parquet",
    }


def test_rows_are_conserved_in_every_delivery(sample_home: Path) -> None:
    counts = ask(sample_home, "select rows_delivered, rows_accepted, rows_quarantined from deliveries")
    assert counts
    assert all(delivered == accepted + quarantined for delivered, accepted, quarantined in counts)  # type: ignore[operator]
    assert sum(int(quarantined) for _, _, quarantined in counts) > 0  # type: ignore[call-overload]


def test_every_record_has_one_person(sample_home: Path) -> None:
    query = "select count(*), count(distinct record_id), count(entity_id) from spine"
    ((rows, records, persons),) = ask(sample_home, query)
    assert rows == records == persons
    assert ask(sample_home, "select count(*) from source_records") == [(rows,)]


def test_the_linkage_agrees_with_the_truth(sample_home: Path) -> None:
    spine, truth = sample_home / "lake" / "linkage" / "spine.parquet", sample_home / "truth" / "records.parquet"
    ((records, both, found, true),) = duckdb.sql(f"""
        with known as (select entity_id, person_id from '{spine}' join '{truth}' using (source, record_key)),
        pairs as (select count(*) * (count(*) - 1) / 2 as n from known group by entity_id, person_id),
        found as (select count(*) * (count(*) - 1) / 2 as n from known group by entity_id),
        true_pairs as (select count(*) * (count(*) - 1) / 2 as n from known group by person_id)
        select (select count(*) from known), (select sum(n) from pairs),
            (select sum(n) from found), (select sum(n) from true_pairs)
    """).fetchall()
    assert records == pq.read_metadata(spine).num_rows
    assert both / found >= 0.995, "precision"
    assert both / true >= 0.98, "recall"


@pytest.mark.parametrize("table", PUBLISHED, ids=lambda table: table.name)
def test_every_table_is_published_with_its_comments(sample_home: Path, table: Table) -> None:
    current = Layout(sample_home).current
    rows = pq.read_metadata(current / "parquet" / f"{table.name}.parquet").num_rows
    assert ask(sample_home, f"select count(*) from {table.name}") == [(rows,)]
    assert ask(sample_home, f"select comment from duckdb_tables() where table_name = '{table.name}'") == [
        (table.comment,)
    ]
    columns = ask(sample_home, f"select column_name, comment from duckdb_columns() where table_name = '{table.name}'")
    assert columns == [(column.name, column.comment) for column in table.columns]


def test_every_kind_of_event_but_moves_abroad_is_there(sample_home: Path) -> None:
    empty = [table.name for table in EVENT_KINDS if ask(sample_home, f"select count(*) from {table.name}") == [(0,)]]
    assert empty == ["migrations"]


@pytest.fixture(scope="module")
def identifying(sample_home: Path) -> list[str]:
    """Names, numbers, addresses and keys of the sample's people, those long enough to be nothing else."""
    records = [str(path) for path in (sample_home / "lake" / "standard").glob("*/records.parquet")]
    identifiers = [str(path) for path in (sample_home / "lake" / "standard").glob("*/record_identifiers.parquet")]
    columns = "given_names, surname_1, full_name, phone_std, email_std, address_std, record_key, birth_date::varchar"
    rows = duckdb.sql(f"""
        select distinct value from (
            select unnest([{columns}]) as value from read_parquet({records})
            union all select identifier_std from read_parquet({identifiers})
        ) where length(value) >= 9 order by value
    """).fetchall()
    assert len(rows) > 10_000
    return [str(value) for (value,) in rows]


def record_keys(home: Path) -> set[str]:
    """The institutions' own keys of their records and events."""
    files = [str(path) for path in (home / "lake" / "standard").glob("*/records.parquet")]
    return {str(key) for (key,) in duckdb.sql(f"select distinct record_key from read_parquet({files})").fetchall()}


PUBLIC_LISTS = (TERRITORIES, CODE_LISTS)
"""Published lists of what is public; surnames are names of towns and regions too."""

IN_THE_CLEAR = {"landing", "lake", "quarantine", "truth", "keys"}
"""Folders that hold people's data while it is worked on; what must not leak is everything else."""


def test_no_identifying_value_is_published(sample_home: Path, identifying: list[str]) -> None:
    dates = {value for value in identifying if value[:4].isdecimal() and value[4] == "-"}
    scanner = Scanner(value.encode() for value in set(identifying) - dates)
    for file in (Layout(sample_home).current / "parquet").iterdir():
        columns = pq.read_table(file).to_pydict().values()
        texts = "\n".join(str(value) for column in columns for value in column)
        assert not scanner.found(texts.encode()), f"{file.name} publishes identifying values"
    births = pq.read_schema(Layout(sample_home).current / "parquet" / "persons.parquet")
    assert not [field for field in births if field.type == "date32[day]" and "birth" in field.name]


def test_no_cell_is_an_identifying_value_however_short(sample_home: Path) -> None:
    """Names of three letters occur in any text of bytes; a whole cell that is one is a leak all the same."""
    standard = sample_home / "lake" / "standard"
    names = [each.name for each in RECORDS.columns if each.personal == "identifying" and each.type == "varchar"]
    with duckdb.connect() as connection:
        connection.execute(f"""
            create table sought as
            select distinct upper(value) as value from (
                select unnest([{", ".join(names)}]) as value
                from '{standard}/*/records.parquet'
                union all select identifier_std from '{standard}/*/record_identifiers.parquet'
            ) where length(value) >= 2
        """)
        ((short,),) = connection.sql("select count(*) from sought where length(value) < 9").fetchall()
        assert short > 100
        leaks = {}
        for table in PUBLISHED:
            file = Layout(sample_home).current / "parquet" / f"{table.name}.parquet"
            for column in table.columns:
                if column.type not in {"varchar", "varchar[]"} or table in PUBLIC_LISTS:
                    continue
                cells = f"unnest({column.name})" if column.type.endswith("[]") else column.name
                query = f"select distinct upper(cell) as value from (select {cells} as cell from '{file}')"
                if found := connection.sql(f"from ({query}) semi join sought using (value)").fetchall():
                    leaks[table.name, column.name] = len(found)
    assert not leaks


def test_no_published_day_of_writing_tells_a_birth(sample_home: Path) -> None:
    lake = sample_home / "lake"
    days = {"source_records": "updated_date", "persons": "updated_date", "person_states": "start_date"}
    near = {}
    for name, day in days.items():
        ((told, near[name]),) = duckdb.sql(f"""
            select count(*), count(*) filter (
                abs(date_diff('day', birth_date, {day})) <= 365 {"and ordinal = 1" if name == "person_states" else ""}
            )
            from (select * from '{lake}/marts/{name}.parquet')
            join (select entity_id, birth_date from '{lake}/registry/persons.parquet') using (entity_id)
            where {day} is not null
        """).fetchall()
        assert told > 100
    assert near == dict.fromkeys(days, 0)


def test_the_database_holds_what_the_scanned_files_do(sample_home: Path) -> None:
    folder = (Layout(sample_home).current / "parquet").resolve()
    for table in PUBLISHED:
        file = f"'{folder / table.name}.parquet'"
        for one, other in ((table.name, file), (file, table.name)):
            query = f"select count(*) from (from {one} except all from {other})"
            assert ask(sample_home, query) == [(0,)], table.name


def test_no_byte_outside_the_working_folders_tells_who_anyone_is(sample_home: Path, identifying: list[str]) -> None:
    scanner = Scanner(value.encode() for value in identifying if not (value[:4].isdecimal() and value[4] == "-"))
    files = [
        file
        for file in sample_home.rglob("*")
        if file.is_file() and file.relative_to(sample_home).parts[0] not in IN_THE_CLEAR
    ]
    held = {file.relative_to(sample_home).parts[0] for file in files}
    assert {"releases", "vault", "state", "dagster"} <= held
    returned = [file for file in files if "returns" in file.parts]
    found = {str(file) for file in set(files) - set(returned) if scanner.found(file.read_bytes())}
    assert not found, found
    assert returned
    keys = {value.encode() for value in record_keys(sample_home)}  # an institution is told its own, and nothing else
    assert not {str(file) for file in returned if set(scanner.found(file.read_bytes())) - keys}


def test_all_that_is_held_is_for_its_owner_alone(sample_home: Path) -> None:
    paths = [sample_home, *(path for path in sample_home.rglob("*") if not path.is_symlink())]
    assert {path.relative_to(sample_home).parts[0] for path in paths[1:]} >= {"releases", "vault", "keys", "dagster"}
    assert not [path for path in paths if path.stat().st_mode & 0o777 != (0o700 if path.is_dir() else 0o600)]


def test_the_published_ids_are_the_analysts_own(sample_home: Path) -> None:
    key = open_keyring(Settings(sample_home, SAMPLE_SOURCES, sample_home / "landing")).current(ANALYSTS)
    spine = pq.read_table(sample_home / "lake" / "linkage" / "spine.parquet").to_pydict()
    published = {str(entity) for (entity,) in ask(sample_home, "select entity_id from spine")}
    assert published == {pseudonym(key, entity) for entity in spine["entity_id"]}
    assert not published & set(spine["entity_id"])


def test_the_manifest_names_inputs_and_outputs(sample_home: Path) -> None:
    manifest = json.loads((Layout(sample_home).current / "manifest.json").read_text())
    assert set(manifest["tables"]) == {table.name for table in PUBLISHED}
    assert len(manifest["inputs"]) == ask(sample_home, "select count(*) from deliveries")[0][0]
    assert set(manifest["contracts"]) == {contract.id for contract in read_catalogue(SAMPLE_SOURCES).contracts}
    assert set(manifest["rules"]) == set(rule_files())
    assert {"default.yaml", "linkage_parameters.json"} <= set(manifest["model"])
    named = [digest for kind in ("inputs", "contracts", "model", "rules") for digest in manifest[kind].values()]
    assert all(len(digest) == 64 for digest in named)
    assert manifest["code_version"] == version("padron")
    rows = {name: table["rows"] for name, table in manifest["tables"].items()}
    assert rows == {name: ask(sample_home, f"select count(*) from {name}")[0][0] for name in rows}
    assert damaged_files(manifest_in(Layout(sample_home).current), Layout(sample_home).current) == []  # type: ignore[arg-type]


def test_the_run_shows_in_dagster_with_its_checks(sample_home: Path) -> None:
    with dg.DagsterInstance.from_config(str(Layout(sample_home).dagster)) as instance:
        (run,) = instance.get_runs(limit=1)
        assert run.status == dg.DagsterRunStatus.SUCCESS
        event = instance.get_latest_materialization_event(dg.AssetKey(["marts", "persons"]))
    assert event is not None
    assert event.asset_materialization is not None
    rows = ask(sample_home, "select count(*) from persons")[0][0]
    assert event.asset_materialization.metadata["dagster/row_count"].value == rows
