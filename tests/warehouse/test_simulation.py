"""Two packs side by side: who gains and loses, held against a reckoning person by person."""

import random
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from typer.testing import CliRunner

from pipelines.cli import app
from warehouse.published.people import HOUSEHOLD_MEMBERS, RELATIONSHIPS
from warehouse.published.poverty import DEPRIVATIONS, INCOMES_PER_CAPITA
from warehouse.published.reference import DELIVERIES, PROGRAMMES, SOURCES
from warehouse.published.registry import (
    ANSWERS,
    ATTENDANCE,
    CHECKUPS,
    ENROLMENTS,
    PERSONS_PUBLISHED,
    SOURCE_RECORDS,
    SPINE_PUBLISHED,
)
from warehouse.rules.pack import Pack
from warehouse.simulation.packs import simulate
from warehouse.table import Table

TABLES = (
    PERSONS_PUBLISHED, ENROLMENTS, ANSWERS, ATTENDANCE, CHECKUPS, SOURCE_RECORDS, SPINE_PUBLISHED, HOUSEHOLD_MEMBERS,
    RELATIONSHIPS, INCOMES_PER_CAPITA, DEPRIVATIONS, DELIVERIES, PROGRAMMES, SOURCES,
)  # fmt: skip
TODAY = date(2026, 10, 31)
Person = tuple[str, int, float | None, str]
"""Name, year of birth, declared income by head, household."""


def database(
    path: Path,
    people: list[Person],
    enrolled: tuple[str, ...] = (),
    more: Mapping[Table, list[dict[str, Any]]] = MappingProxyType({}),
) -> Path:
    rows: dict[Table, list[dict[str, Any]]] = {
        PERSONS_PUBLISHED: [
            {"entity_id": name, "birth_year": year, "country": "MX", "region": home[:2]}
            for name, year, _, home in people
        ],
        ENROLMENTS: [
            {"event_id": name, "entity_id": name, "programme": "family", "start_date": date(2020, 1, 1)}
            for name in enrolled
        ],
        HOUSEHOLD_MEMBERS: [
            {"household_id": home, "entity_id": name, "grouping": "combined"} for name, _, _, home in people
        ],
        INCOMES_PER_CAPITA: [
            {"entity_id": name, "basis": "declared", "currency": "MXN", "per_capita": income}
            for name, _, income, _ in people
            if income is not None
        ],
        DELIVERIES: [{"as_of_date": TODAY}],
        **more,
    }
    with duckdb.connect(str(path)) as connection:
        for table in TABLES:
            schema = pa.schema([field.with_nullable(True) for field in table.schema])
            connection.register("rows", pa.Table.from_pylist(rows.get(table, []), schema=schema))
            connection.execute(f"create table {table.name} as from rows")
    return path


def rule(number: int, kind: str, metric: str, comparator: str, threshold: float, **more: Any) -> dict[str, Any]:
    return {
        "id": f"r{number}", "title": "A rule", "kind": kind, "domain": "income", "metric": metric, "period": "month",
        "comparator": comparator, "threshold": threshold, "status": "unverified", "citation": {"text": "An act"},
        **({"currency": "MXN"} if metric in ("income_per_capita", "benefit_amount") else {}), **more,
    }  # fmt: skip


def pack(*rules: dict[str, Any], version: str = "1") -> Pack:
    document = {"programme": "xx.family", "version": version, "name": "Family", "country": "MX"}
    return Pack.model_validate({**document, "delivered_as": ["family"], "rules": list(rules)})


def changed(database: Path, before: Pack, after: Pack) -> dict[str, tuple[str, float | None, float | None]]:
    with duckdb.connect() as connection:
        simulate(connection, database, before, after, "region")
        query = "select entity_id, change, round(monthly_before, 4), round(monthly_after, 4) from people_changed"
        return {row[0]: row[1:] for row in connection.sql(query).fetchall()}


