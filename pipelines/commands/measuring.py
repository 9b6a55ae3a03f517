"""`padron metrics` and `padron serve-metrics`: how the installation fares, for Prometheus and for a health check."""

from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.terminal import Home, console, settings_at, told
from warehouse.handover import handed_over


def metrics(
    out: Annotated[Path | None, typer.Option(help="A file for node_exporter's textfile collector.")] = None,
    home: Home = None,
) -> None:
    """Tell the metrics once, in Prometheus's text form: ages of release and deliveries, rows, checks, seconds."""
    from pipelines.metrics_server import exposition  # noqa: PLC0415 - what it needs takes a second to load

    with told():
        text = exposition(settings_at(home))
        if out is None:
            console.out(text, end="", highlight=False)
            return
        with handed_over(out.absolute()) as partial:
            partial.write_bytes(text.encode())
            partial.chmod(0o644)  # (another account collects it; it holds counts alone)


def serve_metrics(
    port: Annotated[int, typer.Option(help="The port on this machine's loopback address.")] = 9464,
    home: Home = None,
) -> None:
    """Answer at /metrics for Prometheus, /health for a health check, /reports for the UI's links; on loopback alone."""
    from pipelines.metrics_server import answering  # noqa: PLC0415

    with told(), answering(settings_at(home), port) as server:
        console.print(f"http://127.0.0.1:{port}/metrics, /health and /reports")
        server.serve_forever()
