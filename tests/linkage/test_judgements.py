import itertools
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import duckdb
import pytest
from linkage_records import clusters, link_folder, record, write_records
from linkage_town import write_town

from linkage.model.declaration import Training
from linkage.model.file import load_model
from linkage.places import Places
from linkage.review.judgements import (
    WITHDRAWN,
    Judgement,
    add_judgements,
    count_judgements,
    effective,
    judge,
    judgements_path,
    judgements_relation,
    read_judgements,
    standing,
)
from warehouse.errors import StorageError
from warehouse.layout import Layout
from warehouse.session import scan

QUICK = load_model().model_copy(update={"training": Training(random_pairs=20_000)})
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def said(*words: tuple[str, str, str]) -> list[Judgement]:
    return [judge(one, other, word, who="desk", why="", at=NOON) for one, other, word in words]


def test_a_judgement_names_the_lesser_record_first_in_utc() -> None:
    here = timezone(timedelta(hours=-3))
    found = judge("b", "a", "match", who="desk", why="same photo", at=datetime(2026, 3, 1, 9, tzinfo=here))
    assert found == Judgement("a", "b", "match", "desk", "2026-03-01T12:00:00+00:00", "same photo")


@pytest.mark.parametrize(("one", "other", "word"), [("a", "a", "match"), ("a", "b", "perhaps"), ("a", "b", "")])
def test_what_is_no_judgement_is_refused(one: str, other: str, word: str) -> None:
    with pytest.raises(ValueError, match="known word on two different records"):
        judge(one, other, word, who="desk", why="")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], {}),
        ([("a", "b", "match")], {("a", "b"): "match"}),
        ([("a", "b", "match"), ("b", "a", "non_match")], {("a", "b"): "non_match"}),
        ([("a", "b", "match"), ("a", "b", WITHDRAWN)], {}),
        ([("a", "b", "match"), ("a", "b", WITHDRAWN), ("a", "b", "unsure")], {("a", "b"): "unsure"}),
        ([("b", "c", "match"), ("a", "b", "match")], {("a", "b"): "match", ("b", "c"): "match"}),
        ([("a", "b", WITHDRAWN)], {}),
    ],
)
def test_the_last_word_stands(tmp_path: Path, words: list[tuple[str, str, str]], expected: dict[object, str]) -> None:
    path = judgements_path(Layout(tmp_path))
    for word in said(*words):
        add_judgements(path, [word])
    assert read_judgements(path) == said(*words)
    found = standing(read_judgements(path))
    assert {pair: each.judgement for pair, each in found.items()} == expected
    assert list(found) == sorted(found)


@pytest.mark.parametrize(
    "line",
    [
        '{"record_id_l": "a"}',
        '{"at": "", "judgement": "perhaps", "record_id_l": "a", "record_id_r": "b", "who": "", "why": ""}',
        '{"at": "", "judgement": "match", "record_id_l": "a", "record_id_r": null, "who": "", "why": ""}',
    ],
)
def test_a_damaged_ledger_is_told(tmp_path: Path, line: str) -> None:
    path = tmp_path / "judgements.jsonl"
    add_judgements(path, said(("a", "b", "match")))
    with path.open("a") as file:
        file.write(line + "\n")
    with pytest.raises(StorageError, match="line 2 is damaged"):
        read_judgements(path)


def test_judgements_on_records_that_are_gone_are_counted(session: duckdb.DuckDBPyConnection) -> None:
    judged = standing(said(("a", "b", "match"), ("a", "gone", "non_match"), ("gone", "lost", "unsure")))
    relation = judgements_relation(session, judged)
    found = count_judgements(session, relation, "(values ('a'), ('b')) as t(record_id)")
    assert (found.match, found.non_match, found.unsure, found.gone) == (1, 1, 1, 2)


ANA = [
    record("1", "ANA LUZ / VEGA / PONCE", "1980-05-17", source="roll"),
    record("2", "ANA LUZ / VEGA / PONCE", "1980-05-17", source="labour"),
    record("3", "ANA LUZ / VEGA / PONCE", "1980-05-17", source="clinic"),
    record("4", "RITO / MOYA / DEL RIO", "1951-11-02", source="roll"),
]


