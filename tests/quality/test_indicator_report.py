"""The indicator report: what is withheld stays so, what nobody is in stands at nothing, and the page runs nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from quality.report.indicators import write_indicator_report
from warehouse.layout import Layout
from warehouse.manifest import Manifest
from warehouse.published.coordination import INDICATORS, SCORECARD, SHARED_PEOPLE
from warehouse.published.reference import DELIVERIES, TERRITORIES
from warehouse.release.database import write_relations
from warehouse.session import literal, open_session
from warehouse.settings import SAMPLE_SOURCES, Settings
from warehouse.storage import write_rows
from warehouse.table import Table

MANIFEST = Manifest("r1", "c", "2026-11-01", "1", 0, "k", 10, 1, {}, {}, {}, {}, {}, "", "")
UNMET = "unmet int.social_protection_floor@2012 children"


def cell(
    indicator: str, part: str, yes: int | None, no: int | None, territory: str = "MX", dimension: str = "sex",
    level: str = "country",
) -> list[dict[str, Any]]:  # fmt: skip
    known = {
        "indicator": indicator, "period": "2026-10", "level": level, "territory": territory, "within": "MX",
        "dimension": dimension, "part": part,
    }  # fmt: skip
    whole = (yes or 0) + (no or 0)
    told = {"yes": yes, "no": no}
    return [
        {**known, "status": status, "people": people, "share": None if people is None else people / whole}
        for status, people in told.items()
        if people != 0
    ]


def score(name: str, measure: str, value: float, trend: str | None = None) -> dict[str, Any]:
    return {
        "scope": "institution", "name": name, "measure": measure, "period": "2026-10", "numerator": 1, "denominator": 2,
        "value": value, "goal": 0.8, "is_reached": value >= 0.8, "rank": 1, "ranked_count": 2, "trend": trend,
    }  # fmt: skip


SHARED = {
    "institution": "schools", "other_institution": "clinics", "relation": "horizontal",
    "level_of_government": "national",
    "other_level_of_government": "national", "shared_count": 25, "share": 0.25,
}  # fmt: skip
ROWS: dict[Table, list[dict[str, Any]]] = {
    DELIVERIES: [
        {"contract_id": "c", "delivery_id": "d", "as_of_date": date(2026, 10, 31), "sha256": "", "rows_delivered": 1,
         "rows_accepted": 1, "rows_quarantined": 0, "replaces": []}
    ],
    TERRITORIES: [{"code": "15", "level": "region", "name": "<Región>", "is_listed": True}],
    INDICATORS: [
        *cell("linked", "all", 900, 100, dimension="all"), *cell(UNMET, "all", 160, 640, dimension="all"),
        *cell(UNMET, "female", 60, 340), *cell(UNMET, "male", 0, 400), *cell(UNMET, "other", None, None),
        *cell("linked", "female", 450, 50),
        *cell(UNMET, "all", 50, 50, "15", "all", "region"), *cell(UNMET, "all", 10, 90, "20", "all", "region"),
    ],
    SCORECARD: [
        score("schools", "goals reached", 0.9), score("schools", "validity", 0.9, "better"),
        score("clinics", "validity", 0.75), score("clinics", "timeliness", 0.1, "worse"),
    ],
    SHARED_PEOPLE: [SHARED, {**SHARED, "institution": "clinics", "other_institution": "schools", "shared_count": None,
                             "share": None}],
}  # fmt: skip


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Callable[[dict[Table, list[dict[str, Any]]]], Path]:
    """Writes the report of a release that holds these rows."""

    def written(rows: dict[Table, list[dict[str, Any]]]) -> Path:
        home = tmp_path_factory.mktemp("report")
        settings, current = Settings(home, SAMPLE_SOURCES, home / "landing", memory_limit="1GB"), home / "current"
        current.mkdir()
        with open_session(settings) as connection:
            relations = {}
            for table, values in rows.items():
                write_rows(connection, table, values, home / f"{table.name}.parquet")
                relations[table] = f"read_parquet({literal(home / f'{table.name}.parquet')})"
            write_relations(connection, relations, current / "registry.duckdb")
        write_indicator_report(Layout(home), MANIFEST, home / "page.html")
        return home / "page.html"

    return written


@pytest.fixture(scope="module")
def html(report: Callable[[dict[Table, list[dict[str, Any]]]], Path]) -> str:
    page = report(ROWS)
    assert page.stat().st_mode & 0o777 == 0o600
    return page.read_text(encoding="utf-8")


def row_of(html: str, *words: str) -> str:
    """The text of the first row of a table that begins with `words`."""
    rows = [" ".join(re.sub("<[^>]*>", " ", row).split()) for row in re.findall("<tr>.*?</tr>", html, re.DOTALL)]
    return next(row for row in rows if row.startswith(" ".join(words)))


def test_the_page_holds_all_it_shows_and_runs_nothing(html: str) -> None:
    assert "<script" not in html
    assert not re.findall(r"(?:src|href)=\"(?!#)[^\"]*\"|url\((?!#)|@import", html)
    assert "<Región>" not in html


def test_a_group_is_told_with_how_well_the_registry_knows_it(html: str) -> None:
    assert row_of(html, "Sex", "female") == "Sex female 400 15.0% 90.0% withheld withheld"


def test_nobody_is_nothing_and_few_are_withheld(html: str) -> None:
    assert row_of(html, "Sex", "male") == "Sex male 400 0.0% withheld withheld withheld"
    assert row_of(html, "Sex", "other") == "Sex other withheld withheld withheld withheld"
    assert "1 groups are withheld" in html


def test_groups_and_regions_are_drawn(html: str) -> None:
    assert html.count("<svg") == 2
    assert "Región" in html


def test_scores_stand_against_their_goals(html: str) -> None:
    assert html.index("<td>schools</td>") < html.index("<td>clinics</td>"), "the best comes first"
    assert row_of(html, "clinics").startswith("clinics – 10.0% ▼")
    assert {name: html.count(f'class="{name}"') for name in ("reached", "near", "far")} == {
        "reached": 2, "near": 1, "far": 1
    }  # fmt: skip
    assert "25.0%<small>horizontal</small>" in html


def test_a_registry_without_indicators_says_so(
    report: Callable[[dict[Table, list[dict[str, Any]]]], Path],
) -> None:
    told = report({**ROWS, INDICATORS: [], SHARED_PEOPLE: []}).read_text(encoding="utf-8")
    assert "there are none" in told
    assert "People whom institutions share" not in told
