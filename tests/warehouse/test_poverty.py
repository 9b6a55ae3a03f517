"""Income by head, deprivations and lines: what is told, what silence tells, and what stays unknown."""

from datetime import date
from typing import Any

import pytest
from sector_world import asked, event, member, parent, person, record, source

from warehouse.published.poverty import DEPRIVATIONS, INCOMES_PER_CAPITA, TARGETING
from warehouse.rules.pack import Citation, Pack
from warehouse.rules.poverty_line import PovertyLine
from warehouse.rules.reading import read_packs

CONEVAL = [pack for pack in read_packs() if pack.programme in ("mx.coneval", "mx.cruzada_hambre", "mx.familias")]
MOTHER = person("mother", date(1990, 3, 3), country="MX", education_level="2")
CHILD = person("child", date(2016, 3, 3), country="MX")
HOME = [
    record("mother", "roll", household_key="h1", updated_date=date(2026, 1, 1)),
    record("child", "roll", household_key="h1", updated_date=date(2026, 1, 1)),
]
KIN = [member("H", "mother"), member("H", "child"), parent("child", "mother")]


def sources(**complete: bool) -> list[dict[str, Any]]:
    return [
        source("roll", "", True, role="persons", sector="social_development"),
        source("survey", "answer", False, sector="social_development"),
        source("insurance", "contribution", complete.get("insurance", True), sector="social_security"),
        source("school", "", complete.get("school", False), role="persons", sector="education"),
    ]  # fmt: skip


def answer(question: str, value: float, who: str = "mother", **more: Any) -> dict[str, Any]:
    number = hash((question, who)) % 10**6
    known = {"record_id": f"roll-{who}-1", "unit": question, "amount": float(value), "start_date": date(2026, 1, 1)}
    return event(who, "answer", "survey", number, **{**known, **more})


def deprivations(*events: dict[str, Any], who: str = "mother", **complete: bool) -> dict[str, str]:
    rows = asked(DEPRIVATIONS, CONEVAL, [MOTHER, CHILD], events, sources(**complete), HOME, kin=KIN)
    assert len(rows) == 2 * 6, "six dimensions a person"
    return {row["dimension"]: row["status"] for row in rows if row["entity_id"] == who}


def test_what_a_home_answered_is_not_of_who_has_left_it() -> None:
    """The mother lives elsewhere now; what was asked of her alone holds."""
    home = [{**each, "household_key": "survey:h", "municipality_std": "01", "source": "survey"} for each in HOME]
    people = [{**MOTHER, "municipality": "02"}, {**CHILD, "municipality": "01"}]
    asking = [answer("food_insecurity", 4, "child"), answer("without_health_access", 1)]
    rows = asked(DEPRIVATIONS, CONEVAL, people, asking, sources(), home, kin=KIN)
    told = {(row["entity_id"], row["dimension"]): (row["status"], row["reason"]) for row in rows}
    assert told["mother", "food"] == ("unknown", "the person has left the home that was asked")
    assert told["child", "food"][0] == told["mother", "health_access"][0] == "deprived"


INSURED = event("mother", "contribution", "insurance", 1, start_date=date(2025, 1, 1), end_date=date(2026, 10, 31))