class Town:
    """A town linked again and again, its ledger and its tables kept from one linkage to the next."""

    def __init__(self, session: duckdb.DuckDBPyConnection, folder: Path) -> None:
        self.session, self.folder = session, folder
        self.places = Places.under(Layout(folder / "home"))
        self.ledger = judgements_path(Layout(folder / "home"))

    def link(self) -> dict[str, str]:
        relation = judgements_relation(self.session, standing(read_judgements(self.ledger)))
        obeyed = effective(relation, scan(self.folder / "records.parquet"))
        link_folder(self.session, self.folder, QUICK, judgements=obeyed)
        return self.spine()

    def written(self) -> list[bytes]:
        """The bytes of every table that tells who is one person with whom, and why."""
        places = self.places
        files = (places.nodes, places.features, places.parameters, places.links, places.clusters, places.review_queue)
        return [path.read_bytes() for path in (*files, places.identity.spine)]

    def spine(self) -> dict[str, str]:
        return dict(self.session.sql(f"select record_id, entity_id from {scan(self.places.identity.spine)}").fetchall())

    def say(self, *words: tuple[str, str, str]) -> None:
        add_judgements(self.ledger, said(*words))


@pytest.fixture
def town(session: duckdb.DuckDBPyConnection, tmp_path: Path) -> Town:
    write_town(session, tmp_path, homes=100, seed=11)
    return Town(session, tmp_path)


def _partition(spine: dict[str, str]) -> set[frozenset[str]]:
    people = itertools.groupby(sorted(spine, key=lambda each: spine[each]), key=lambda each: spine[each])
    return {frozenset(records) for _, records in people}


def _of_size(spine: dict[str, str], records: int) -> list[tuple[str, ...]]:
    return sorted(tuple(sorted(person)) for person in _partition(spine) if len(person) == records)


def _withdrawn(words: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    return [(one, other, WITHDRAWN) for one, other, _ in words]


def test_judgements_beat_scores_and_withdrawal_restores_the_earlier_state(town: Town) -> None:
    before, written = town.link(), town.written()
    pairs = _of_size(town.spine(), 2)
    words = [(one, other, "non_match") for one, other in pairs[:8]]
    words += [(one[0], other[0], "match") for one, other in zip(pairs[8:16:2], pairs[9:17:2], strict=True)]
    assert len(words) == 12
    town.say(*words)
    judged = town.link()
    for one, other, word in words:
        assert (judged[one] == judged[other]) == (word == "match")
    town.say(*_withdrawn(words))
    after = town.link()
    assert _partition(after) == _partition(before)
    assert after == before
    assert town.written() == written


def test_a_match_joins_whole_persons(town: Town) -> None:
    pairs = _of_size(town.link(), 2)
    words = [(one[0], other[0], "match") for one, other in zip(pairs[:20:2], pairs[1:20:2], strict=True)]
    town.say(*words)
    judged = town.link()
    for one, other in zip(pairs[:20:2], pairs[1:20:2], strict=True):
        assert len({judged[record_id] for record_id in (*one, *other)}) == 1


def test_withdrawal_gives_joined_persons_their_own_ids_back(town: Town) -> None:
    before = town.link()
    alone = [record_id for (record_id,) in _of_size(before, 1)][:40]
    words = [(one, other, "match") for one, other in zip(alone[::2], alone[1::2], strict=True)]
    town.say(*words)
    judged = town.link()
    assert all(judged[one] == judged[other] for one, other, _ in words)
    town.say(*_withdrawn(words))
    assert town.link() == before


def test_doubt_and_records_that_are_gone_change_nothing(town: Town) -> None:
    before, written = town.link(), town.written()
    equal = [(one, other, "unsure") for one, other in _of_size(before, 2)]
    town.say(
        *equal, *((record_id, "gone", word) for record_id, word in zip(before, ("match", "non_match"), strict=False))
    )
    assert town.link() == before
    assert town.written() == written


@pytest.mark.parametrize("word", ["match", "non_match"])
def test_a_judgement_holds_for_equal_records_too(session: duckdb.DuckDBPyConnection, tmp_path: Path, word: str) -> None:
    write_records(session, ANA, tmp_path)
    relation = judgements_relation(session, standing(said(("labour:2", "roll:1", word), ("roll:1", "roll:4", word))))
    _, places = link_folder(session, tmp_path, judgements=relation)
    found = clusters(session, places)
    assert any({"1", "2"} <= person for person in found) == (word == "match")
    assert any({"1", "4"} <= person for person in found) == (word == "match")