LINE = rule(1, "eligibility", "income_per_capita", "at_most", 1000)
EACH = rule(2, "benefit", "benefit_amount", "equals", 100)
NAMES = ("ana", "eva", "leo")
FAMILY: list[Person] = [("ana", 1990, 900, "09a"), ("eva", 2018, 900, "09a"), ("leo", 2016, 900, "09a")]
CASES = {
    "the same twice": ([LINE, EACH], [LINE, EACH], dict.fromkeys(("ana", "eva", "leo"), ("keeps", 100, 100))),
    "a lower line": (
        [LINE, EACH], [{**LINE, "threshold": 800}, EACH], dict.fromkeys(("ana", "eva", "leo"), ("loses", 100, 0)),
    ),
    "children alone": (
        [LINE, EACH], [LINE, {**EACH, "age_max_exclusive": 18}],
        dict.fromkeys(("ana", "eva", "leo"), ("keeps", 100, 66.6667)),
    ),
    "the eldest child alone, every two months": (
        [LINE, EACH], [LINE, {**EACH, "age_max_exclusive": 18, "nth": 1, "period": "bimonth"}],
        dict.fromkeys(("ana", "eva", "leo"), ("keeps", 100, 16.6667)),
    ),
    "a floor": (
        [LINE, EACH], [LINE, EACH, rule(3, "benefit", "benefit_amount", "at_least", 600, unit="household")],
        dict.fromkeys(("ana", "eva", "leo"), ("keeps", 100, 200)),
    ),
    "a cap": (
        [LINE, EACH], [LINE, EACH, rule(3, "benefit", "benefit_amount", "at_most", 150, unit="household")],
        dict.fromkeys(("ana", "eva", "leo"), ("keeps", 100, 50)),
    ),
    "from 10 years": (
        [LINE, EACH], [LINE, EACH, rule(4, "eligibility", "age", "at_least", 10, age_min=10)],
        {"ana": ("keeps", 100, 100), "leo": ("keeps", 100, 100), "eva": ("loses", 100, 0)},
    ),
    "somebody of 10 in the home": (
        [LINE, EACH], [LINE, EACH, rule(4, "eligibility", "age", "at_least", 10, unit="household")],
        dict.fromkeys(NAMES, ("keeps", 100, 100)),
    ),
    "somebody of 40 in the home": (
        [LINE, EACH], [LINE, EACH, rule(4, "eligibility", "age", "at_least", 40, unit="household")],
        dict.fromkeys(NAMES, ("loses", 100, 0)),
    ),
    "what nobody tells": (
        [LINE, EACH], [LINE, EACH, rule(5, "eligibility", "months_of_residence", "above", 6)],
        dict.fromkeys(("ana", "eva", "leo"), ("unknown", 100, 0)),
    ),
    "without conditions, for the enrolled": ([EACH], [LINE, EACH], {
        "ana": ("keeps", 100, 100), "eva": ("gains", 0, 100), "leo": ("gains", 0, 100),
    }),
    "without amounts no cost": ([LINE], [LINE, EACH], dict.fromkeys(NAMES, ("keeps", None, 100))),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after", "expected"), CASES.values(), ids=CASES)
def test_who_gains_and_who_loses(
    tmp_path: Path, before: list[dict[str, Any]], after: list[dict[str, Any]], expected: dict[str, Any]
) -> None:
    released = database(tmp_path / "registry.duckdb", FAMILY, enrolled=("ana",))
    assert changed(released, pack(*before), pack(*after, version="2")) == expected


SCHOOL = rule(
    6,
    "co_responsibility",
    "attendance_rate",
    "at_least",
    0.8,
    unit="person",
    domain="education",
    age_min=6,
    age_max_exclusive=18,
)
LAXER, OLDER = {**SCHOOL, "threshold": 0.5}, {**SCHOOL, "age_min": 9}
ATTENDED = {"ana": None, "eva": 0.6, "leo": 0.9}


def attended(name: str, rate: float) -> dict[str, Any]:
    return {
        "event_id": f"a{name}", "entity_id": name, "source": "school", "period": "2026-10", "present": rate * 20,
        "enrolled_days": 20.0, "start_date": date(2026, 10, 1), "end_date": TODAY,
    }  # fmt: skip


def listed(kind: str, is_complete: bool, purposes: list[str]) -> dict[str, Any]:
    known = {"contract_id": f"school.{kind}", "source": "school", "role": "events", "kind": kind}
    return {**known, "is_complete": is_complete, "purposes": purposes}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([SCHOOL], [SCHOOL], {"eva": "stays_non_compliant", "leo": "stays_compliant"}),
        ([SCHOOL], [LAXER], {"eva": "becomes_compliant", "leo": "stays_compliant"}),
        ([LAXER], [SCHOOL], {"eva": "becomes_non_compliant", "leo": "stays_compliant"}),
        ([SCHOOL], [OLDER], {"eva": "no_longer_bound", "leo": "stays_compliant"}),
        ([OLDER], [SCHOOL], {"eva": "newly_bound", "leo": "stays_compliant"}),
        ([EACH], [SCHOOL], {"eva": "newly_bound", "leo": "newly_bound"}),
        ([EACH], [EACH], {}),
    ],
)
def test_who_would_comply(
    tmp_path: Path, before: list[dict[str, Any]], after: list[dict[str, Any]], expected: dict[str, str]
) -> None:
    """Of one month alone the school tells; of the others that no complete source tells nothing is held against them."""
    more = {
        ATTENDANCE: [attended(name, rate) for name, rate in ATTENDED.items() if rate],
        SOURCES: [listed("attendance", False, ["co_responsibility"]), listed("enrolment", True, [])],
    }
    released = database(tmp_path / "registry.duckdb", FAMILY, enrolled=NAMES, more=more)
    with duckdb.connect() as connection:
        simulate(connection, released, pack(*before), pack(*after, version="2"), "region")
        assert dict(connection.sql("select entity_id, change from duties_changed").fetchall()) == expected


