"""The metrics over HTTP: `/metrics` for Prometheus, `/health` for whoever asks whether there is something to read."""

import json
from collections.abc import Callable, Iterable
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from pipelines.metrics import HomeCollector
from pipelines.scrubbing import scrubbed
from warehouse.errors import RegistryError, StorageError
from warehouse.layout import Layout
from warehouse.manifest import damaged_files, read_manifest
from warehouse.settings import Settings

LOOPBACK = "127.0.0.1"
JSON = "application/json"
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
    told: dict[str, Callable[[], Answer]] = {
        "/metrics": lambda: ("200 OK", CONTENT_TYPE_LATEST, exposition(settings).encode()),
        "/health": lambda: ("200 OK", JSON, json.dumps(health(settings)).encode()),
    }

    def answer(environment: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        status, kind, body = _answer(told.get(environment.get("PATH_INFO", "")))
        start(status, [("Content-Type", kind), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")])
        return [body]

    return answer


def serve(settings: Settings, port: int) -> None:
    """Answer on the loopback address until the process is ended; raise `StorageError` where the port is taken."""
    try:
        server = make_server(LOOPBACK, port, application(settings), _Server, _Handler)
    except OSError as error:
        raise StorageError(f"port {port}: {error.strerror}. Choose another with --port.") from None
    with server:
        server.serve_forever()


def _answer(told: Callable[[], Answer] | None) -> Answer:
    if told is None:
        return "404 Not Found", "text/plain; charset=utf-8", b"There are /metrics and /health.\n"
    try:
        return told()
    except RegistryError as error:
        return "503 Service Unavailable", JSON, json.dumps({"status": "unavailable", "reason": str(error)}).encode()


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Handler(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing of a request that comes every few seconds."""
