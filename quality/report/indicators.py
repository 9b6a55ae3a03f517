"""The indicator report of one release: who is left out, by group and territory, and how institutions coordinate.

It is made of the published tables alone, from which few people are withheld already.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from markupsafe import Markup

from quality.report.charts import PALETTE, lines, shares
from quality.report.page import page, save
from quality.report.titles import rule_titles
from warehouse.layout import Layout
from warehouse.manifest import Manifest
from warehouse.release.database import read_only

MEANINGS = {
    "unmet": ("Guarantees not met", "of those of whom it is known"),
    "not enrolled": ("Entitled and not enrolled", "of those known to be entitled whom an office has seen"),
    "not compliant": ("Co-responsibilities not complied with", "of those reported, in the latest period"),
    "not reported": ("Co-responsibilities not reported", "of those bound by the duty, in the latest period"),
    "not known": ("Guarantees of which nothing is known", "of those to whom it applies"),
    "informal": ("Informal work", "of those at work of whom it is known"),
    "enrolled": ("Enrolled in a programme", "of all"),
}
"""What an indicator's name begins with → its heading, and of whom its shares are."""

BESIDE = {"linked": "known to two sources", "identified": "valid number", "in_review": "in review"}
"""What the registry tells of itself, beside every indicator."""

DIMENSIONS = {
    "sex": "Sex", "age": "Age", "ethnicity": "Ethnicity", "disability": "Disability", "migrant_status": "Migrant status"
}  # fmt: skip
MOST_REGIONS = 16

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Part:
    """One group: its share, how many people it is of, and what the registry tells of itself there; None is withheld."""

    dimension: str
    part: str
    share: float | None
    people: int | None
    beside: Mapping[str, float | None]


@dataclass(frozen=True)
class Indicator:
    """One indicator as the page shows it."""

    heading: str
    title: str
    base: str
    period: str
    share: float | None
    people: int | None
    parts: Sequence[Part]
    charts: Sequence[Markup]
    withheld: int


def write_indicator_report(layout: Layout, manifest: Manifest, path: Path) -> None:
    """Write the page of the current release to `path`."""
    with read_only(layout) as connection:
        country = _country(connection)
        indicators = [] if country is None else _indicators(connection, country)
        values = {
            "manifest": manifest, "country": country, "indicators": indicators, "beside": BESIDE,
            "scores": _scores(connection), "shared": _shared(connection),
            "as_of": connection.sql("select max(as_of_date) from deliveries").fetchall()[0][0],
        }  # fmt: skip
    save(page("indicators.html.j2", **values), path)


def _country(connection: duckdb.DuckDBPyConnection) -> str | None:
    """The country that most people live in."""
    rows = connection.sql("""
        select territory from indicators
        where level = 'country' and indicator = 'linked' and dimension = 'all' and people is not null
        group by territory order by sum(people) desc, territory limit 1
    """).fetchall()
    return str(rows[0][0]) if rows else None


def _indicators(connection: duckdb.DuckDBPyConnection, country: str) -> list[Indicator]:
    latest = _rows(
        connection, "select indicator, max(period) as period from indicators group by indicator order by all"
    )
    beside = _beside(connection, country)
    titles = rule_titles()
    order = list(MEANINGS)
    told = [row for row in latest if _kind(row["indicator"]) in MEANINGS]
    told.sort(key=lambda row: (order.index(_kind(row["indicator"])), row["indicator"]))
    return [_indicator(connection, country, row["indicator"], row["period"], titles, beside) for row in told]


def _kind(indicator: str) -> str:
    return next((kind for kind in MEANINGS if indicator == kind or indicator.startswith(f"{kind} ")), "")


def _indicator(
    connection: duckdb.DuckDBPyConnection,
    country: str,
    name: str,
    period: str,
    titles: Mapping[str, str],
    beside: Mapping[tuple[str, str, str], float | None],
) -> Indicator:
    kind = _kind(name)
    rows = _groups(connection, country, name, period)
    whole = next((row for row in rows if row["dimension"] == "all"), {"share": None, "people": None})
    parts = [
        Part(DIMENSIONS[row["dimension"]], row["part"], row["share"], row["people"],
             {key: beside.get((key, row["dimension"], row["part"])) for key in BESIDE})
        for row in rows
        if row["dimension"] in DIMENSIONS
    ]  # fmt: skip
    rule = name.removeprefix(kind).strip()
    return Indicator(
        heading=MEANINGS[kind][0],
        title=titles.get(rule, rule) or MEANINGS[kind][0],
        base=MEANINGS[kind][1],
        period=period,
        share=whole["share"],
        people=whole["people"],
        parts=parts,
        charts=[chart for chart in (*_charts(connection, country, name, period, parts, whole["share"]),) if chart],
        withheld=sum(part.share is None for part in parts),
    )