@pytest.mark.parametrize(
    ("dimension", "events", "mother", "child"),
    [
        pytest.param("food", [], "unknown", "unknown", id="nobody asked"),
        pytest.param("food", [answer("food_insecurity", 3)], "not_deprived", "not_deprived", id="3 where minors live"),
        pytest.param("food", [answer("food_insecurity", 4)], "deprived", "deprived", id="one answers for all"),
        pytest.param("basic_services", [answer("missing_services", 1)], "deprived", "deprived", id="a service lacks"),
        pytest.param("basic_services", [answer("missing_services", 0)], *["not_deprived"] * 2, id="none lacks"),
        pytest.param("housing_quality", [answer("poor_materials", 0)], "unknown", "unknown", id="half is not enough"),
        pytest.param("housing_quality", [answer("poor_materials", 2)], "deprived", "deprived", id="half is, if poor"),
        pytest.param(
            "housing_quality", [answer("poor_materials", 0), answer("rooms", 2), answer("residents", 5)],
            "not_deprived", "not_deprived", id="2.5 a room",
        ),
        pytest.param(
            "housing_quality", [answer("poor_materials", 0), answer("rooms", 2), answer("residents", 6)],
            "deprived", "deprived", id="3 a room",
        ),
        pytest.param(
            "health_access", [answer("without_health_access", 1)], "deprived", "unknown", id="each for themselves"
        ),
        pytest.param(
            "health_access", [answer("without_health_access", 1), INSURED], "not_deprived", "not_deprived",
            id="an insured mother covers herself and the child",
        ),
        pytest.param("social_security", [INSURED], "not_deprived", "not_deprived", id="hers is the child's"),
        pytest.param("social_security", [], "deprived", "deprived", id="a complete insurance knows neither"),
        pytest.param("educational_lag", [], "not_deprived", "unknown", id="school's silence is none"),
        pytest.param(
            "educational_lag", [answer("attends_school", 1, "child")], "not_deprived", "not_deprived", id="at school"
        ),
        pytest.param(
            "educational_lag", [answer("attends_school", 0, "child")], "not_deprived", "deprived", id="not at school"
        ),
    ],
)  # fmt: skip
def test_a_deprivation(dimension: str, events: list[dict[str, Any]], mother: str, child: str) -> None:
    assert deprivations(*events)[dimension] == mother
    assert deprivations(*events, who="child")[dimension] == child


@pytest.mark.parametrize(
    ("born", "level", "status"),
    [
        (date(2011, 10, 31), "2", "not_deprived"),  # 15 today, with lower secondary behind
        (date(2011, 11, 1), "2", "deprived"),  # 14: in the middle of it, and not at school
        (date(2011, 10, 31), "242", "deprived"),  # a part of it
        (date(2011, 10, 31), "342", "not_deprived"),  # a part of the level above
        (date(2011, 10, 31), "1", "deprived"),
        (date(1990, 1, 1), "242", "deprived"),
        (date(1990, 1, 1), "2", "not_deprived"),
        (date(1981, 1, 1), "242", "not_deprived"),  # to whom primary alone was compulsory
        (date(1990, 1, 1), None, "unknown"),
    ],
)
def test_schooling_behind_one_is_no_lag(born: date, level: str | None, status: str) -> None:
    who = person("child", born, country="MX", education_level=level)
    rows = asked(DEPRIVATIONS, CONEVAL, [who], [answer("attends_school", 0, "child")], sources(), HOME[1:], kin=[])
    assert [row["status"] for row in rows if row["dimension"] == "educational_lag"] == [status]


FATHER = person("father", date(1988, 3, 3), country="MX", education_level="2")
GRANDMOTHER = person("grandmother", date(1960, 3, 3), country="MX", education_level="2")
FAMILY = [parent("child", "mother"), parent("child", "father", "FTH"), parent("mother", "grandmother")]


@pytest.mark.parametrize(
    ("home", "status"),
    [
        (
            ("mother", "father", "grandmother", "child"),
            dict.fromkeys(("father", "grandmother", "child"), "not_deprived"),
        ),
        (("mother",), {"father": "unknown", "grandmother": "unknown", "child": "not_deprived"}),
        (("mother", "father"), {"father": "not_deprived", "grandmother": "unknown", "child": "not_deprived"}),
    ],
)
def test_kin_are_insured_with_a_mother_who_shares_their_home(home: tuple[str, ...], status: dict[str, str]) -> None:
    """A child is wherever it lives; of others the registry does not know every home that they share."""
    people = [MOTHER, CHILD, FATHER, GRANDMOTHER]
    kin = [*(member("H", one) for one in home), *FAMILY]
    rows = asked(DEPRIVATIONS, CONEVAL, people, [INSURED], sources(), HOME, kin=kin)
    told = {row["entity_id"]: row["status"] for row in rows if row["dimension"] == "social_security"}
    assert told == {**status, "mother": "not_deprived"}


@pytest.mark.parametrize(("home", "status"), [(("mother", "father"), "not_deprived"), (("mother",), "deprived")])
def test_an_answer_stands_against_an_insurance_that_is_not_certain(home: tuple[str, ...], status: str) -> None:
    kin = [*(member("H", one) for one in home), *FAMILY]
    events = [INSURED, answer("without_health_access", 1, "father")]
    rows = asked(DEPRIVATIONS, CONEVAL, [MOTHER, CHILD, FATHER], events, sources(), HOME, kin=kin)
    told = {row["entity_id"]: row["status"] for row in rows if row["dimension"] == "health_access"}
    assert told["father"] == status


