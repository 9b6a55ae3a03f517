"""`padron explain`: why two records are one person or not, and what holds a person together."""

from collections.abc import Sequence
from pathlib import Path

import duckdb
from rich.console import Console
from rich.markup import escape
from rich.table import Table as Grid
from rich.text import Text

from linkage.explanation.cohesion import explain_person
from linkage.explanation.figures import Bar, Figure, Values, pair_figure, person_figure
from linkage.explanation.history import id_events, separations
from linkage.explanation.naming import person_named, record_named
from linkage.explanation.pair import Linked, explain_pair
from linkage.explanation.verdict import verdict
from linkage.explanation.waterfall import html, svg
from linkage.review.judgements import judgements_path, read_judgements, standing
from linkage.review.queue import desk_values
from linkage.task import Task
from pipelines.defs.linkage import linkage_task
from pipelines.resources import Installation
from sources.catalogue import read_catalogue
from warehouse.errors import LinkageError
from warehouse.handover import handed_over
from warehouse.settings import Settings

COLUMNS_OF_BAR = 40
COLOURS = {"prior": "bright_black", "for": "green", "against": "red", "frequency": "blue", "total": "bold"}


def explain_records(
    settings: Settings, names: Sequence[str], out: Path | None, with_values: bool, console: Console
) -> None:
    """Print the explanation of the records or the person in `names`, and draw it to `out` as SVG or HTML."""
    if out is not None and out.suffix.lower() not in (".svg", ".html"):
        raise LinkageError(f"{out}: a drawing's name must end in .svg or .html.")
    installation = Installation.of(settings)
    task = linkage_task(read_catalogue(settings.sources), installation)
    with installation.session("explain") as connection:
        linked = Linked.by(connection, task, standing(read_judgements(judgements_path(installation.layout))))
        figure = _figure(connection, linked, task, names, with_values)
    show_figure(figure, console)
    if out is not None:
        with handed_over(out) as partial:
            partial.write_text(svg(figure) if out.suffix.lower() == ".svg" else html(figure), encoding="utf-8")
        console.print(f"Drawn in [bold]{escape(str(out))}[/]", soft_wrap=True)


def show_figure(figure: Figure, console: Console) -> None:
    """Print the bars of `figure` on one axis, its notes, and the values where they were asked for."""
    grid = Grid(title=escape(figure.title))
    for heading in ("what", "how"):
        grid.add_column(heading, overflow="fold")
    grid.add_column("bits", justify="right", no_wrap=True)
    grid.add_column("", width=COLUMNS_OF_BAR, no_wrap=True)
    for bar, drawn in zip(figure.bars, drawn_bars(figure.bars), strict=True):
        grid.add_row(escape(bar.label), escape(bar.note), f"{bar.bits:+.2f}", drawn)
    console.print(grid)
    for note in figure.notes:
        console.print(escape(note), soft_wrap=True, highlight=False)
    if figure.values:
        records = [str(number) for number in range(1, len(figure.values[0]))]
        table = Grid("field", *records, title="Compared values: these identify people")
        for row in figure.values:
            table.add_row(*(escape(cell) for cell in row))
        console.print(table)


def drawn_bars(bars: Sequence[Bar]) -> list[Text]:
    """Each bar in characters, all on one scale from the least to the greatest number of bits."""
    ends = [0.0, *(end for bar in bars for end in (bar.start, bar.end))]
    least, reach = min(ends), max(max(ends) - min(ends), 1e-9)
    drawn = []
    for bar in bars:
        start, end = (round((bits - least) / reach * (COLUMNS_OF_BAR - 1)) for bits in sorted((bar.start, bar.end)))
        drawn.append(Text(" " * start + "█" * (max(end - start, 1) if bar.bits else 0), style=COLOURS[bar.tone]))
    return drawn


def _figure(
    connection: duckdb.DuckDBPyConnection, linked: Linked, task: Task, names: Sequence[str], with_values: bool
) -> Figure:
    if len(names) == 1:
        person = explain_person(connection, linked, person_named(connection, task.places, names[0]))
        values = _values(connection, task, [member.record_id for member in person.members], with_values)
        apart = separations(connection, linked, person.entity_id)
        return person_figure(person, values, apart, id_events(connection, linked, person.entity_id))
    if len(names) != 2:
        raise LinkageError("Name two records, or one person.")
    one, other = (record_named(connection, task.places, name) for name in names)
    if one == other:
        raise LinkageError("Both names stand for one record. Name two records, or one person.")
    pair = explain_pair(connection, linked, one, other)
    values = _values(connection, task, [pair.record_id_l, pair.record_id_r], with_values)
    return pair_figure(pair, verdict(connection, linked, pair), values)


def _values(connection: duckdb.DuckDBPyConnection, task: Task, record_ids: list[str], with_values: bool) -> Values:
    return desk_values(connection, task.records, task.identifiers, record_ids) if with_values else ()
