"""What differs between two contracts, and what of it breaks."""

from pathlib import Path
from typing import Any

import pytest
from invented import COLUMNS, write_contract

from sources.differences import Difference, breaks, differences

KEY, NAME, BORN = COLUMNS
SEX = {"name": "SEX", "mapsTo": "sex", "codes": {"H": "male", "M": "female"}}
BASE: dict[str, Any] = {
    "columns": (*COLUMNS, SEX),
    "terms": {"purposes": ["registry", "coverage"], "retentionMonths": 60},
}


def found(tmp_path: Path, old: dict[str, Any], new: dict[str, Any]) -> list[Difference]:
    return differences(write_contract(tmp_path / "a", **BASE | old), write_contract(tmp_path / "b", **BASE | new))


def columns(**changes: dict[str, Any]) -> dict[str, Any]:
    return {"columns": tuple({**column, **changes.get(str(column["name"]), {})} for column in (*COLUMNS, SEX))}


CHANGES: dict[str, tuple[dict[str, Any], str, bool]] = {
    "a column goes": ({"columns": COLUMNS}, "column SEX", True),
    "a column comes": ({"columns": (*COLUMNS, SEX, {"name": "OBS", "mapsTo": "ignore"})}, "column OBS", True),
    "another field": (columns(NAME={"mapsTo": "surname_1"}), "column NAME", True),
    "required": (columns(NAME={"required": True}), "column NAME", True),
    "no longer required": (columns(KEY={"required": False}), "column KEY", False),
    "a code goes": (columns(SEX={"codes": {"H": "male"}}), "column SEX", True),
    "a code means another": (columns(SEX={"codes": {"H": "male", "M": "male"}}), "column SEX", True),
    "a code comes": (columns(SEX={"codes": {"H": "male", "M": "female", "X": "other"}}), "column SEX", False),
    "a format comes": (columns(BORN={"format": ["%d/%m/%Y", "%Y-%m-%d"]}), "column BORN format", False),
    "a format first": (columns(BORN={"format": ["%m/%d/%Y", "%d/%m/%Y"]}), "column BORN format", True),
    "delimiter": ({"server": {"delimiter": ";"}}, "delimiter", True),
    "encoding": ({"server": {"encoding": "latin-1"}}, "encoding", True),
    "path": ({"server": {"path": "clinic/p_*.csv"}}, "path", True),
    "name": ({"name": "hospital"}, "name", True),
    "id": ({"id": "clinic.persons"}, "id", True),
    "a purpose goes": ({"terms": {"purposes": ["registry"], "retentionMonths": 60}}, "purposes", True),
    "sooner deleted": ({"terms": {**BASE["terms"], "retentionMonths": 12}}, "retentionMonths", True),
    "later deleted": ({"terms": {**BASE["terms"], "retentionMonths": 72}}, "retentionMonths", False),
    "complete": ({"terms": {**BASE["terms"], "coverage": {"complete": True}}}, "coverage", True),
    "trust": ({"terms": {**BASE["terms"], "trust": {"birth_date": 1}}}, "trust", False),
    "once a month": ({"slaProperties": [{"property": "frequency", "value": 1, "unit": "month"}]}, "frequency", False),
}


@pytest.mark.parametrize(("change", "where", "breaking"), CHANGES.values(), ids=CHANGES.keys())
def test_a_change_is_told_with_whether_it_breaks(
    tmp_path: Path, change: dict[str, Any], where: str, breaking: bool
) -> None:
    (difference,) = found(tmp_path, {}, change)
    assert (difference.where, difference.breaks) == (where, breaking)
    assert difference.why


def test_rarer_deliveries_break(tmp_path: Path) -> None:
    month, year = ([{"property": "frequency", "value": 1, "unit": unit}] for unit in ("month", "year"))
    assert breaks(found(tmp_path, {"slaProperties": month}, {"slaProperties": year}))
    assert not breaks(found(tmp_path, {"slaProperties": year}, {"slaProperties": month}))


def test_less_protection_breaks(tmp_path: Path) -> None:
    guarded, open_ = ({"columns": ({**KEY, "classification": each}, NAME)} for each in ("restricted", "public"))
    assert breaks(found(tmp_path, guarded, open_))
    assert not breaks(found(tmp_path, open_, guarded))


def test_the_same_contract_differs_in_nothing(tmp_path: Path) -> None:
    assert found(tmp_path, {}, {"version": "2.0.0", "description": {"purpose": "Other words."}}) == []