def _groups(connection: duckdb.DuckDBPyConnection, country: str, name: str, period: str) -> list[dict[str, Any]]:
    """Each group with the share who stand so; one of whom nobody does is at 0, one that is withheld has none."""
    return _rows(
        connection,
        """
        select
            dimension, part,
            case when bool_and(people is not null) then coalesce(max(share) filter (status = 'yes'), 0) end as share,
            case when bool_and(people is not null) then sum(people)::bigint end as people
        from indicators
        where territory = ? and level = 'country' and indicator = ? and period = ?
        group by dimension, part
        order by array_position(['sex', 'age', 'ethnicity', 'disability', 'migrant_status'], dimension),
            part = 'unknown', try_cast(regexp_extract(part, '^[0-9]+') as integer), part
        """,
        [country, name, period],
    )


def _beside(connection: duckdb.DuckDBPyConnection, country: str) -> dict[tuple[str, str, str], float | None]:
    return {
        (key, row["dimension"], row["part"]): row["share"]
        for key in BESIDE
        for period in _rows(connection, "select max(period) as latest from indicators where indicator = ?", [key])
        for row in _groups(connection, country, key, str(period["latest"]))
    }


def _charts(
    connection: duckdb.DuckDBPyConnection,
    country: str,
    name: str,
    period: str,
    parts: Sequence[Part],
    mean: float | None,
) -> list[Markup | None]:
    colours = dict(zip(DIMENSIONS.values(), PALETTE, strict=False))
    groups = [
        {"group": _label(part), "share": part.share, "colour": colours[part.dimension]}
        for part in parts
        if part.share is not None
    ]  # fmt: skip
    regions = [{**row, "colour": PALETTE[0]} for row in _regions(connection, country, name, period)]
    months = _months(connection, country, name)
    return [
        shares(groups, "group", "share", "By group", mean) if _tell_apart(groups) else None,
        shares(regions, "region", "share", "By region, the highest", mean) if _tell_apart(regions) else None,
        lines(months, "period", "share", "Over time") if len(months) > 2 else None,
    ]


def _label(part: Part) -> str:
    return f"{part.dimension}: {part.part.replace('_', ' ')}"


def _tell_apart(rows: Sequence[Row]) -> bool:
    """There is something to see: two bars at least, one of them above nothing."""
    return len(rows) > 1 and any(row["share"] for row in rows)


def _regions(connection: duckdb.DuckDBPyConnection, country: str, name: str, period: str) -> list[dict[str, Any]]:
    return _rows(
        connection,
        f"""
        select coalesce(territories.name, territory) as region, coalesce(max(share) filter (status = 'yes'), 0) as share
        from indicators left join territories on code = territory
        where "within" = ? and indicators.level = 'region' and indicator = ? and period = ? and dimension = 'all'
        group by all having bool_and(people is not null) order by share desc, region limit {MOST_REGIONS}
        """,
        [country, name, period],
    )


def _months(connection: duckdb.DuckDBPyConnection, country: str, name: str) -> list[dict[str, Any]]:
    return _rows(
        connection,
        """
        select period, coalesce(max(share) filter (status = 'yes'), 0) as share from indicators
        where territory = ? and level = 'country' and indicator = ? and dimension = 'all'
        group by period having bool_and(people is not null) order by period
        """,
        [country, name],
    )


def _scores(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, dict[str, Row]]]:
    """Scope → name → measure → its row of the latest month, the best name first."""
    rows = _rows(
        connection,
        "select * from scorecard where period = (select max(period) from scorecard) order by scope, "
        "max(value) filter (measure = 'goals reached') over (partition by scope, name) desc, name",
    )
    told: dict[str, dict[str, dict[str, Row]]] = {}
    for row in rows:
        told.setdefault(row["scope"], {}).setdefault(row["name"], {})[row["measure"]] = row
    return told


def _shared(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, Row]]:
    """Institution → other institution → how many people they share."""
    told: dict[str, dict[str, Row]] = {}
    for row in _rows(connection, "select * from shared_people order by institution, other_institution"):
        told.setdefault(row["institution"], {})[row["other_institution"]] = row
    return told


def _rows(connection: duckdb.DuckDBPyConnection, query: str, values: Sequence[object] = ()) -> list[dict[str, Any]]:
    relation = connection.sql(query, params=list(values))
    return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]
