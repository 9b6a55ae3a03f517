"""Quality reports: whole in one file, read from nowhere else, and true to what was counted."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from quality.drift.profile import Profile
from quality.heaping import AgeCounts
from quality.kept import Verdict, keep, kept
from quality.report.delivery import DeliveryReport, write_delivery_report
from warehouse.layout import Layout

VERDICTS = [
    Verdict("curp_form", "CURP has <its> form.", "warning", False, 100, 7, ("f:3",), None),
    Verdict("sex_listed", "SEX is listed.", "warning", True, 100, 0, (), None),
    Verdict("drift_volume", "Rows.", "warning", False, 0, 0, (), "not evaluated: 0 earlier deliveries are known."),
]


@pytest.fixture(scope="module")
def html(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("report") / "page.html"
    latest = Profile("d2", "2026-10-31", 1234, {"CURP": 0.25, "<SEX>": 0.0}, {}, {})
    report = DeliveryReport(
        contract_id="clinic.patients", institution="clinic", delivery_id="d2", as_of_date="2026-10-31",
        counts={"rows delivered": 1240, "rows accepted": 1234}, latest=latest,
        before=[Profile("d1", "2026-09-30", 1200, {}, {}, {})],
        verdicts={"What the contract promises": VERDICTS, "Other": []},
        ages=AgeCounts(dict.fromkeys(range(100), 10)), to_mend=13,
    )  # fmt: skip
    write_delivery_report(report, path)
    return path.read_text(encoding="utf-8")


def test_the_page_reads_nothing_from_elsewhere(html: str) -> None:
    assert "default-src 'none'" in html
    assert "<script" not in html
    assert not re.findall(r"(?:src|href)=\"(?!#)[^\"]*\"|url\((?!#)|@import", html)


def test_the_page_tells_what_was_counted(html: str) -> None:
    assert html.count("<svg") == 3
    for words in ("1,234", "13", "2026-09-30", "CURP has &lt;its&gt; form.", "f:3", "Nothing was judged in this run."):
        assert words in html
    assert 'class="failed">warning' in html
    assert 'class="passed">passed' in html
    assert 'class="silent">not evaluated: 0 earlier deliveries' in html


def test_verdicts_are_kept_as_they_were(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    assert kept(layout, "clinic") == []
    keep(layout, "clinic", VERDICTS)
    assert kept(layout, "clinic") == VERDICTS


AGES = [
    ("nobody heaps", dict.fromkeys(range(23, 63), 10), 100, "highly accurate"),
    ("everybody does", dict.fromkeys(range(25, 61, 5), 50), 500, "very rough"),
    ("one in two", dict.fromkeys(range(23, 63), 10) | dict.fromkeys(range(25, 61, 5), 15), 136.4, "rough"),
    ("ages outside do not count", dict.fromkeys(range(23, 63), 10) | {20: 900, 65: 900}, 100, "highly accurate"),
    ("too few", {30: 99}, None, "fewer than 100 people aged 23 to 62"),
    ("none", {}, None, "fewer than 100 people aged 23 to 62"),
]


@pytest.mark.parametrize(("what", "counts", "index", "words"), AGES, ids=[case[0] for case in AGES])
def test_heaping_is_measured_by_whipples_index(
    what: str, counts: dict[int, int], index: float | None, words: str
) -> None:
    ages = AgeCounts(counts)
    assert ages.whipple == (None if index is None else pytest.approx(index, abs=0.1)), what
    assert ages.judgement == words
