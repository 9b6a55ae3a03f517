"""Results held against what really happened to the sample's people, which no step of the pipeline reads."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import duckdb

LEAST = 0.97
TODAY = "date '2026-10-31'"


@contextmanager
def opened_truth(home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The truth, the published tables, and `who`: the person that most records of an entity are about."""
    with closing(duckdb.connect()) as connection:
        for file in (home / "truth").glob("*.parquet"):
            connection.execute(f"create view true_{file.stem} as from '{file}'")
        for file in (home / "lake" / "marts").glob("*.parquet"):
            connection.execute(f"create view {file.stem} as from '{file}'")
        spine = home / "lake" / "linkage" / "spine.parquet"
        attendance = home / "lake" / "standard" / "education.attendance" / "events.parquet"
        connection.execute(f"""
            create table known as select * from '{spine}' join true_records using (source, record_key);
            create table who as select entity_id, mode(person_id) as person_id from known group by entity_id;
            create table reported as select distinct person_id, period from '{attendance}' join known using (record_id)
        """)
        yield connection


def quality(connection: duckdb.DuckDBPyConnection, found: str, true: str, least: int = 20) -> tuple[float, float]:
    """Precision and recall of the rows `found`, more than `least`, against those that are `true`, both of persons."""
    ((both, all_found, all_true),) = connection.sql(f"""
        with found as ({found}), truth as ({true})
        select (select count(*) from (from found intersect from truth)),
            (select count(*) from (select distinct * from found)), (select count(*) from (select distinct * from truth))
    """).fetchall()
    assert all_found > least, "too few to say anything"
    return both / all_found, both / all_true
