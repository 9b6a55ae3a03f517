"""Reports at an http address, for a browser follows no link to a file from the Dagster UI.

They hold institutions' own keys. So they are told to this machine alone, as the UI is, and to who comes by the proxy
with a login that stands before both; `PADRON_REPORTS_URL` is their address there.
"""

from pathlib import Path
from urllib.parse import quote, urlsplit

import dagster as dg

from warehouse.layout import Layout
from warehouse.settings import Settings

PREFIX = "/reports/"
KINDS = {
    ".html": "text/html; charset=utf-8",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
HEADERS = [
    (
        "Content-Security-Policy",
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox allow-downloads",
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
]
"""A report is words, tables and drawings; whatever a delivered value may hold, no script of it runs."""
LOOPBACK = {"127.0.0.1", "localhost"}


def report_link(settings: Settings, file: Path) -> dg.UrlMetadataValue:
    """The address of a report, as the UI shows it."""
    place = quote(str(file.relative_to(Layout(settings.home).reports)))
    return dg.MetadataValue.url(f"{settings.reports_url}/{place}")


def report_at(settings: Settings, address: str) -> Path | None:
    """The report at the path `address`; None where there is none, whatever else of the home is named."""
    reports = Layout(settings.home).reports.resolve()
    file = (reports / address.removeprefix(PREFIX)).resolve()
    return file if file.is_relative_to(reports) and file.suffix in KINDS and file.is_file() else None


def is_asked_for_by_name(settings: Settings, host: str) -> bool:
    """Whether a browser means this server, and no page elsewhere that has given it a name of its own."""
    return urlsplit(f"//{host}").hostname in {*LOOPBACK, urlsplit(settings.reports_url).hostname}
