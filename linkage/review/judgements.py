"""Judgements: what people said of pairs of records, kept in a ledger that is only ever added to.

The last word on a pair stands. A withdrawal is a word too: after it the pair is as if it had never been judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, get_args

import duckdb
import pyarrow as pa

from warehouse.journal import append_entries, damaged, read_entries
from warehouse.layout import Layout

Word = Literal["match", "non_match", "unsure"]
WORDS: tuple[str, ...] = get_args(Word)
WITHDRAWN = "withdrawn"
RELATION = "standing_judgements"

Pair = tuple[str, str]


@dataclass(frozen=True)
class Judgement:
    """One word on one pair, the lesser record id first. `judgement` is one of `WORDS`, or withdrawn; `at` is UTC."""

    record_id_l: str
    record_id_r: str
    judgement: str
    who: str
    at: str
    why: str

    @property
    def pair(self) -> Pair:
        """The two record ids."""
        return self.record_id_l, self.record_id_r


@dataclass(frozen=True)
class JudgementCounts:
    """The standing judgements by word, and how many of them are on records that are gone and so have no effect."""

    match: int
    non_match: int
    unsure: int
    gone: int


def judgements_path(layout: Layout) -> Path:
    """Where an installation keeps its ledger."""
    return layout.state / "judgements.jsonl"


def judge(one: str, other: str, judgement: str, *, who: str, why: str, at: datetime | None = None) -> Judgement:
    """A word on the records `one` and `other`, in whichever order, said now unless `at` tells when.

    Raises `ValueError` for a word that is none, or for a record paired with itself.
    """
    if judgement not in (*WORDS, WITHDRAWN) or one == other:
        raise ValueError("a judgement is a known word on two different records")
    moment = (at or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="seconds")
    return Judgement(min(one, other), max(one, other), judgement, who, moment, why)


def add_judgements(path: Path, judgements: Iterable[Judgement]) -> None:
    """Append `judgements` to the ledger at `path`, all or none; raise `StorageError` where that is impossible."""
    append_entries(path, [asdict(judgement) for judgement in judgements])


def read_judgements(path: Path) -> list[Judgement]:
    """Every word ever said, oldest first; raise `StorageError` for a damaged line."""
    return [_judgement(path, number, entry) for number, entry in enumerate(read_entries(path), start=1)]


def standing(judgements: Iterable[Judgement]) -> dict[Pair, Judgement]:
    """The last word on each pair, in the order of the pairs, without those withdrawn."""
    last = {judgement.pair: judgement for judgement in judgements}
    return {pair: last[pair] for pair in sorted(last) if last[pair].judgement != WITHDRAWN}


def judgements_relation(connection: duckdb.DuckDBPyConnection, judged: Mapping[Pair, Judgement]) -> str:
    """Make a table of the standing judgements (record_id_l, record_id_r, judgement) and return its name."""
    columns = [
        [getattr(each, name) for each in judged.values()] for name in ("record_id_l", "record_id_r", "judgement")
    ]
    table = pa.table([pa.array(column, pa.string()) for column in columns], ["record_id_l", "record_id_r", "judgement"])
    connection.register("given_judgements", table)
    connection.execute(f"create or replace temp table {RELATION} as select * from given_judgements")
    connection.unregister("given_judgements")
    return RELATION


def effective(judgements: str, records: str) -> str:
    """Those of the relation `judgements` that linkage obeys: a clear word on two records that are both in `records`."""
    known = f"(select record_id from {records})"
    return f"""(
        select record_id_l, record_id_r, judgement from {judgements}
        where judgement <> 'unsure' and record_id_l in {known} and record_id_r in {known}
    )"""


def count_judgements(connection: duckdb.DuckDBPyConnection, judgements: str, records: str) -> JudgementCounts:
    """Count the relation `judgements` against the relation `records`, which has record_id."""
    words = ", ".join(f"count(*) filter (judgement = '{word}')" for word in WORDS)
    gone = " or ".join(f"{side} not in (select record_id from {records})" for side in ("record_id_l", "record_id_r"))
    counted = connection.sql(f"select {words}, count(*) filter ({gone}) from {judgements}").fetchall()[0]
    return JudgementCounts(*counted)


def _judgement(path: Path, number: int, entry: dict[str, object]) -> Judgement:
    told = all(isinstance(entry.get(field.name), str) for field in fields(Judgement))
    if not told or len(entry) != len(fields(Judgement)) or entry["judgement"] not in (*WORDS, WITHDRAWN):
        raise damaged(path, number)
    return Judgement(**{name: str(value) for name, value in entry.items()})
