import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect, sync_playwright

PATIENCE_MILLISECONDS = 60_000


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where Chromium is; a test that needs it is left out on a machine without it, never in CI."""
    found = shutil.which("chromium")
    if not found:
        leave_out = pytest.fail if os.environ.get("CI") else pytest.skip
        leave_out("Chromium is not here; install it (on Debian: apt-get install chromium)")
    return str(found)


@pytest.fixture
def page(chromium: str) -> Iterator[Page]:
    """A page of a headless browser, as wide as a laptop's."""
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        page.set_default_timeout(PATIENCE_MILLISECONDS)
        yield page
        browser.close()