@pytest.mark.parametrize(
    ("last", "health", "security"),
    [
        (date(2026, 9, 5), "not_deprived", "not_deprived"),  # eight weeks ago
        (date(2026, 9, 4), "deprived", "not_deprived"),
        (date(2026, 7, 30), "deprived", "deprived"),
    ],
)
def test_medical_care_goes_on_for_eight_weeks_after_work(last: date, health: str, security: str) -> None:
    told = deprivations({**INSURED, "end_date": last}, answer("without_health_access", 1))
    assert (told["health_access"], told["social_security"]) == (health, security)


def test_silence_is_no_deprivation_where_the_source_is_not_complete() -> None:
    assert deprivations(insurance=False)["social_security"] == "unknown"
    assert deprivations(school=True, who="child")["educational_lag"] == "deprived"


def test_an_answer_of_another_household_says_nothing() -> None:
    apart = [HOME[0], record("child", "roll", household_key="h2", updated_date=date(2026, 1, 1))]
    rows = asked(
        DEPRIVATIONS, CONEVAL, [MOTHER, CHILD], [answer("missing_services", 2)], sources(), apart, kin=KIN
    )  # fmt: skip
    assert {
        row["entity_id"] for row in rows if row["status"] != "unknown" and row["dimension"] == "basic_services"
    } == {"mother"}


