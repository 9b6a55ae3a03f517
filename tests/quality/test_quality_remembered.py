"""An outcome is remembered while all that it follows from is the same, and never a moment longer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from quality import remembered as module
from quality.conditions import orphan
from quality.expectation import Expectation, not_null, unique
from quality.outcome import Outcome
from quality.remembered import remembered
from quality.validation import validate
from warehouse.layout import Layout
from warehouse.settings import Settings

ROWS = {"KEY": ["1", "2", "2"], "NAME": ["ANA PRUEBA", None, "EVA PRUEBA"], "TOWN": ["X", "Y", "Z"]}
IN_TOWNS = replace(
    not_null("TOWN"), name="town_in_towns", kind="UnexpectedRowsExpectation",
    arguments={"condition": orphan("TOWN", "towns", "code")},
)  # fmt: skip
OWN_QUERY = replace(
    not_null("KEY"), name="own_query", kind="UnexpectedRowsExpectation",
    arguments={"query": "select (select count(*) from validated where '2020-01-01'::date > current_date) as measured"},
)  # fmt: skip
NO_COLUMN = not_null("NOWHERE")
SUITE = (not_null("NAME"), unique(("KEY",)), IN_TOWNS)


def write(path: Path, **columns: Sequence[str | None]) -> Path:
    pq.write_table(pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()}), path)
    return path


@dataclass
class Judge:
    """The same suite put to the same table, run after run; `put` names what was put to the rows in the last one."""

    settings: Settings
    table: Path
    towns: Path
    suite: Sequence[Expectation] = SUITE
    ids: Sequence[str] = ("KEY",)
    put: list[str] = field(default_factory=list)

    def judged(self) -> dict[str, Outcome]:
        self.put.clear()
        with remembered(self.settings, "people") as memory:
            outcomes = memory.validate(self.suite, self.table, self.ids, {"towns": self.towns})
        return {outcome.name: outcome for outcome in outcomes}

    @property
    def kept(self) -> Path:
        return Layout(self.settings.home).outcomes("people")


@pytest.fixture
def judge(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Judge:
    judge = Judge(settings, write(tmp_path / "people.parquet", **ROWS), write(tmp_path / "towns.parquet", code=["X"]))

    def noted(expectations: Sequence[Expectation], *rest: object) -> tuple[Outcome, ...]:
        judge.put.extend(each.name for each in expectations)
        return validate(expectations, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "validate", noted)
    return judge


def names(*expectations: Expectation) -> list[str]:
    return [each.name for each in expectations]


def test_what_was_judged_of_the_same_rows_is_told_again_and_when(judge: Judge) -> None:
    first = judge.judged()
    assert judge.put == names(*SUITE)
    assert {name: (each.success, each.unexpected) for name, each in first.items()} == {
        "name_not_null": (False, 1), "key_unique": (False, 2), "town_in_towns": (False, 2),
    }  # fmt: skip
    again = judge.judged()
    assert judge.put == []
    assert {name: replace(each, judged_at="") for name, each in again.items()} == first
    assert all(each.judged_at for each in again.values())
    assert judge.judged() == again


def test_a_table_written_again_with_the_same_bytes_is_the_same_table(judge: Judge) -> None:
    judge.judged()
    judge.table.write_bytes(judge.table.read_bytes())
    judge.judged()
    assert judge.put == []


def change_a_row(judge: Judge, _patch: pytest.MonkeyPatch) -> None:
    write(judge.table, **{**ROWS, "NAME": ["ANA PRUEBA", "LUZ PRUEBA", "EVA PRUEBA"]})


def name_rows_otherwise(judge: Judge, _patch: pytest.MonkeyPatch) -> None:
    judge.ids = ("TOWN",)


def run_another_program(_judge: Judge, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(module, "running_program", lambda: "another program or library")


def damage_what_is_kept(judge: Judge, _patch: pytest.MonkeyPatch) -> None:
    judge.kept.write_text('{"x": {"name"')


def lose_what_is_kept(judge: Judge, _patch: pytest.MonkeyPatch) -> None:
    judge.kept.unlink()


def make_all_otherwise(judge: Judge, _patch: pytest.MonkeyPatch) -> None:
    judge.suite = [replace(each, severity="warning") for each in SUITE]


CHANGES = [
    change_a_row, name_rows_otherwise, run_another_program, damage_what_is_kept, lose_what_is_kept, make_all_otherwise,
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=[change.__name__ for change in CHANGES])
def test_a_change_has_everything_judged_anew(
    judge: Judge, monkeypatch: pytest.MonkeyPatch, change: Callable[[Judge, pytest.MonkeyPatch], None]
) -> None:
    judge.judged()
    change(judge, monkeypatch)
    told = judge.judged()
    assert judge.put == names(*SUITE)
    fresh = validate(judge.suite, judge.table, judge.ids, judge.settings, {"towns": [judge.towns]})
    assert told == {each.name: each for each in fresh}


def test_a_changed_expectation_is_judged_anew_alone(judge: Judge) -> None:
    judge.judged()
    judge.suite = (replace(SUITE[0], bound=replace(SUITE[0].bound, limits=(1,))), *SUITE[1:])  # type: ignore[type-var]
    assert judge.judged()["name_not_null"].success
    assert judge.put == ["name_not_null"]


def test_a_changed_table_of_reference_has_judged_anew_what_is_held_against_it(judge: Judge) -> None:
    judge.judged()
    write(judge.towns, code=["X", "Y", "Z"])
    assert judge.judged()["town_in_towns"].success
    assert judge.put == ["town_in_towns"]


def test_a_contracts_own_query_is_put_every_time(judge: Judge) -> None:
    judge.suite = (*SUITE, OWN_QUERY)
    judge.judged()
    told = judge.judged()
    assert judge.put == ["own_query"]
    assert (told["own_query"].success, told["own_query"].judged_at) == (True, "")


def test_what_could_not_be_evaluated_is_tried_again(judge: Judge) -> None:
    judge.suite = (*SUITE, NO_COLUMN)
    judge.judged()
    assert judge.judged()["nowhere_not_null"].error
    assert judge.put == ["nowhere_not_null"]


def test_what_ends_early_keeps_what_was_known(judge: Judge) -> None:
    judge.judged()
    before = judge.kept.read_bytes()
    change_a_row(judge, pytest.MonkeyPatch())
    with pytest.raises(KeyboardInterrupt), remembered(judge.settings, "people") as memory:
        memory.validate(judge.suite, judge.table, judge.ids, {"towns": judge.towns})
        raise KeyboardInterrupt
    assert judge.kept.read_bytes() == before
    assert judge.judged()["name_not_null"].success


def test_what_no_longer_counts_is_forgotten(judge: Judge) -> None:
    judge.judged()
    size = judge.kept.stat().st_size
    for number in range(5):
        write(judge.table, **{**ROWS, "TOWN": [str(number)] * 3})
        judge.judged()
    assert judge.kept.stat().st_size < 1.5 * size


def test_what_is_kept_holds_no_value(judge: Judge) -> None:
    judge.judged()
    assert not any(word in judge.kept.read_text() for word in ("PRUEBA", "ANA"))
