"""Totalisation of contribution periods: worked examples, and every day counted by hand beside it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.marts.mart import QUERIES
from warehouse.rules.agreement import Agreement, PensionLaw, read_agreements, read_pension_laws
from warehouse.rules.pack import Citation
from warehouse.rules.relations import register_agreements

QUERY = (QUERIES / "portability.sql").read_text(encoding="utf-8")
TODAY = date(2026, 10, 31)
CITED = Citation(text="An invented treaty")
KINDS = {"voluntario": "voluntary", "equivalente": "equivalent"}


@dataclass(frozen=True)
class Period:
    country: str
    start: date
    end: date
    scheme: str = "general"
    days: int | None = None
    unit: str | None = None
    told_by: str | None = None
    """In place of its days: the month that it is of, or what tells none."""


def years(country: str, first: int, last: int, **more: str) -> Period:
    """Whole years, the first and the last included."""
    return Period(country, date(first, 1, 1), date(last, 12, 31), **more)


Rows = dict[tuple[str, str], dict[str, object]]
"""The rows of one person, by agreement and country."""


def _days(period: Period) -> tuple[date | None, date | None, str | None]:
    return (None, None, period.told_by) if period.told_by is not None else (period.start, period.end, None)


def totalised(periods: list[Period], agreements: Iterable[Agreement], laws: Iterable[PensionLaw]) -> Rows:
    """The rows of one person."""
    return all_totalised([periods], agreements, laws)[0]


def all_totalised(
    people: list[list[Period]], agreements: Iterable[Agreement], laws: Iterable[PensionLaw]
) -> list[Rows]:
    """The rows of each person."""
    with duckdb.connect() as connection:
        connection.execute(
            "create table person_events (entity_id integer, kind varchar, country varchar, scheme varchar, "
            "unit varchar, days integer, start_date date, end_date date, period varchar, "
            "as_of_date date)"
        )
        connection.executemany(
            "insert into person_events values (?, 'contribution', ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                [who, p.country, p.scheme, p.unit, p.days, *_days(p), TODAY]
                for who, periods in enumerate(people)
                for p in periods
            ],
        )
        connection.execute("create table deliveries as select date '2026-10-31' as as_of_date")
        connection.execute(
            f"create table golden_persons as select range as entity_id, date '1958-03-01' as birth_date "
            f"from range({len(people)})"
        )
        register_agreements(connection, list(agreements), list(laws))
        relation = connection.sql(QUERY)
        rows = [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]
    found: list[Rows] = [{} for _ in people]
    for row in rows:
        found[int(str(row["entity_id"]))][str(row["agreement"]), str(row["country"])] = row
    return found


def treaty(**changes: object) -> Agreement:
    document = {
        "agreement": "treaty", "name": "A treaty", "parties": ("AA", "BB", "CC"), "short_period_days": 365,
        "kinds": KINDS, "status": "verified", "citation": CITED, **changes,
    }  # fmt: skip
    return Agreement.model_validate(document)


def law(country: str, minimum: int, cap: int | None = None) -> PensionLaw:
    return PensionLaw(
        country=country, minimum_days=minimum, counted_days=cap, pension_age=65, status="verified", citation=CITED
    )


LAWS = [law("AA", 5475), law("BB", 5475), law("CC", 5475), law("DD", 5475)]


@pytest.mark.parametrize(
    ("periods", "expected"),
    [
        pytest.param(
            [years("AA", 2000, 2009), years("BB", 2010, 2019)],
            {"AA": ("totalised", 3653, 7305, 3653 / 7305), "BB": ("totalised", 3652, 7305, 3652 / 7305)},
            id="neither alone, both together",
        ),
        pytest.param(
            [years("AA", 2000, 2019), years("BB", 2020, 2023)],
            {"AA": ("own_law", 7305, 7305, 1.0), "BB": ("totalised", 1461, 8766, 1461 / 8766)},
            id="own law first, without adding up",
        ),
        pytest.param(
            [years("AA", 2000, 2019), Period("BB", date(2020, 1, 1), date(2020, 6, 30))],
            {"AA": ("own_law", 7305, 7305, 1.0), "BB": ("refused_short_period", 182, 7487, None)},
            id="less than a year may be refused",
        ),
        pytest.param(
            [years("AA", 2000, 2013), Period("BB", date(2014, 1, 1), date(2014, 12, 31)),
             Period("CC", date(2015, 1, 1), date(2015, 6, 30))],
            {"AA": ("totalised", 5114, 5660, 5114 / 5660), "BB": ("totalised", 365, 5660, 365 / 5660),
             "CC": ("refused_short_period", 181, 5660, None)},
            id="the refused days count with the others",
        ),
        pytest.param(
            [years("AA", 2000, 2009, scheme="voluntario"), years("BB", 2005, 2014)],
            {"AA": ("totalised", 1827, 5479, 1827 / 5479), "BB": ("totalised", 3652, 5479, 3652 / 5479)},
            id="a compulsory day beats a voluntary one",
        ),
        pytest.param(
            [years("BB", 2000, 2009), years("AA", 2005, 2014)],
            {"AA": ("totalised", 3652, 5479, 3652 / 5479), "BB": ("totalised", 1827, 5479, 1827 / 5479)},
            id="alike, the State named first has the day",
        ),
        pytest.param(
            [years("AA", 2000, 2004), years("AA", 2003, 2006), years("BB", 2007, 2009)],
            {"AA": ("short_of_minimum", 2557, 3653, None), "BB": ("short_of_minimum", 1096, 3653, None)},
            id="two jobs at once are one day, and it is not enough",
        ),
        pytest.param(
            [years("AA", 2000, 2009), years("BB", 2010, 2019, scheme="general"),
             Period("CC", date(1990, 1, 1), date(1999, 12, 31), days=100, unit="week")],
            {"AA": ("totalised", 3653, 8005, 3653 / 8005), "BB": ("totalised", 3652, 8005, 3652 / 8005),
             "CC": ("totalised", 700, 8005, 700 / 8005)},
            id="a hundred weeks within ten years",
        ),
        pytest.param([years("AA", 2000, 2019)], {}, id="one State alone has nothing to add up"),
        pytest.param([years("AA", 2000, 2009), years("DD", 2010, 2019)], {}, id="a State outside the agreement"),
    ],
)  # fmt: skip
def test_worked_examples(periods: list[Period], expected: dict[str, tuple[str, float, float, float | None]]) -> None:
    rows = totalised(periods, [treaty()], LAWS)
    assert {country for _, country in rows} == set(expected)
    for (_, country), row in rows.items():
        basis, counted, total, share = expected[country]
        assert (row["basis"], row["counted_days"], row["totalised_days"]) == (basis, counted, total)
        assert row["pro_rata_share"] == (None if share is None else pytest.approx(share))
        assert row["explanation"]


def test_spain_and_uruguay_of_the_convention() -> None:
    """19.5 years in both, of which neither has the 15 that each asks: entitled by adding up."""
    spain = Period("ES", date(2000, 1, 1), date(2009, 12, 31))
    uruguay = Period("UY", date(2010, 1, 1), date(2019, 6, 30))
    agreements = [each for each in read_agreements() if each.agreement == "ibero_american"]
    rows = totalised([spain, uruguay], agreements, read_pension_laws())
    assert {country: row["basis"] for (_, country), row in rows.items()} == {"ES": "totalised", "UY": "totalised"}
    assert sum(float(str(row["pro_rata_share"])) for row in rows.values()) == pytest.approx(1)
    assert all("Unverified" in str(row["explanation"]) for row in rows.values())


def test_the_days_that_raise_a_pension_are_capped() -> None:
    rows = totalised([years("AA", 2000, 2009), years("BB", 2010, 2019)], [treaty()], [law("AA", 5475, 6000), LAWS[1]])
    assert rows["treaty", "AA"]["pro_rata_share"] == pytest.approx(3653 / 6000)


def test_past_periods_count_only_where_later_ones_follow() -> None:
    past = treaty(in_force=date(2005, 6, 1), past_periods="if_later")
    before = [years("AA", 1980, 1994), years("BB", 1995, 2000)]
    assert totalised(before, [past], LAWS) == {}
    rows = totalised([*before, years("BB", 2010, 2011)], [past], LAWS)
    assert rows["treaty", "BB"]["totalised_days"] == 15 * 365 + 4 + 6 * 365 + 2 + 730


FEBRUARY = (date(2010, 2, 1), date(2010, 2, 28))


def test_of_a_contribution_without_days_the_month_is_told() -> None:
    known = [years("AA", 2000, 2009), years("BB", 2011, 2019)]
    by_day = totalised([*known, Period("BB", *FEBRUARY)], [treaty()], LAWS)
    assert totalised([*known, Period("BB", *FEBRUARY, told_by="2010-02")], [treaty()], LAWS) == by_day


def test_what_nobody_dates_is_not_counted_and_told() -> None:
    known = [years("AA", 2000, 2009), years("BB", 2011, 2019)]
    rows = totalised([*known, Period("BB", *FEBRUARY, told_by="last winter")], [treaty()], LAWS)
    line = "Of 1 of its periods no source tells the days: they are not counted."
    assert [row["own_days"] for row in rows.values()] == [
        row["own_days"] for row in totalised(known, [treaty()], LAWS).values()
    ]
    assert [line in str(row["explanation"]) for (_, country), row in sorted(rows.items())] == [False, True]


def test_third_countries_help_where_the_parties_are_not_enough() -> None:
    first = treaty(parties=("AA", "BB"), third_countries=True)
    bridge = treaty(agreement="bridge", parties=("BB", "DD"))
    rows = totalised([years("AA", 2000, 2004), years("BB", 2005, 2009), years("DD", 2010, 2019)], [first, bridge], LAWS)
    assert rows["treaty", "AA"]["basis"] == "totalised_with_third_countries"
    assert rows["treaty", "AA"]["totalised_days"] == 7305
    assert rows["bridge", "BB"]["basis"] == "totalised"
    assert [key for key, row in rows.items() if row["is_most_favourable"] and key[1] == "BB"] == [("bridge", "BB")]


def by_hand(periods: list[Period], agreement: Agreement) -> dict[str, tuple[float, float]]:
    """Own and counted days of each country, day by day."""
    own: dict[str, float] = {}
    counted: dict[str, float] = {}
    day = min(period.start for period in periods)
    while day <= max(period.end for period in periods):
        claims: dict[str, tuple[int, float]] = {}
        for period in periods:
            if period.start <= day <= period.end and period.country in agreement.parties:
                rank = {"voluntary": 1, "equivalent": 2}.get(agreement.kinds.get(period.scheme, ""), 0)
                length = (period.end - period.start).days + 1
                unit = agreement.unit_days[period.unit] if period.unit else 1  # type: ignore[index]
                density = 1.0 if period.days is None else min(1.0, period.days * unit / length)
                old = claims.get(period.country, (9, 0.0))
                claims[period.country] = (min(old[0], rank), max(old[1], density))
        for country, (_, density) in claims.items():
            own[country] = own.get(country, 0) + density
        if claims:
            winner = min(claims, key=lambda name: (claims[name][0], agreement.parties.index(name)))
            counted[winner] = counted.get(winner, 0) + claims[winner][1]
        day += timedelta(1)
    return {country: (days, counted.get(country, 0.0)) for country, days in own.items()}


PERIODS = st.builds(
    lambda country, start, length, scheme, days, unit: Period(
        country, start, start + timedelta(length), scheme, days, unit if days else None
    ),
    st.sampled_from(["AA", "BB", "CC", "XX"]),
    st.dates(date(2000, 1, 1), date(2004, 12, 31)),
    st.integers(0, 700),
    st.sampled_from(["general", "voluntario", "equivalente"]),
    st.none() | st.integers(1, 400),
    st.none() | st.sampled_from(["day", "week", "month"]),
)


PEOPLE = st.lists(st.lists(PERIODS, min_size=1, max_size=7), min_size=10, max_size=20)


@settings(max_examples=8, deadline=None)
@given(PEOPLE)
def test_days_are_those_counted_by_hand(people: list[list[Period]]) -> None:
    for periods, rows in zip(people, all_totalised(people, [treaty()], LAWS), strict=True):
        truth = by_hand(periods, treaty())
        if len(truth) < 2:
            assert rows == {}
            continue
        assert {country for _, country in rows} == set(truth)
        for (_, country), row in rows.items():
            assert (row["own_days"], row["counted_days"]) == pytest.approx(truth[country], abs=0.002)
        total = sum(counted for _, counted in truth.values())
        assert all(row["totalised_days"] == pytest.approx(total, abs=0.002) for row in rows.values())
