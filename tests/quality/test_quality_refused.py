"""A delivery that was refused as a whole: the institution is told why, and what to do."""

from pathlib import Path

import pytest

from quality.returns.refused import NO_DELIVERY, RefusedDelivery, write_refused
from quality.returns.write import returns_folder
from warehouse.layout import Layout, private_folder

REASON = "students_2026-10.xlsx: line 1: the column <CURP> is missing.\nName it as the contract does."


def told(home: Path, delivery_id: str = "d1") -> tuple[Path, str]:
    refused = RefusedDelivery("schools.roll", "schools", delivery_id, ["roll.csv"], REASON, "schools/roll_*.csv")
    page = write_refused(refused, Layout(home))
    return page, page.read_text(encoding="utf-8")


def test_the_page_says_what_was_wrong_and_how_to_deliver_again(tmp_path: Path) -> None:
    page, html = told(tmp_path)
    assert page == returns_folder(Layout(tmp_path), "schools.roll", "d1") / "refused.html"
    assert page.stat().st_mode & 0o777 == 0o600
    for words in ("the column &lt;CURP&gt; is missing.", "schools/roll_*.csv", "_r2", "roll.csv", "stays in use"):
        assert words in html
    assert "<script" not in html
    assert "to_mend" not in html


def test_rows_are_pointed_to_where_they_are_known(tmp_path: Path) -> None:
    folder = private_folder(returns_folder(Layout(tmp_path), "schools.roll", "d1"))
    (folder / "to_mend.xlsx").touch()
    assert "to_mend.xlsx" in told(tmp_path)[1]


@pytest.mark.parametrize("delivery_id", [""])
def test_what_was_never_delivered_is_told_too(tmp_path: Path, delivery_id: str) -> None:
    page, html = told(tmp_path, delivery_id)
    assert page.parent.name == NO_DELIVERY
    assert "Delivery  of" not in html
