"""Reports over HTTP: what the UI links to is answered, and nothing else of the home."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from pipelines.metrics_server import application
from pipelines.report_pages import report_link
from warehouse.layout import Layout
from warehouse.settings import Settings

HOST = "127.0.0.1:9464"


@pytest.fixture
def report(settings: Settings) -> Path:
    """A report of a delivery whose name is not ASCII, in a home that holds secrets besides."""
    layout = Layout(settings.home)
    file = layout.reports / "returns" / "salud" / "salud.niñez" / "niñez 2026-10" / "to_mend.html"
    file.parent.mkdir(parents=True)
    file.write_text("<p>what to mend", encoding="utf-8")
    for secret in (layout.reports / "notes.json", layout.state / "rights.html", settings.home / "reports-old.html"):
        secret.parent.mkdir(parents=True, exist_ok=True)
        secret.write_text("secret", encoding="utf-8")
    (layout.reports / "shown.html").symlink_to(layout.state / "rights.html")
    return file


def asked(settings: Settings, address: str, host: str = HOST) -> tuple[str, dict[str, str], str]:
    """Status, headers and body of the answer at `address`, as a web server hands it over."""
    told: list[Any] = []

    def start(status: str, headers: list[tuple[str, str]]) -> None:
        told.extend((status, dict(headers)))

    path = unquote(address).encode().decode("iso-8859-1")
    body: Iterable[bytes] = application(settings)({"PATH_INFO": path, "HTTP_HOST": host}, start)
    return told[0], told[1], b"".join(body).decode()


def test_a_link_leads_to_its_report(settings: Settings, report: Path) -> None:
    link = str(report_link(settings, report).value)
    assert link.startswith("http://127.0.0.1:9464/reports/returns/salud/salud.ni%C3%B1ez/")
    status, headers, body = asked(settings, urlsplit(link).path)
    assert (status, body) == ("200 OK", "<p>what to mend")
    assert headers["Content-Type"].startswith("text/html")
    assert headers["Content-Length"] == str(len(body))


def test_no_script_of_a_report_runs_and_no_copy_of_it_stays(settings: Settings, report: Path) -> None:
    _, headers, _ = asked(settings, urlsplit(str(report_link(settings, report).value)).path)
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "script" not in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "address",
    [
        *("/reports/", "/reports/returns", "/reports/nothing.html", "/reports/notes.json", "/reports/shown.html"),
        *("/reports/../state/rights.html", "/reports/%2e%2e/state/rights.html", "/reports//etc/passwd"),
        *("/reports/../reports-old.html", "/reports-old.html", "/state/rights.html"),
    ],
)
def test_nothing_else_of_the_home_is_told(settings: Settings, report: Path, address: str) -> None:
    status, _, body = asked(settings, address)
    assert status == "404 Not Found"
    assert "secret" not in body


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:9464", "200 OK"),
        ("localhost:9464", "200 OK"),
        ("registry.example", "200 OK"),
        ("elsewhere.example:9464", "421 Misdirected Request"),
        ("", "421 Misdirected Request"),
    ],
)
def test_it_answers_to_its_own_names_alone(settings: Settings, report: Path, host: str, status: str) -> None:
    proxied = replace(settings, reports_url="https://registry.example/reports")
    link = str(report_link(proxied, report).value)
    assert link.startswith("https://registry.example/reports/returns/")
    assert asked(proxied, urlsplit(link).path, host)[0] == status
