"""Indicators: whom each counts, in which group and territory, and months that are kept."""

from datetime import date
from typing import Any

import pytest
from coordination_world import derived

from warehouse.published.coordination import INDICATORS

FLOOR = {"programme": "floor", "version": "1", "guarantee": "children"}
FAMILIES = {"programme": "families", "version": "1"}
DUTY = {**FAMILIES, "rule_id": "school", "period": "2026-09"}


def person(name: str, **values: Any) -> dict[str, Any]:
    known = {"birth_date": date(2015, 3, 1), "birth_year": 2015, "sex": "female", "source_count": 2}
    place = {"country": "MX", "region": "15", "municipality": "15001"}
    return {"entity_id": name, **known, **place, **values}


def told(people: list[dict[str, Any]], **relations: list[dict[str, Any]]) -> list[dict[str, Any]]:
    world = {
        "deliveries": [{"as_of_date": date(2026, 10, 31)}], "residences": people, "golden_persons": people,
        "listed_territories": [{"code": "15001", "country": "MX"}, {"code": "GT", "country": None}],
    }  # fmt: skip
    return derived(INDICATORS, {**world, **relations})


def cells(rows: list[dict[str, Any]], indicator: str, dimension: str, territory: str = "MX") -> dict[Any, int]:
    """People by part and status, or by status alone over all."""
    return {
        (row["part"], row["status"]): row["people"]
        for row in rows
        if (row["indicator"], row["dimension"], row["territory"]) == (indicator, dimension, territory)
    }


def stand(rule: dict[str, str], *statuses: str) -> list[dict[str, str]]:
    """Persons a, b, c under a rule, each with a status."""
    return [{"entity_id": name, "status": status, **rule} for name, status in zip("abc", statuses, strict=True)]


def test_what_each_indicator_is_of() -> None:
    people = [person(name) for name in "abcd"]
    rows = told(
        people,
        coverage_gaps=stand(FLOOR, "met", "unmet", "unknown"),
        compliance=stand(DUTY, "compliant", "not_reported", "exempt"),
        informality=stand({}, "formal", "informal", "unknown"),
        eligibility=stand(FAMILIES, "eligible_enrolled", "eligible_not_seen", "enrolled_not_eligible"),
    )
    expected = {
        "unmet floor@1 children": (1, 1), "not known floor@1 children": (1, 2),
        "not compliant families@1 school": (0, 1), "not reported families@1 school": (1, 1),
        "informal": (1, 1), "not enrolled families@1": (0, 1),
        "enrolled": (0, 4), "linked": (4, 0), "identified": (0, 4), "in_review": (0, 4),
    }  # fmt: skip
    found = {name: cells(rows, name, "all") for name in expected}
    assert {name: (of.get(("all", "yes"), 0), of.get(("all", "no"), 0)) for name, of in found.items()} == expected
    assert {row["period"] for row in rows if row["indicator"] == "not reported families@1 school"} == {"2026-09"}
    assert {row["share"] for row in rows if row["indicator"] == "unmet floor@1 children" and row["dimension"] == "all"
            and row["status"] == "yes"} == {0.5}  # fmt: skip


@pytest.mark.parametrize(
    ("values", "dimension", "part"),
    [
        ({"sex": None}, "sex", "unknown"),
        ({"birth_date": date(2020, 10, 31)}, "age", "6-17"),
        ({"birth_date": date(2020, 11, 1)}, "age", "0-5"),
        ({"birth_date": date(1961, 10, 31)}, "age", "65+"),
        ({"birth_date": None, "birth_year": None}, "age", "unknown"),
        ({"ethnicity": "indigenous"}, "ethnicity", "indigenous"),
        ({"language": "indigenous"}, "ethnicity", "indigenous"),
        ({"ethnicity": "not_indigenous", "language": "indigenous"}, "ethnicity", "not_indigenous"),
        ({"disability": "yes"}, "disability", "yes"),
        ({"birth_place": "15001"}, "migrant_status", "native"),
        ({"birth_place": "GT"}, "migrant_status", "migrant"),
        ({"birth_place": "SOMEWHERE"}, "migrant_status", "unknown"),
        ({}, "migrant_status", "unknown"),
    ],
)
def test_whose_group_a_person_is_of(values: dict[str, Any], dimension: str, part: str) -> None:
    assert cells(told([person("a", **values)]), "linked", dimension) == {(part, "yes"): 1}


@pytest.mark.parametrize(
    ("number", "is_valid", "part"),
    [
        ("ABCD900101HNEXXX01", True, "migrant"),
        ("ABCD900101HNEXXX01", False, "native"),
        ("ABCD900101HDFXXX01", True, "native"),
    ],
)
def test_a_number_that_says_born_abroad_makes_a_migrant(number: str, is_valid: bool, part: str) -> None:
    rows = told(
        [person("a", birth_place="15001")],
        linked_spine=[{"record_id": "r", "entity_id": "a"}],
        record_identifiers=[{"record_id": "r", "scheme": "mx.curp", "identifier_std": number, "is_valid": is_valid}],
    )
    assert cells(rows, "linked", "migrant_status") == {(part, "yes"): 1}
    assert cells(rows, "identified", "all") == {("all", "yes" if is_valid else "no"): 1}


def test_the_dead_are_not_counted_and_parts_add_up_to_all() -> None:
    people = [
        person("a"), person("b", sex="male", municipality="15002"),
        person("c", sex=None, region="20", municipality=None),
        person("d", country=None, region=None, municipality=None), person("e", death_date=date(2026, 1, 1)),
    ]  # fmt: skip
    rows = [row for row in told(people) if row["indicator"] == "linked"]
    for level in ("country", "region"):
        for dimension in ("all", "sex", "age", "ethnicity", "disability", "migrant_status"):
            of = [row["people"] for row in rows if (row["level"], row["dimension"]) == (level, dimension)]
            assert sum(of) == 4, (level, dimension)
    places = {row["territory"]: row["within"] for row in rows}
    assert places["15001"] == "15"
    assert places["20 municipality unknown"] == "20"
    assert places["no country unknown"] == "unknown"
    assert len({(row["territory"], row["dimension"], row["part"], row["status"]) for row in rows}) == len(rows)


def test_earlier_months_are_kept_and_this_one_is_made_anew() -> None:
    past = {
        "indicator": "linked",
        "level": "country",
        "territory": "MX",
        "within": "MX",
        "dimension": "all",
        "part": "all",
    }
    before = [{**past, "status": "yes", "people": 7, "period": period} for period in ("2026-09", "2026-10")]
    rows = told([person("a")], indicators_before=before)
    own = {row["period"]: row["people"] for row in rows if row["indicator"] == "linked" and row["level"] == "country"
           and row["dimension"] == "all"}  # fmt: skip
    assert own == {"2026-09": 7, "2026-10": 1}


def test_a_pair_that_waits_counts_for_both_its_persons() -> None:
    spine = [{"record_id": f"r{name}", "entity_id": name} for name in "abc"]
    queue = [{"record_id_l": "ra", "record_id_r": "rb"}]
    rows = told([person(name) for name in "abc"], linked_spine=spine, review_queue=queue)
    assert cells(rows, "in_review", "all") == {("all", "yes"): 2, ("all", "no"): 1}
