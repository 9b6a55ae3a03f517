"""Ids over a rebuild: one record in twenty is new, one in a hundred has changed, and next to nobody gets another id."""

from pathlib import Path

import duckdb
import pytest
from linkage_records import link_folder
from linkage_town import write_town

from warehouse.session import scan

NEW = {
    "new people": "hash(person, 5) % 21 = 0",
    "new records, most of them of people who were there": "hash(record_id, 5) % 21 = 0",
}


@pytest.fixture(scope="module")
def population(session: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("population")
    write_town(session, folder, homes=2000, seed=23)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("new", NEW.values(), ids=NEW)
def test_a_rebuild_keeps_ids(session: duckdb.DuckDBPyConnection, population: Path, tmp_path: Path, new: str) -> None:
    records, truth = scan(population / "records.parquet"), scan(population / "truth.parquet")
    session.execute(f"create or replace temp table came as select record_id from {truth} where {new}")
    (tmp_path / "ids.parquet").symlink_to(population / "ids.parquet")
    write(session, f"select * from {records} anti join came using (record_id)", tmp_path)
    _, places = link_folder(session, tmp_path)
    session.execute(f"create or replace temp table before as select * from {scan(places.identity.spine)}")
    write(session, changed(records), tmp_path)
    link_folder(session, tmp_path)
    kept, people = session.sql(f"""
        select avg((b.entity_id = a.entity_id)::integer), count(distinct b.entity_id)
        from before as b join {scan(places.identity.spine)} as a using (record_id)
    """).fetchall()[0]
    assert people > 5000
    assert kept >= 0.999


def changed(records: str) -> str:
    """All records; one in a hundred of those that were there has another telephone, municipality or surname."""
    return f"""
        select * exclude (kind) replace (
            case when kind = 0 then reverse(phone_std) else phone_std end as phone_std,
            case when kind = 1 then null else municipality_std end as municipality_std,
            case when kind = 2 then surname_1_std[:2] || 'X' || surname_1_std[4:] else surname_1_std end
                as surname_1_std
        )
        from (
            select *, case when record_id not in (from came) and hash(record_id, 7) % 100 = 0
                then hash(record_id, 8) % 3 end as kind
            from {records}
        )
    """


def write(session: duckdb.DuckDBPyConnection, query: str, folder: Path) -> None:
    session.execute(f"copy ({query}) to '{folder}/records.parquet'")
