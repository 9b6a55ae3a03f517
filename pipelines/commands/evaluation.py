"""`padron evaluate`: the last linkage estimated, and held against a truth, in the terminal and as a report."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table as Grid

from linkage.evaluation.assessment import THRESHOLDS, Assessment, assess
from linkage.evaluation.charts import interval_chart, part_chart, pass_chart, threshold_chart
from linkage.evaluation.estimates import estimate_quality
from linkage.evaluation.report import HEADINGS, Section, drawn, estimated_section, measured_sections, of_dimension, page
from linkage.evaluation.small_cells import withheld
from linkage.evaluation.truth import read_truth
from linkage.explanation.pair import Linked
from linkage.task import Task
from pipelines.defs.linkage import judged_task, linkage_task
from pipelines.resources import Installation
from sources.catalogue import read_catalogue
from warehouse.errors import LinkageError
from warehouse.handover import handed_over
from warehouse.settings import Settings

Rows = Sequence[dict[str, Any]]
CHARTS = {HEADINGS["threshold"]: threshold_chart, HEADINGS["pass"]: pass_chart}
STEPS = 6  # of an assessment, beside its thresholds


def evaluate_linkage(settings: Settings, out: Path | None, console: Console) -> None:
    """Print the estimated and the measured quality of the last linkage, and write the report to `out`.

    Raises `StorageError` where nothing was linked yet, `TruthError` for a faulty truth, `ModelError` where the model is
    another now.
    """
    if out is not None and out.suffix.lower() != ".html":
        raise LinkageError(f"{out}: the report's name must end in .html.")
    installation = Installation.of(settings)
    task = linkage_task(read_catalogue(settings.sources), installation)
    with installation.session("evaluation") as connection:
        Linked.by(connection, task, {})
        task = judged_task(connection, task, installation)
        assessed = _assessed(connection, task, settings.truth, console) if settings.truth else None
        estimates = estimate_quality(connection, task, settings.small_cell)
    paragraphs, measured = _told(assessed, settings.small_cell)
    estimated = estimated_section(estimates)
    sections = [estimated, *measured_sections(measured)]
    for paragraph in paragraphs:
        console.print(paragraph, soft_wrap=True)
    for section in sections:
        show_section(section, console)
    if out is not None:
        charted = [drawn(estimated, partial(interval_chart, of_dimension(estimates, "source pair")))]
        charted += [_charted(section, measured) for section in sections[1:]]
        with handed_over(out) as file:
            file.write_text(page("Quality of the linkage", paragraphs, charted), encoding="utf-8")
        console.print(f"The report lies at [bold]{escape(str(out))}[/]", soft_wrap=True)


def show_section(section: Section, console: Console) -> None:
    """Print one table of the report."""
    grid = Grid(title=section.title, caption=section.text)
    for place, heading in enumerate(section.headings):
        grid.add_column(heading, justify="right" if place else "left", overflow="fold")
    for row in section.rows:
        grid.add_row(*(escape(cell) for cell in row))
    console.print(grid)


def _assessed(connection: duckdb.DuckDBPyConnection, task: Task, truth: Path, console: Console) -> Assessment:
    relation = read_truth(connection, truth, task.places.nodes)
    columns = (TextColumn("{task.description:<40.40}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task("reading the truth", total=STEPS + len(THRESHOLDS))
        return assess(
            connection, task, relation, progress=lambda step: progress.update(bar, description=step, advance=1)
        )


def _told(assessed: Assessment | None, least: int) -> tuple[list[str], Rows]:
    """What is said before the tables, and the rows of the assessment, small cells withheld."""
    if assessed is None:
        return ["No truth was given: what follows is estimated."], []
    rows = withheld([*assessed.parts, *assessed.passes, *assessed.thresholds], least)
    return [
        f"The truth tells of {assessed.records:,} of the records linked; {assessed.unjudged:,} it does not know are "
        f"left out. Parts of fewer than {least} pairs are withheld."
    ], rows


def _charted(section: Section, rows: Rows) -> Section:
    """The section of one dimension with its chart; the whole needs none."""
    dimension = next(name for name, heading in HEADINGS.items() if heading == section.title)
    if dimension == "all":
        return section
    return drawn(section, partial(CHARTS.get(section.title, part_chart), of_dimension(rows, dimension)))
