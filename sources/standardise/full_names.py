"""Whole names parted into given names and surnames, by the order that the source itself shows.

Each word is given, surname or unknown by a list of the region's names. Which end of the names holds the
given ones tells the source's order; within it every name is parted where its own words fit best.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Literal

import duckdb
import pyarrow as pa

from warehouse.session import identifier, literal

Order = Literal["given first", "surname first"]

WORDS_FILE = Path(__file__).parent / "name_words.csv"
UNKNOWN, GIVEN, SURNAME = 0, 1, 2
CLASSES = 3
LONGEST = 12  # words of one name that are looked at
SOURCE_ORDER = 3.0  # how many words must speak against the source's order before one name may break it
SURNAMES_PRIOR = (-2.5, -0.6, 0.0, -1.2)  # for 0, 1, 2, 3 surnames; fewer likely with each more
GIVENS_PRIOR = (-2.5, 0.0, 0.0, -0.5, -1.5)


@dataclass(frozen=True)
class Parting:
    """Where a name of some words is parted: how many are given names, and which end they stand at."""

    givens: int
    order: Order


def part_full_names(connection: duckdb.DuckDBPyConnection, names: str, table: str) -> Order:
    """Make the temporary `table` (value, given, surnames) of the query `names` (value, std); return the source's order.

    `given` and `surnames` are lists of words. Null `std` gives no row.
    """
    _classify(connection, names)
    order = source_order(connection.sql("select length, pattern, count(*) from classified group by all").fetchall())
    patterns = connection.sql("select distinct length, pattern from classified order by all").fetchall()
    connection.register("partings", _partings(patterns, order))
    connection.execute(f"""
        create or replace temp table {identifier(table)} as
        select value,
            case when given_first then words[:givens] else words[length(words) - givens + 1:] end as given,
            case when given_first then words[givens + 1:] else words[:length(words) - givens] end as surnames
        from classified join partings using (length, pattern)
    """)
    connection.unregister("partings")
    connection.execute("drop table classified")
    return order


def _classify(connection: duckdb.DuckDBPyConnection, names: str) -> None:
    """The temporary table `classified`: the words of each name, their number and their classes as one number."""
    connection.execute(f"""
        create or replace temp table classified as
        with parted as (
            select value, string_split(std, ' ') as words from ({names}) where std is not null
        ),
        placed as (select value, unnest(words[:{LONGEST}]) as word, unnest(range({LONGEST})) as place from parted),
        known as (
            select word, case part when 'given' then {GIVEN} else {SURNAME} end as class
            from read_csv({literal(WORDS_FILE)}, header = true, columns = {{'word': 'varchar', 'part': 'varchar'}})
        ),
        patterns as (
            select value, sum(class * {CLASSES} ** place)::integer as pattern
            from placed join known using (word) group by value
        )
        select value, words, least(length(words), {LONGEST}) as length, coalesce(pattern, {UNKNOWN}) as pattern
        from parted left join patterns using (value)
    """)


def source_order(patterns: Sequence[tuple[int, int, int]]) -> Order:
    """The order that most names show, of (length, pattern, count); given names first where none shows any."""
    shown = 0
    for length, pattern, count in patterns:
        classes = word_classes(length, pattern)
        shown += count * (_leaning(classes[0]) - _leaning(classes[-1]))
    return "given first" if shown >= 0 else "surname first"


def part(classes: tuple[int, ...], order: Order) -> Parting:
    """Where a name whose words are of these `classes` is parted best, in a source of this `order`."""
    orders: tuple[Order, Order] = (
        ("given first", "surname first") if order == "given first" else ("surname first", "given first")
    )
    if len(classes) == 1:
        return Parting(int(classes[0] == GIVEN or (classes[0] == UNKNOWN and order == "given first")), order)
    partings = [Parting(givens, way) for way, givens in product(orders, range(1, len(classes)))]
    return max(partings, key=lambda parting: _fit(classes, parting, order))


def word_classes(length: int, pattern: int) -> tuple[int, ...]:
    """The classes of a name's words, first to last, out of their one number."""
    return tuple(pattern // CLASSES**place % CLASSES for place in range(length))


def _fit(classes: tuple[int, ...], parting: Parting, order: Order) -> float:
    ordered = classes if parting.order == "given first" else classes[::-1]
    leanings = [_leaning(word) for word in ordered]
    words = sum(leanings[: parting.givens]) - sum(leanings[parting.givens :])
    surnames = len(classes) - parting.givens
    prior = _prior(GIVENS_PRIOR, parting.givens) + _prior(SURNAMES_PRIOR, surnames)
    return words + prior + (SOURCE_ORDER if parting.order == order else 0.0)


def _leaning(word: int) -> int:
    return {UNKNOWN: 0, GIVEN: 1, SURNAME: -1}[word]


def _prior(table: tuple[float, ...], number: int) -> float:
    return table[number] if number < len(table) else table[-1] - 1.0 * (number - len(table) + 1)


@cache
def _part_pattern(length: int, pattern: int, order: Order) -> Parting:
    return part(word_classes(length, pattern), order)


def _partings(patterns: list[tuple[int, int]], order: Order) -> pa.Table:
    partings = [_part_pattern(length, pattern, order) for length, pattern in patterns]
    return pa.table(
        {
            "length": pa.array([length for length, _ in patterns], pa.int64()),
            "pattern": pa.array([pattern for _, pattern in patterns], pa.int32()),
            "givens": pa.array([parting.givens for parting in partings], pa.int64()),
            "given_first": pa.array([parting.order == "given first" for parting in partings], pa.bool_()),
        }
    )
