"""Charts as SVG, drawn here: the page that holds one needs no script.

Altair takes a second to import, so it is when there is something to draw.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from importlib import import_module
from typing import Any

from markupsafe import Markup

WIDTH, HEIGHT = 620, 200
BLUE, GREY, RED = "#2f6690", "#9aa8b5", "#b3261e"
PALETTE = ("#2f6690", "#d08c2e", "#3f8f6b", "#8a5a9e", "#b3561e", "#6b7785")

Rows = Sequence[Mapping[str, Any]]


def bars(rows: Rows, x: str, y: str, title: str, *, colour: str | None = None, height: int = HEIGHT) -> Markup:
    """Upright bars: `y` over the ordered `x`, split by `colour` where one is named."""
    alt = import_module("altair")
    chart = _bar_chart(rows)
    encoded: dict[str, Any] = {"x": alt.X(f"{x}:O", sort=None, title=x), "y": alt.Y(f"{y}:Q", title=y)}
    if colour:
        encoded["color"] = alt.Color(f"{colour}:N", scale=alt.Scale(range=[BLUE, RED, GREY]), title=colour)
    return _svg(chart.encode(**encoded), title, height)


def lying_bars(rows: Rows, x: str, y: str, title: str) -> Markup:
    """Lying bars: `x` for each name in `y`, in the order given."""
    alt = import_module("altair")
    chart = _bar_chart(rows)
    encoded = {"y": alt.Y(f"{y}:N", sort=None, title=None), "x": alt.X(f"{x}:Q", title=x)}
    return _svg(chart.encode(**encoded), title, max(60, 18 * len(rows)))


def spans(rows: Rows, y: str, colour: str, domain: tuple[date, date]) -> Markup:
    """Bars over time, from the day in `from` to the one in `to`, a line for each name in `y`."""
    alt = import_module("altair")
    days = [day.isoformat() for day in domain]
    encoded = {
        "x": alt.X("from:T", title=None, scale=alt.Scale(domain=days), axis=alt.Axis(format="%Y", tickCount="year")),
        "x2": alt.X2("to:T"),
        "y": alt.Y(
            f"{y}:N", sort=None, title=None, axis=alt.Axis(labelLimit=320, labelPadding=8, domain=False, ticks=False)
        ),
        "color": alt.Color(f"{colour}:N", scale=alt.Scale(range=PALETTE), legend=alt.Legend(orient="top", title=None)),
    }
    chart = alt.Chart(alt.Data(values=list(rows))).mark_bar(height=10, cornerRadius=3).encode(**encoded)
    chart = chart.properties(
        padding={"left": 50, "top": 5, "right": 5, "bottom": 5}
    )  # fonts differ from viewer to viewer
    return _svg(chart, "", 24 * len({row[y] for row in rows}))


def _bar_chart(rows: Rows) -> Any:
    alt = import_module("altair")
    return alt.Chart(alt.Data(values=list(rows))).mark_bar(color=BLUE)


def _svg(chart: Any, title: str, height: int) -> Markup:
    alt, vl_convert = import_module("altair"), import_module("vl_convert")
    drawn = chart.properties(width=WIDTH, height=height, title=alt.TitleParams(title, anchor="start"))
    specification = drawn.configure_view(strokeWidth=0).to_dict(validate=False)
    svg = vl_convert.vegalite_to_svg(specification, allowed_base_urls=[])
    return Markup(svg)  # (made here, of counts and column names that Vega escapes)
