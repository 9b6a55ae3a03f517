"""The Dagster UI as an engineer sees it: a delivery arrives, the run succeeds, what goes wrong says why."""

import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from installed import running
from playwright.sync_api import Page, expect

from sources.synthetic.sample import write_sample
from warehouse.layout import Layout
from warehouse.release.database import read_only

pytestmark = pytest.mark.live

PEOPLE = 300
ROOT = Path(__file__).resolve().parents[2]
SHOTS = ROOT / "docs" / "operating"

ELSEWHERE = """
places => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const node = texts.currentNode;
        for (const place of places) node.data = node.data.replaceAll(place, '/opt/padron');
    }
}
"""
"""Whose machine the picture was taken on is nobody's business."""

RUN_SECONDS = 1200.0
"""How long a run may take to be seen and to end, on a machine that others use too."""


@pytest.fixture
def shot(page: Page, tmp_path: Path, request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Save what the page shows for docs/operating.md, where that was asked for."""

    def save(name: str) -> None:
        if request.config.getoption("--regenerate"):
            page.wait_for_timeout(1500)  # (until nothing slides or fades any more)
            page.evaluate(ELSEWHERE, [str(tmp_path), str(ROOT), sys.base_prefix])
            page.screenshot(path=SHOTS / f"{name}.png")

    return save


def test_deliveries_are_followed_in_the_ui(page: Page, tmp_path: Path, shot: Callable[[str], None]) -> None:
    home, landing, prepared = tmp_path / "home", tmp_path / "landing", tmp_path / "prepared"
    landing.mkdir()
    write_sample(prepared, tmp_path / "truth", PEOPLE, 1)
    with running(home, landing, tmp_path) as address:
        turn_on_the_sensor(page, address)
        deliver(prepared, landing)
        run = run_that_ends(page, address, "Success")
        shot("run")
        assert (home / "current" / "registry.duckdb").exists()

        an_asset_tells_what_it_is(page, address)
        shot("asset")
        a_plot_is_drawn(page, address)
        shot("plot")
        checks_give_their_reasons(page, address)
        shot("checks")

        without_a_column(landing / "social_development" / "beneficiaries_2026-11.csv", prepared)
        run = run_that_ends(page, address, "Success", after=run)
        a_refused_delivery_says_why(page, address)
        shot("refused")
        its_report_opens_in_the_browser(page, address)
        with read_only(Layout(home)) as connection:
            stood = connection.sql("select count(*) from source_records where source = 'social_development'").fetchall()
        assert stood[0][0] > 0, "what was good before stands"

        (home / "current").rename(home / "elsewhere")
        materialise(page, address, "reports/release")
        run_that_ends(page, address, "Failure", after=run)
        a_failed_step_says_why_and_what_to_do(page)
        shot("failed")


def turn_on_the_sensor(page: Page, address: str) -> None:
    page.goto(f"{address}/locations/pipelines.definitions/sensors/landing_zone")
    switch = page.get_by_role("checkbox")
    expect(switch).not_to_be_checked()
    switch.press("Space")
    expect(switch).to_be_checked()


def deliver(prepared: Path, landing: Path) -> None:
    """Put every file into the landing zone, and after it the word of its sender that it is whole."""
    for file in sorted(path for path in prepared.rglob("*") if path.is_file()):
        place(landing / file.relative_to(prepared), file.read_bytes())


def place(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    file.with_name(f"{file.name}.done").touch()


def without_a_column(file: Path, prepared: Path) -> None:
    """Deliver the next month's file with its last column gone."""
    before = prepared / file.parent.name / file.name.replace("2026-11", "2026-10")
    lines = before.read_bytes().splitlines(keepends=True)
    separator = max((b";", b",", b"|", b"\t"), key=lines[0].count)
    place(file, b"".join(line.rstrip(b"\r\n").rpartition(separator)[0] + b"\n" for line in lines))


def run_that_ends(page: Page, address: str, status: str, after: str = "") -> str:
    """Wait on the page of runs until the latest run, later than `after`, has ended so; open it and return its id."""
    page.goto(f"{address}/runs")
    until = time.monotonic() + RUN_SECONDS
    while time.monotonic() < until:
        row = page.locator("tr, [class*=Row]").filter(has=page.locator("a[href*='/runs/']")).first
        if row.count():
            told, link = row.inner_text(), row.locator("a[href*='/runs/']").first
            run = (link.get_attribute("href") or "").rpartition("/")[2].partition("?")[0]
            if run != after and (ended := re.search("Success|Failure|Canceled", told)):
                assert ended[0] == status, told
                page.goto(f"{address}/runs/{run}")
                expect(page.get_by_text(f"RUN_{status.upper()}")).to_be_visible()
                return run
        page.wait_for_timeout(1000)
    raise AssertionError(f"no run ended within {RUN_SECONDS} s; the page of runs says:\n{page.inner_text('body')}")


def an_asset_tells_what_it_is(page: Page, address: str) -> None:
    page.goto(f"{address}/assets/standard/health_patients")
    for words in ("Row count", "sources/health", "data-office@health.example", "DuckDB", "Parquet", "record_id"):
        expect(page.get_by_text(words).first).to_be_visible()
    expect(page.get_by_text("Made of source and record key alone, so cleaning never changes it.")).to_be_visible()
    expect(page.get_by_text("rows filled, percent")).to_be_visible()


def a_plot_is_drawn(page: Page, address: str) -> None:
    page.goto(f"{address}/assets/linkage/match_weights")
    page.get_by_text("[Show Markdown]").click()
    plot = page.locator("img[src^='data:image/svg+xml']")
    expect(plot).to_be_visible()
    assert plot.evaluate("image => image.naturalWidth") > 300, "the browser could not draw it"


def checks_give_their_reasons(page: Page, address: str) -> None:
    page.goto(f"{address}/assets/raw/health_patients?view=checks&checkDetail=drift_volume")
    expect(page.get_by_text("rows_conserved").first).to_be_visible()
    expect(page.get_by_text(re.compile("not evaluated")).first).to_be_visible()


def a_refused_delivery_says_why(page: Page, address: str) -> None:
    check = "view=checks&checkDetail=newest_delivery_in_use"
    page.goto(f"{address}/assets/raw/social_development_beneficiaries?{check}")
    told = page.get_by_text(re.compile("beneficiaries_2026-11.csv: line 1: the columns are not those of the contract"))
    expect(told.first).to_be_visible()
    expect(told.first).to_contain_text("missing column FECHA_ACTUALIZACION (deliver the file again with it)")


def its_report_opens_in_the_browser(page: Page, address: str) -> None:
    page.goto(f"{address}/assets/reports/social_development_beneficiaries")
    with page.expect_popup() as opened:
        page.locator("a[href*='/reports/returns/'][href$='refused.html']").first.click()
    expect(opened.value.get_by_text("missing column FECHA_ACTUALIZACION")).to_be_visible()
    opened.value.close()


def materialise(page: Page, address: str, asset: str) -> None:
    page.goto(f"{address}/assets/{asset}")
    page.get_by_role("button", name="Materialize").click()
    expect(page.get_by_text(re.compile("Launched run", re.IGNORECASE))).to_be_visible()


def a_failed_step_says_why_and_what_to_do(page: Page) -> None:
    told = page.get_by_text(re.compile("Failure: .*nothing was published there yet. Run `padron build` first."))
    expect(told.first).to_be_visible()
    text = page.inner_text("body")
    assert text.index("Run `padron build` first.") < text.index("Traceback" if "Traceback" in text else "Stack Trace")
    expect(page.get_by_text("StorageError").first).to_be_visible()
