"""The quality of a linkage as tables, for a terminal, and as one HTML page that holds all it shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2

from linkage.evaluation.subgroups import DIMENSIONS

Row = Mapping[str, Any]

PAGE = Path(__file__).with_name("report.html")
NOTHING = "–"
MEASURED = {
    "pairs": "true pairs", "precision": "precision", "recall": "recall", "f1": "F1", "b3_precision": "B³ precision",
    "b3_recall": "B³ recall", "b3_f1": "B³ F1", "blocking_recall": "blocking recall",
}  # fmt: skip
HEADINGS = {
    "all": "The whole",
    "threshold": "By link threshold",
    "pass": "By blocking pass",
    "source pair": "By pair of sources",
    "sex": "By sex",
    "age": "By age",
    "region": "By region",
    "identifier": "Records with an identifier, and without",
}
TEXTS = {
    "all": "Pairs count every two records of one person; B³ averages over records.",
    "threshold": "The clusters as they would be if links began at that match weight, in bits.",
    "pass": "The share of the true pairs that each pass proposes; a pair counts for every pass that does.",
    "source pair": "A pair of records counts for the two sources that its records are of.",
}
OF_A_PART = "A pair of records counts half for the part of each of its records."


@dataclass(frozen=True)
class Section:
    """One table of the report under its title: a part a row, its measures as text; `chart` is SVG or empty."""

    title: str
    text: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    chart: str = ""


def measured_sections(rows: Sequence[Row]) -> list[Section]:
    """The rows of an assessment, a section a dimension, without the measures that none of a section's rows has."""
    return [_measured(dimension, of) for dimension in HEADINGS if (of := of_dimension(rows, dimension))]


def estimated_section(rows: Sequence[Row], dimensions: Sequence[str] = ("all", "source pair", *DIMENSIONS)) -> Section:
    """The estimates without truth, those withheld left out."""
    told = [row for dimension in dimensions for row in of_dimension(rows, dimension) if row["pairs"] is not None]
    return Section(
        "Estimated without truth",
        "From identifiers hidden from the model and from the model itself; intervals of 95 %.",
        ("part", "pairs", "precision", "interval", "recall", "interval"),
        tuple(
            (str(row["part"]), _shown("pairs", row["pairs"]), *_with_interval(row, "precision"),
             *_with_interval(row, "recall"))
            for row in told
        ),
    )  # fmt: skip


def page(title: str, paragraphs: Sequence[str], sections: Sequence[Section]) -> str:
    """The report as an HTML document that needs nothing from elsewhere."""
    environment = jinja2.Environment(autoescape=True, trim_blocks=True)
    template = environment.from_string(PAGE.read_text(encoding="utf-8"))
    return template.render(title=title, paragraphs=paragraphs, sections=sections)


def of_dimension(rows: Sequence[Row], dimension: str) -> list[Row]:
    """The rows of one dimension that are not withheld."""
    return [row for row in rows if row["dimension"] == dimension and not row.get("is_suppressed")]


def drawn(section: Section, chart: Callable[[], str]) -> Section:
    """`section` with its chart."""
    return Section(section.title, section.text, section.headings, section.rows, chart())


def _measured(dimension: str, rows: Sequence[Row]) -> Section:
    columns = [name for name in MEASURED if any(row.get(name) is not None for row in rows)]
    return Section(
        HEADINGS[dimension],
        TEXTS.get(dimension, OF_A_PART),
        (dimension if dimension != "all" else "part", *(MEASURED[name] for name in columns)),
        tuple((str(row["part"]), *(_shown(name, row[name]) for name in columns)) for row in rows),
    )


def _with_interval(row: Row, name: str) -> tuple[str, str]:
    if row.get(name) is None:
        return NOTHING, NOTHING
    return f"{row[name]:.4f}", f"{row[f'{name}_lower']:.4f} to {row[f'{name}_upper']:.4f}"


def _shown(name: str, value: float | None) -> str:
    if value is None:
        return NOTHING
    return f"{value:,.0f}" if name == "pairs" else f"{value:.4f}"
