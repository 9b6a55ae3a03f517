"""What an installation tells over HTTP: metrics to Prometheus, health to who asks for it, reports to people."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from pipelines.metrics import HomeCollector
from pipelines.report_pages import HEADERS, KINDS, PREFIX, is_asked_for_by_name, report_at
from pipelines.scrubbing import scrubbed
from warehouse.errors import RegistryError, StorageError
from warehouse.layout import Layout
from warehouse.manifest import damaged_files, read_manifest
from warehouse.settings import Settings

LOOPBACK = "127.0.0.1"
JSON = "application/json"
TEXT = "text/plain; charset=utf-8"
Answer = tuple[str, str, bytes]


def exposition(settings: Settings) -> str:
    """All metrics of the home in Prometheus's text form; raise `RegistryError` where it cannot be read."""
    registry = CollectorRegistry(auto_describe=False)
    with scrubbed("metrics"):
        registry.register(HomeCollector(settings))
        return generate_latest(registry).decode()


def health(settings: Settings) -> dict[str, str]:
    """The current release; raise `StorageError` where there is none, or its files are not as they were published."""
    layout = Layout(settings.home)
    manifest = read_manifest(layout)
    if manifest is None:
        raise StorageError("nothing was published yet")
    if damaged := damaged_files(manifest, layout.current):
        raise StorageError(f"{len(damaged)} files of the release are not as they were published")
    return {"status": "ok", "release": manifest.release_id, "published_at": manifest.published_at}


def application(settings: Settings) -> Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]:
    """The WSGI application; an error is answered with 503 and its reason."""

    def answer(environment: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        address = environment.get("PATH_INFO", "").encode("iso-8859-1").decode(errors="replace")  # (as WSGI has it)
        status, kind, body = _answer(settings, address, environment.get("HTTP_HOST", ""))
        around = [("Content-Type", kind), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")]
        start(status, [*around, *HEADERS])
        return [body]

    return answer


@contextmanager
def answering(settings: Settings, port: int) -> Iterator[WSGIServer]:
    """A server on the loopback address, whose `serve_forever` answers; raise `StorageError` where the port is taken."""
    try:
        server = make_server(LOOPBACK, port, application(settings), _Server, _Handler)
    except OSError as error:
        raise StorageError(f"port {port}: {error.strerror}. Choose another with --port.") from None
    with server:
        yield server


def _answer(settings: Settings, address: str, host: str) -> Answer:
    try:
        if address == "/metrics":
            return "200 OK", CONTENT_TYPE_LATEST, exposition(settings).encode()
        if address == "/health":
            return "200 OK", JSON, json.dumps(health(settings)).encode()
        if address.startswith(PREFIX):
            return _report(settings, address, host)
    except RegistryError as error:
        return "503 Service Unavailable", JSON, json.dumps({"status": "unavailable", "reason": str(error)}).encode()
    return "404 Not Found", TEXT, b"There are /metrics, /health and the reports that the UI leads to.\n"


def _report(settings: Settings, address: str, host: str) -> Answer:
    """A report for people; not for a page elsewhere that has had a name of its own lead here."""
    if not is_asked_for_by_name(settings, host):
        return "421 Misdirected Request", TEXT, b"Reports are told at the address of PADRON_REPORTS_URL alone.\n"
    file = report_at(settings, address)
    if file is None:
        return "404 Not Found", TEXT, b"There is no such report in this home.\n"
    return "200 OK", KINDS[file.suffix], file.read_bytes()


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Handler(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing of a request that comes every few seconds."""
