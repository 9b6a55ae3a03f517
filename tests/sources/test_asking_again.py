"""Databases that are away for a moment are asked again; what stays wrong is told at once."""

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import tenacity
from invented import Clinic
from postgres_server import PASSWORD, PostgresServer
from psycopg import errors
from test_querying import QUERY, VARIABLE, queried

import sources.querying
from sources.asking_again import TRIES, may_pass
from sources.receiving import receive
from warehouse.errors import DeliveryError
from warehouse.settings import Settings


@pytest.fixture
def database(postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[psycopg.Connection]:
    with postgres.database("ward") as connection:
        connection.execute("create table people as select 1 key, 'LUZ' name, null born, 5 income, true alive")
        monkeypatch.setenv(VARIABLE, postgres.conninfo("ward"))
        yield connection


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that were waited, none of which passes."""
    waited: list[float] = []
    monkeypatch.setattr(tenacity.nap.time, "sleep", waited.append)
    return waited


def returning(monkeypatch: pytest.MonkeyPatch, waited: Callable[[], None]) -> None:
    """Have `waited` happen while Padrón waits before it asks again."""
    monkeypatch.setattr(tenacity.nap.time, "sleep", lambda _: waited())


def test_a_server_that_comes_back_is_read(
    clinic: Clinic, settings: Settings, postgres: PostgresServer, database: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv(VARIABLE, f"host=127.0.0.1 port=1 dbname=ward user=a password={PASSWORD}")
    returning(monkeypatch, lambda: monkeypatch.setenv(VARIABLE, postgres.conninfo("ward")))
    assert receive(clinic.connection, queried(clinic), settings).rows_accepted == 1


def test_a_connection_that_is_cut_amid_the_rows_is_made_again(
    clinic: Clinic, settings: Settings, postgres: PostgresServer, database: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch, waits: list[float],
) -> None:  # fmt: skip
    whole = sources.querying._fetch
    cut = []

    def fetch(connection: psycopg.Connection, contract: object, target: Path) -> None:
        if not cut:
            cut.append(connection.info.backend_pid)
            target.write_bytes(b"half a file")
            database.execute("select pg_terminate_backend(%s)", cut)
        whole(connection, contract, target)  # type: ignore[arg-type]

    monkeypatch.setattr(sources.querying, "_fetch", fetch)
    assert receive(clinic.connection, queried(clinic), settings).rows_accepted == 1
    assert waits == [2.0]


def test_who_does_not_answer_is_given_up(
    clinic: Clinic, settings: Settings, monkeypatch: pytest.MonkeyPatch, waits: list[float]
) -> None:
    monkeypatch.setenv(VARIABLE, "host=127.0.0.1 port=1 user=a password=secret")
    with pytest.raises(DeliveryError, match="cannot be reached"):
        receive(clinic.connection, queried(clinic), settings)
    assert waits == [2.0, 4.0, 8.0]
    assert len(waits) == TRIES - 1


@pytest.mark.parametrize(
    ("known", "query"),
    [("dbname=nowhere", QUERY), ("password=wrong", QUERY), ("", "selekt"), ("", "select * from nowhere")],
    ids=["no such database", "a wrong password", "no query", "no such table"],
)
def test_what_stays_wrong_is_asked_once(
    clinic: Clinic, settings: Settings, postgres: PostgresServer, database: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch, waits: list[float], known: str, query: str,
) -> None:  # fmt: skip
    monkeypatch.setenv(VARIABLE, f"{postgres.conninfo('ward')} {known}")
    with pytest.raises(DeliveryError):
        receive(clinic.connection, queried(clinic, query), settings)
    assert waits == []


@pytest.mark.parametrize(
    ("error", "passes"),
    [
        (errors.AdminShutdown(), True),
        (errors.CannotConnectNow(), True),
        (errors.TooManyConnections(), True),
        (errors.ConnectionFailure(), True),
        (errors.ConnectionTimeout("connection timeout expired"), True),
        (psycopg.OperationalError("connection failed: Connection refused"), True),
        (psycopg.OperationalError("connection failed: FATAL:  the database system is starting up"), True),
        (psycopg.OperationalError("connection failed: FATAL:  sorry, too many clients already"), True),
        (psycopg.OperationalError("connection failed: FATAL:  password authentication failed"), False),
        (errors.InvalidPassword(), False),
        (errors.InvalidCatalogName(), False),
        (errors.DiskFull(), False),
        (errors.QueryCanceled(), False),
        (errors.SyntaxError(), False),
        (DeliveryError("FATAL"), False),
    ],
    ids=lambda each: type(each).__name__ if isinstance(each, Exception) else str(each),
)
def test_what_may_be_over_in_a_moment(error: Exception, passes: bool) -> None:
    assert may_pass(error) is passes
