"""A PostgreSQL database as a source, over a real connection to a real server."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import tenacity
from invented import COLUMNS, Clinic, contract_document, write_contract
from postgres_server import PASSWORD, PostgresServer

from sources.contract import SourceContract
from sources.receiving import receive
from sources.standardise.standardise import standardise
from warehouse.errors import ContractError, DeliveryError
from warehouse.session import scan
from warehouse.settings import Settings
from warehouse.tables import RECORDS

VARIABLE = "PADRON_TEST_SOURCE"
KEY, NAME, _ = COLUMNS
TYPED = (
    KEY, NAME, {"name": "BORN", "mapsTo": "birth_date"}, {"name": "INCOME", "mapsTo": "income"},
    {"name": "ALIVE", "mapsTo": "ignore"},
)  # fmt: skip
QUERY = 'select key as "KEY", name as "NAME", born as "BORN", income as "INCOME", alive as "ALIVE" from people;'


@pytest.fixture
def database(postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[psycopg.Connection]:
    """A database with a table of people, which the environment variable leads to."""
    with postgres.database("clinic") as connection:
        connection.execute("create table people (key int, name text, born date, income numeric(12, 2), alive boolean)")
        connection.execute(
            "insert into people values (2, 'LUZ ÑANCO', '1990-12-31', 1234.50, true), (1, 'ANA', null, 7.00, false)"
        )
        monkeypatch.setenv(VARIABLE, postgres.conninfo("clinic"))
        yield connection


def queried(clinic: Clinic, query: str = QUERY, **terms: Any) -> SourceContract:
    server = {
        "server": "db",
        "type": "postgresql",
        "host": "db.invalid",
        "port": 5432,
        "database": "x",
        "schema": "public",
    }
    properties = {"query": query, "connection": VARIABLE} | terms
    server["customProperties"] = [{"property": name, "value": value} for name, value in properties.items() if value]
    return write_contract(clinic.contracts, columns=TYPED, servers=[server])


def files(clinic: Clinic) -> list[Path]:
    return sorted(clinic.layout.queried.rglob("*"))[1:]


def test_the_rows_of_a_query_become_records(clinic: Clinic, settings: Settings, database: psycopg.Connection) -> None:
    contract = queried(clinic)
    received = receive(clinic.connection, contract, settings)
    assert (received.rows_delivered, received.rows_accepted) == (2, 2)
    standardise(clinic.connection, contract, contract.source, clinic.layout)
    records = scan(clinic.layout.standard(RECORDS, contract.id))
    rows = clinic.connection.sql(
        f"select record_key, full_name, birth_date::varchar, income from {records} order by record_key"
    ).fetchall()
    assert rows == [("1", "ANA", None, 7.0), ("2", "LUZ ÑANCO", "1990-12-31", 1234.5)]


def test_only_new_rows_make_a_new_delivery(clinic: Clinic, settings: Settings, database: psycopg.Connection) -> None:
    contract = queried(clinic)
    receive(clinic.connection, contract, settings)
    (first,) = files(clinic)
    written = first.stat().st_mtime_ns
    database.execute("update people set name = name")  # PostgreSQL gives the rows in another order now
    again = receive(clinic.connection, contract, settings)
    assert again.deliveries[0].was_known
    assert [file.stat().st_mtime_ns for file in files(clinic)] == [written]
    assert first.stat().st_mode & 0o777 == 0o600
    database.execute("insert into people values (3, 'EVA', null, null, null)")
    assert receive(clinic.connection, contract, settings).rows_accepted == 3


def test_many_rows_come_in_batches(clinic: Clinic, settings: Settings, database: psycopg.Connection) -> None:
    database.execute("insert into people select n, 'N' || n, null, null, null from generate_series(10, 50009) n")
    assert receive(clinic.connection, queried(clinic), settings).rows_accepted == 50_002


def test_faulty_rows_go_to_quarantine(clinic: Clinic, settings: Settings, database: psycopg.Connection) -> None:
    database.execute("insert into people values (null, 'EVA', null, null, null), (1, 'SOL', null, null, null)")
    received = receive(clinic.connection, queried(clinic), settings)
    assert (received.rows_accepted, received.rows_quarantined) == (2, 2)


REFUSED = {
    "no such table": ("select * from nowhere", "UndefinedTable, SQLSTATE 42P01"),
    "no query": ("selekt", "SyntaxError"),
    "a value in the text": (QUERY.replace("name as", "name::int as"), "InvalidTextRepresentation"),
    "another column": ('select key as "KEY" from people', "missing columns NAME, BORN"),
    "a column twice": ('select key as "KEY", key as "KEY" from people', "more than once column KEY"),
    "two statements": ("select 1) as x; create table stolen (a int); select (2", "refuses the query"),
    "a function that writes": (QUERY.replace("key as", "nextval('numbers') as"), "ReadOnlySqlTransaction"),
}


@pytest.mark.parametrize(("query", "told"), REFUSED.values(), ids=REFUSED.keys())
def test_a_query_that_is_refused_is_told_without_values(
    clinic: Clinic, settings: Settings, database: psycopg.Connection, query: str, told: str
) -> None:
    database.execute("create sequence numbers")
    with pytest.raises(DeliveryError) as caught:
        receive(clinic.connection, queried(clinic, query), settings)
    assert told in str(caught.value)
    assert not any(secret in str(caught.value) for secret in ("ÑANCO", "ANA", PASSWORD))
    assert files(clinic) == []
    assert database.execute("select count(*) from pg_tables where tablename = 'stolen'").fetchone() == (0,)


def test_a_database_that_is_not_there_is_told(
    clinic: Clinic, settings: Settings, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    contract = queried(clinic)
    monkeypatch.setattr(tenacity.nap.time, "sleep", lambda _: None)
    for string in ("host=127.0.0.1 port=1 user=a password=secret", postgres.conninfo("nowhere")):
        monkeypatch.setenv(VARIABLE, string)
        with pytest.raises(DeliveryError, match=f"cannot be reached.*variable {VARIABLE}") as caught:
            receive(clinic.connection, contract, settings)
        assert "secret" not in str(caught.value)
    monkeypatch.setenv(VARIABLE, "nonsense secret")
    with pytest.raises(DeliveryError, match="holds no connection string"):
        receive(clinic.connection, contract, settings)
    monkeypatch.delenv(VARIABLE)
    with pytest.raises(DeliveryError, match=f"{VARIABLE} is not set"):
        receive(clinic.connection, contract, settings)


def test_a_connection_may_lie_in_a_private_file(
    clinic: Clinic, settings: Settings, database: psycopg.Connection, postgres: PostgresServer
) -> None:
    contract = queried(clinic, connection=None, connectionFile="clinic.conn")
    with pytest.raises(DeliveryError, match="cannot be read"):
        receive(clinic.connection, contract, settings)
    file = clinic.contracts / "clinic.conn"
    file.write_text(postgres.conninfo("clinic") + "\n")
    file.chmod(0o644)
    with pytest.raises(DeliveryError, match="others may read"):
        receive(clinic.connection, contract, settings)
    file.chmod(0o600)
    assert receive(clinic.connection, contract, settings).rows_accepted == 2


FAULTY: dict[str, tuple[dict[str, Any], str]] = {
    "no query": ({"query": None}, "needs a query"),
    "the string itself": ({"connection": "postgresql://ana:secret@db/x"}, "names the environment variable"),
    "both": ({"connectionFile": "a"}, "choose one"),
    "a password": ({"password": "secret"}, "unknown custom property password"),
    "a delta": ({"delivers": "delta"}, "delivers snapshot"),
}


@pytest.mark.parametrize(("terms", "told"), FAULTY.values(), ids=FAULTY.keys())
def test_a_faulty_contract_is_told(clinic: Clinic, terms: dict[str, Any], told: str) -> None:
    with pytest.raises(ContractError) as caught:
        queried(clinic, **{"query": QUERY} | terms)
    assert told in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_database_without_a_place_is_no_odcs(clinic: Clinic) -> None:
    document = contract_document()
    document["servers"] = [{"server": "db", "type": "postgresql"}]
    with pytest.raises(ContractError, match='"host" is a required property'):
        write_contract(clinic.contracts, servers=document["servers"])