WAGE = event("mother", "work", "jobs", 1, start_date=date(2020, 1, 1), amount=6000.0, currency="MXN")
BENEFIT = event("mother", "benefit", "pay", 1, start_date=date(2026, 4, 5), amount=1200.0, currency="MXN")
INCOMES = {
    "declared": ([answer("household_income", 4000, currency="MXN"), answer("residents", 2)], {"declared": 2000}),
    "without residents": ([answer("household_income", 4000, currency="MXN")], {}),
    "a wage": ([WAGE], {"administrative": 3000}),
    "a wage that ended": ([{**WAGE, "end_date": date(2026, 9, 30)}], {}),
    "a wage taxed is one income": (
        [WAGE, event("mother", "tax", "tax", 1, period="2025", amount=84000.0, currency="MXN")],
        {"administrative": 3500},
    ),
    "tax of long ago": ([event("mother", "tax", "tax", 1, period="2022", amount=84000.0, currency="MXN")], {}),
    "benefits of a year": (
        [BENEFIT, {**BENEFIT, "event_id": "other", "start_date": date(2025, 12, 5)}],
        {"administrative": 100},
    ),
    "both, side by side": (
        [WAGE, answer("household_income", 4000, currency="MXN"), answer("residents", 2)],
        {"declared": 2000, "administrative": 3000},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("events", "known"), INCOMES.values(), ids=INCOMES)
def test_income_is_known_in_two_ways_side_by_side(events: list[dict[str, Any]], known: dict[str, float]) -> None:
    rows = asked(INCOMES_PER_CAPITA, [], [MOTHER, CHILD], events, sources(), HOME, kin=KIN)
    for who in ("mother", "child"):
        assert {row["basis"]: row["per_capita"] for row in rows if row["entity_id"] == who} == known
    assert all(row["currency"] == "MXN" and row["age_months"] >= 0 and row["sources"] for row in rows)


LINES = [
    PovertyLine(
        country="MX", line=name, area=area, valid_from=date(year, 1, 1), monthly=monthly, currency="MXN",
        status="unverified", citation=Citation(text="A council"),
    )
    for name, area, year, monthly in (
        ("wellbeing", "urban", 2025, 3000), ("wellbeing", "rural", 2025, 2000), ("wellbeing", "urban", 2027, 9000),
        ("minimum_wellbeing", "urban", 2025, 1500), ("minimum_wellbeing", "rural", 2025, 1000),
    )
]  # fmt: skip


def income(amount: float) -> list[dict[str, Any]]:
    return [answer("household_income", amount * 2, currency="MXN"), answer("residents", 2)]


MORE = {**WAGE, "amount": 9000.0}
URBAN, RURAL = answer("rural", 0), answer("rural", 1)
HUNGER, SERVICES, SHEET = answer("food_insecurity", 9), answer("missing_services", 2), answer("poor_materials", 1)
FINE = [answer("food_insecurity", 0), answer("missing_services", 0), answer("poor_materials", 0), answer("rooms", 2),
        answer("without_health_access", 0), INSURED]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "events", "status"),
    [
        pytest.param("poverty", [*income(2500), URBAN, HUNGER], "within", id="hungry, below the urban line"),
        pytest.param("poverty", [*income(2500), RURAL, HUNGER], "outside", id="above the rural line"),
        pytest.param("poverty", [*income(2500), HUNGER], "unknown", id="the area would decide"),
        pytest.param("poverty", [*income(1900), HUNGER], "within", id="below both lines"),
        pytest.param("poverty", [*income(3000), URBAN, HUNGER], "outside", id="on the line is not below it"),
        pytest.param("poverty", [URBAN, HUNGER], "unknown", id="no income told"),
        pytest.param("poverty", [*income(2500), URBAN, *FINE], "outside", id="no deprivation"),
        pytest.param("poverty", [*income(2500), URBAN, *FINE[1:]], "unknown", id="one that nobody tells would decide"),
        pytest.param("poverty", [*income(2500), URBAN, HUNGER, MORE], "unknown", id="contradicted"),
        pytest.param("extreme_poverty", [*income(900), HUNGER, SERVICES], "within", id="with no security: three"),
        pytest.param("extreme_poverty", [*income(900), HUNGER, SERVICES, INSURED], "unknown", id="two, others unknown"),
        pytest.param("target", [*income(900), HUNGER, SERVICES], "within", id="one of the three is food"),
        pytest.param("target", [*income(900), SHEET, SERVICES], "unknown", id="whether food is, nobody tells"),
        pytest.param(
            "target", [*income(900), SHEET, SERVICES, answer("food_insecurity", 0)], "outside", id="food is not"
        ),
        pytest.param("poverty_score", [answer("poverty_score", -0.36)], "within", id="score under the cut"),
        pytest.param("poverty_score", [answer("poverty_score", -0.35)], "outside", id="score over the cut"),
        pytest.param("poverty_score", [], "unknown", id="no score"),
    ],
)  # fmt: skip
def test_a_line_is_drawn_by_what_is_known(rule: str, events: list[dict[str, Any]], status: str) -> None:
    rows = asked(TARGETING, CONEVAL, [MOTHER, CHILD], events, sources(), HOME, kin=KIN, lines=LINES)
    (row,) = [row for row in rows if row["entity_id"] == "mother" and row["rule_id"] == rule]
    assert row["status"] == status
    assert row["rule_status"] == "unverified"


BRAZIL: dict[str, Any] = {
    "id": "line", "title": "An income line", "kind": "eligibility", "domain": "income", "metric": "income_per_capita",
    "comparator": "at_most", "threshold": 218, "currency": "BRL", "period": "month", "status": "unverified",
    "citation": {"text": "A law"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("declared", "wage", "currency", "status"),
    [
        (200, None, "BRL", "within"), (218, None, "BRL", "within"), (219, None, "BRL", "outside"),
        (200, 216, "BRL", "within"), (200, 250, "BRL", "unknown"), (None, 250, "BRL", "unknown"),
        (200, None, "MXN", "unknown"), (None, None, "BRL", "unknown"),
    ],
)  # fmt: skip
def test_an_income_line(declared: float | None, wage: float | None, currency: str, status: str) -> None:
    """Wages alone put nobody within, since other income may be hidden from administrations."""
    document = {"programme": "br.x", "version": "1", "name": "Some", "country": "BR", "rules": [BRAZIL]}
    events = (
        [] if declared is None else [answer("household_income", declared, currency=currency), answer("residents", 1)]
    )
    events += [] if wage is None else [{**WAGE, "amount": float(wage), "currency": "BRL"}]
    who = [{**MOTHER, "country": "BR"}]
    rows = asked(TARGETING, [Pack.model_validate(document)], who, events, sources(), HOME, kin=[KIN[0]])
    assert [row["status"] for row in rows] == [status]
