"""Expectations put to the data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path

from quality.conditions import TABLE
from quality.expectation import Expectation
from quality.finding import Finding, outcome
from quality.laboratory import open_laboratory
from quality.outcome import Outcome
from quality.quiet import quiet
from warehouse.session import identifier
from warehouse.settings import Settings

COLUMN_ARGUMENTS = ("column", "column_A", "column_B")


def validate(
    expectations: Sequence[Expectation],
    parquet: Path | Sequence[Path],
    id_columns: str | Sequence[str],
    settings: Settings,
    references: Mapping[str, Sequence[Path]] | None = None,
) -> tuple[Outcome, ...]:
    """The outcome of each of `expectations` on the rows of `parquet`, in their order.

    Unexpected rows are named by `id_columns`, which must hold no value of a person: `_file` and `_line` of raw
    tables, the record's or event's id of others. `references` gives the files of the tables referred to, by name.
    A percentage of no rows cannot be judged and is an error; of no rows none are unexpected, which is why suites
    ask for a row. Raises `StorageError` for a file that is not there.
    """
    paths = [parquet] if isinstance(parquet, Path) else list(parquet)
    ids = (id_columns,) if isinstance(id_columns, str) else tuple(id_columns)
    with quiet():  # imported here, since Great Expectations takes seconds; it warns of metrics in the place of its own
        engine = import_module("quality.engine")
    is_wanted = _wanted_by(expectations, ids)
    named = {name: files for name, files in (references or {}).items() if is_wanted(name)}
    with open_laboratory(paths, named, settings, is_wanted) as connection:
        [(rows,)] = connection.sql(f"select count(*) from {TABLE}").fetchall()
        absent = _absent_columns(expectations, connection.sql(f"from {TABLE} limit 0").columns)
        findings = engine.find([item for item in expectations if item.name not in absent], ids, connection)
    return tuple(outcome(item, (absent | findings)[item.name], ids, rows) for item in expectations)


def _wanted_by(expectations: Sequence[Expectation], ids: Sequence[str]) -> Callable[[str], bool]:
    """Whether some expectation may name a column or a table; a contract's own query may ask for all of them."""
    if any("query" in each.arguments for each in expectations):
        return lambda _name: True
    told = [text for each in expectations for text in _texts(list(each.arguments.values()))]
    return lambda name: name in ids or any(name in text or identifier(name)[1:-1] in text for text in told)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, (list, tuple, set, frozenset)):
        for each in value:
            yield from _texts(each)
    else:
        yield str(value)


def _absent_columns(expectations: Sequence[Expectation], columns: Sequence[str]) -> dict[str, Finding]:
    asked = {
        item.name: [item.arguments[name] for name in COLUMN_ARGUMENTS if name in item.arguments]
        for item in expectations
        if item.kind != "ExpectColumnToExist"
    }
    return {
        name: Finding(error=f"there is no column {', '.join(sorted(set(names) - set(columns)))}.")
        for name, names in asked.items()
        if not set(names) <= set(columns)
    }