def test_a_whole_year_at_school_turns_with_the_threshold(tmp_path: Path) -> None:
    months = [date(2026 - (month > 10), month, 1) for month in (11, 12, *range(1, 11))]
    rows = [
        {**attended(name, rate), "event_id": f"{name}{day}", "period": f"{day:%Y-%m}", "start_date": day}
        for name, rate in ATTENDED.items() if rate for day in months
    ]  # fmt: skip
    more = {
        ATTENDANCE: rows,
        SOURCES: [listed("attendance", False, ["co_responsibility"]), listed("enrolment", True, [])],
    }
    released = database(tmp_path / "registry.duckdb", FAMILY, enrolled=NAMES, more=more)
    with duckdb.connect() as connection:
        simulate(connection, released, pack(SCHOOL), pack(LAXER, version="2"), "region")
        told = connection.sql("select entity_id, change, periods_before, periods_after from duties_changed").fetchall()
        assert sorted(told) == [("eva", "becomes_compliant", 12, 0), ("leo", "stays_compliant", 0, 0)]


def test_a_source_that_does_not_allow_it_is_not_asked(tmp_path: Path) -> None:
    more = {ATTENDANCE: [attended("eva", 0.1)], SOURCES: [listed("attendance", False, ["coverage"])]}
    released = database(tmp_path / "registry.duckdb", FAMILY, enrolled=NAMES, more=more)
    with duckdb.connect() as connection:
        simulate(connection, released, pack(SCHOOL), pack(SCHOOL, version="2"), "region")
        assert set(connection.sql("select change from duties_changed").fetchall()) == {("not_reported",)}


def test_the_same_as_a_reckoning_person_by_person(tmp_path: Path) -> None:
    draw = random.Random(7)
    people: list[Person] = [
        (f"p{n}", draw.randint(1930, 2025), draw.choice([None, 500.0, 900.0, 1000.0, 1500.0]), f"{n % 3:02d}-{n % 90}")
        for n in range(300)
    ]
    released = database(tmp_path / "registry.duckdb", people)
    grown = {**LINE, "id": "r9", "metric": "age", "comparator": "at_least", "threshold": 18, "age_min": 18}
    grown.pop("currency")
    one = pack(LINE, EACH)
    other = pack({**LINE, "threshold": 900}, grown, {**EACH, "threshold": 250, "age_min": 60}, version="2")
    expected = {}
    for name, year, income, home in people:
        age = 2026 - year  # the middle of the year has passed
        before = None if income is None else income <= 1000
        after = False if age < 18 else None if income is None else income <= 900
        outcomes = (before, after)
        if True not in outcomes and None not in outcomes:
            continue
        change = "unknown" if None in outcomes else {(1, 1): "keeps", (1, 0): "loses", (0, 1): "gains"}[outcomes]
        mates = [p for p in people if p[3] == home and p[2] is not None and p[2] <= 900 and 2026 - p[1] >= 18]
        share = sum(250 for p in mates if 2026 - p[1] >= 60) / len(mates) if after else 0
        expected[name] = (change, 100 if before else 0, round(share, 4))
    assert len({change for change, *_ in expected.values()}) == 3
    assert changed(released, one, other) == expected


def test_the_verb_writes_tables_and_withholds_few_people(tmp_path: Path) -> None:
    people = [(f"p{n}", 1990, 900.0, "09-x" if n else "10-y") for n in range(40)]
    release = tmp_path / "home" / "releases" / "r1"
    release.mkdir(parents=True)
    database(release / "registry.duckdb", people)
    drafts = []
    for version, threshold in (("1", 1000), ("2", 100)):
        document = pack({**LINE, "threshold": threshold}, EACH, version=version).model_dump(mode="json")
        drafts.append(tmp_path / f"{version}.yaml")
        drafts[-1].write_text(yaml.safe_dump(document), encoding="utf-8")
    options = ["--home", str(tmp_path / "home"), "--release", "r1"]
    out, each = tmp_path / "who.csv", tmp_path / "each.parquet"
    files = ["--out", str(out), "--people", str(each)]
    result = CliRunner().invoke(app, ["simulate", *map(str, drafts), *options, *files])
    assert result.exit_code == 0, result.output
    assert "withheld" in result.output
    assert "unverified" in result.output
    assert "10,loses,,," in out.read_text(encoding="utf-8")
    assert pq.read_table(each).num_rows == 40
    missing = CliRunner().invoke(
        app, ["simulate", *map(str, drafts), "--home", str(tmp_path / "home"), "--release", "r9"]
    )
    assert missing.exit_code == 1
    assert "r1" in missing.output
    drafts[1].write_text("programme: [", encoding="utf-8")
    torn = CliRunner().invoke(app, ["simulate", *map(str, drafts), *options])
    assert torn.exit_code == 1
    assert "2.yaml" in torn.output
