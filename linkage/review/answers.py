"""What comes back from a desk: read strictly, all faults told at once, and nothing taken in while there is one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb
import pyarrow as pa

from linkage.review.judgements import WORDS, Judgement, judge
from warehouse.errors import FaultsError


class ReviewError(FaultsError):
    """A reviewed file, or what it says, cannot be used."""


@dataclass(frozen=True)
class Answer:
    """One pair of a reviewed file as it stands there; `judgement` is empty where the desk left it so.

    `place` says where, such as `line 7` or `pair 7`.
    """

    place: str
    record_id_l: str
    record_id_r: str
    judgement: str
    why: str


@dataclass(frozen=True)
class AnswerCounts:
    """How many pairs of a reviewed file were judged by each word, and how many were left open."""

    match: int
    non_match: int
    unsure: int
    open: int


def judgements_of(
    connection: duckdb.DuckDBPyConnection,
    document: str,
    answers: Sequence[Answer],
    records: str,
    *,
    who: str,
    at: datetime | None = None,
) -> list[Judgement]:
    """The judgements in `answers`, one a pair; raise `ReviewError` with every fault of the file called `document`.

    `records` is a relation with record_id: every record named must be there. A pair repeated with one word counts once.
    """
    known = _known(connection, answers, records)
    faults = [fault for answer in answers for fault in _faults(answer, known)] + list(_contradictions(answers))
    if not who.strip():
        faults.append("nobody is named as the one who judged; tell it with --who")
    if faults:
        raise ReviewError(document, faults)
    said = {_pair(answer): answer for answer in answers if answer.judgement}
    return [judge(*pair, answer.judgement, who=who.strip(), why=answer.why, at=at) for pair, answer in said.items()]


def count_answers(answers: Sequence[Answer]) -> AnswerCounts:
    """Count the pairs of a reviewed file by what was said of them."""
    opened_first = sorted(answers, key=lambda answer: answer.judgement != "")
    words = Counter({_pair(answer): answer.judgement for answer in opened_first}.values())
    return AnswerCounts(*(words[word] for word in (*WORDS, "")))


def _known(connection: duckdb.DuckDBPyConnection, answers: Sequence[Answer], records: str) -> set[str]:
    named = sorted({record_id for answer in answers for record_id in _pair(answer)})
    connection.register("named_records", pa.table({"record_id": pa.array(named, pa.string())}))
    found = connection.sql(f"select record_id from named_records semi join {records} using (record_id)").fetchall()
    connection.unregister("named_records")
    return {record_id for (record_id,) in found}


def _faults(answer: Answer, known: set[str]) -> Iterator[str]:
    if answer.judgement not in ("", *WORDS):
        yield f"{answer.place}: the judgement is none of {', '.join(WORDS)}"
    for side, record_id in (("first", answer.record_id_l), ("second", answer.record_id_r)):
        if record_id not in known:
            yield f"{answer.place}: the {side} record id is not one of the records linked last"
    if answer.record_id_l == answer.record_id_r:
        yield f"{answer.place}: a record stands beside itself"


def _contradictions(answers: Sequence[Answer]) -> Iterator[str]:
    """A pair twice with different words: none of them can be taken for the last."""
    said: dict[tuple[str, str], Answer] = {}
    for answer in answers:
        if not answer.judgement:
            continue
        earlier = said.setdefault(_pair(answer), answer)
        if earlier.judgement != answer.judgement:
            yield f"{answer.place}: the pair is judged otherwise at {earlier.place}; keep one of the two"


def _pair(answer: Answer) -> tuple[str, str]:
    return min(answer.record_id_l, answer.record_id_r), max(answer.record_id_l, answer.record_id_r)
