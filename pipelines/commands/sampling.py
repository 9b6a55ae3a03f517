"""`padron sample`: the sample institutions' deliveries, and the truth apart from them."""

from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table as Grid

from sources.synthetic.sample import SampleSummary, write_sample
from warehouse.settings import Settings


def make_sample(settings: Settings, people: int, seed: int | None, truth: Path | None, console: Console) -> None:
    """Write a sample of `people` people to the landing zone and say what was written."""
    columns = (TextColumn("{task.description:<40.40}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("inventing people", total=1.0)
        summary = write_sample(
            settings.landing,
            truth or settings.home / "truth",
            people,
            settings.seed if seed is None else seed,
            progress=lambda what, share: progress.update(task, description=what, completed=share),
        )
    _show(summary, settings, console)


def _show(summary: SampleSummary, settings: Settings, console: Console) -> None:
    grid = Grid(title=f"{summary.people:,} people in {summary.households:,} households")
    grid.add_column("extract")
    grid.add_column("rows", justify="right")
    for name, rows in summary.rows.items():
        grid.add_row(name, f"{rows:,}")
    console.print(grid)
    console.print(f"Delivered to [bold]{settings.landing}[/]", soft_wrap=True)
