"""What is to be mended in one delivery: the rows of its return report.

The report goes back to the institution and holds its own delivery's rows alone: file, line, its own key, the column
and what is wrong with it. It repeats no value but the key.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from quality.expectation import Expectation
from quality.returns.violations import violation_sql
from warehouse.session import identifier, literal, open_session, scan
from warehouse.settings import Settings

AGAIN = "Correct the row and deliver it again."
NOT_READ = "Write it as the contract says, or leave it empty if it is not known."
NO_NUMBER = "Check it against the document: form or check digit fail, or it is a placeholder."
DOUBTFUL = "Check the value and the identifier against the document; one of them is wrong."
PROPOSED = {
    "identifier_day_month": "Proposed: change day and month of the date, and it is the one that the identifier tells. "
    "Check it against the document.",
    "identifier_birth_date": "Proposed: the date that the identifier tells, if the document bears that identifier; "
    "else the identifier is another person's, or mistyped.",
    "identifier_sex": "Proposed: the sex that the identifier tells, if the document bears that identifier; else the "
    "identifier is another person's, or mistyped.",
}
"""What would make a contradicted value agree, by the flag that it bears; the document decides."""


@dataclass(frozen=True)
class Returned:
    """One delivery and where its rows lie. Files of later stages may not be there yet.

    `row_id` is an SQL expression over the raw rows that gives the id of the record or event that each became;
    `columns` names the delivered column of each field, `schemes` the one of each scheme of identifiers.
    """

    contract_id: str
    institution: str
    delivery_id: str
    as_of_date: str | None
    key_column: str
    row_id: str
    raw: Path
    quarantine: Path
    columns: Mapping[str, str]
    schemes: Mapping[str, str]
    promises: Sequence[Expectation]
    standard: Mapping[str, Path] = field(default_factory=dict)


@contextmanager
def open_mending(returned: Returned, settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """A session with the table `mending` (file, line, key, column, problem, remedy), one row a thing to mend."""
    with open_session(settings) as connection:
        connection.execute(
            'create table mending (file varchar, line bigint, key varchar, "column" varchar, problem varchar, '
            "remedy varchar)"
        )
        connection.execute(
            f"create table validated as select *, {identifier(returned.key_column)} as _key, "
            f"{returned.row_id} as _row_id from {scan(returned.raw)}"
        )
        for query in (_quarantined(returned), *_broken(connection, returned), *_unread(returned)):
            connection.execute(f"insert into mending {query}")
        yield connection


def _quarantined(returned: Returned) -> str:
    return f"select file, line, null, null, reason, {literal(AGAIN)} from {scan(returned.quarantine)}"


def _broken(connection: duckdb.DuckDBPyConnection, returned: Returned) -> Iterator[str]:
    """The rows against each promise that the delivery as a whole does not keep."""
    ((rows,),) = connection.sql("select count(*) from validated").fetchall()
    for expectation in returned.promises:
        condition = violation_sql(expectation)
        if condition is None or not rows:
            continue
        ((broken,),) = connection.sql(f"select count(*) from validated where {condition}").fetchall()
        if broken and not (expectation.bound and expectation.bound.admits(broken, rows)):
            column = literal(str(expectation.arguments.get("column", "")))
            yield _rows(f"nullif({column}, '')", literal(expectation.description), AGAIN, "validated", condition)


def _unread(returned: Returned) -> Iterator[str]:
    """The values that could not be read, and the identifiers that fail, once the rows are standardised."""
    for table in ("records", "events"):
        if table in returned.standard:
            rows_id = "record_id" if table == "records" else "event_id"
            faults = (
                f"(select {rows_id} as _row_id, unnest(faults) as fault from {scan(returned.standard[table])} "
                f"where delivery_id = {literal(returned.delivery_id)})"
            )
            rows = f"validated join {faults} using (_row_id)"
            yield _rows(_named("fault", returned.columns), "'not readable as ' || fault", NOT_READ, rows)
    if "record_identifiers" in returned.standard:
        numbers = f"(select record_id as _row_id, * from {scan(returned.standard['record_identifiers'])})"
        rows = f"validated join {numbers} using (_row_id)"
        problem = "'no valid number of ' || scheme"
        yield _rows(_named("scheme", returned.schemes), problem, NO_NUMBER, rows, "not is_valid")
    if "record_flags" in returned.standard:
        flags = f"(select record_id as _row_id, * from {scan(returned.standard['record_flags'])})"
        rows = f"validated join {flags} using (_row_id)"
        for flag in (*PROPOSED, ""):
            named = f"flag = {literal(flag)}" if flag else f"flag not in ({', '.join(map(literal, PROPOSED))})"
            remedy = PROPOSED.get(flag, DOUBTFUL)
            yield _rows(_named("field", returned.columns), "says", remedy, rows, f"is_contradiction and {named}")


def _rows(column: str, problem: str, remedy: str, rows: str, condition: str = "true") -> str:
    return f"select _file, _line, _key, {column}, {problem}, {literal(remedy)} from {rows} where {condition}"


def _named(name: str, columns: Mapping[str, str]) -> str:
    """An SQL expression: the delivered column of the field or scheme in `name`, or else that itself."""
    entries = ", ".join(f"{literal(key)}: {literal(column)}" for key, column in columns.items())
    return f"coalesce(map {{{entries}}}[{name}], {name})" if entries else name
