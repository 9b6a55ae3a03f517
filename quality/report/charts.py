"""Charts as SVG, drawn here: the page that holds one needs no script.

Altair takes a second to import, so it is when there is something to draw.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from importlib import import_module
from typing import Any

from markupsafe import Markup

WIDTH, HALF, HEIGHT = 620, 330, 200
FEW = 5
"""So few bars are not as wide as the chart has room for."""
BLUE, RED = "#2f6690", "#b3261e"
PALETTE = ("#2f6690", "#d08c2e", "#3f8f6b", "#8a5a9e", "#b3561e", "#6b7785")

Rows = Sequence[Mapping[str, Any]]


def bars(rows: Rows, x: str, y: str, title: str, *, colour: str | None = None, height: int = HEIGHT) -> Markup:
    """Upright bars: `y` over the ordered `x`, split by `colour` where one is named."""
    alt = import_module("altair")
    axis = alt.Axis(labelAngle=0, labelOverlap=True, ticks=False)
    encoded: dict[str, Any] = {
        "x": alt.X(f"{x}:O", sort=None, title=x, axis=axis),
        "y": alt.Y(f"{y}:Q", title=y, axis=alt.Axis(tickCount=5, domain=False)),
    }
    if colour:
        encoded["color"] = alt.Color(
            f"{colour}:N", scale=alt.Scale(range=PALETTE), legend=alt.Legend(orient="top", title=None)
        )
    thick = {} if len({row[x] for row in rows}) > FEW else {"size": 60}
    return _svg(_bar_chart(rows, **thick).encode(**encoded), title, height)


def lying_bars(rows: Rows, x: str, y: str, title: str) -> Markup:
    """Lying bars: `x` for each name in `y`, in the order given."""
    alt = import_module("altair")
    names = alt.Axis(labelLimit=320, ticks=False, domain=False)
    encoded = {"y": alt.Y(f"{y}:N", sort=None, title=None, axis=names), "x": alt.X(f"{x}:Q", title=x)}
    return _svg(_roomy(_bar_chart(rows).encode(**encoded)), title, max(60, 18 * len(rows)))


def shares(rows: Rows, y: str, x: str, title: str, mean: float | None) -> Markup:
    """Lying bars of shares from 0 to 1, each in its `colour`, with a line where the whole stands."""
    alt = import_module("altair")
    data = alt.Data(values=list(rows))
    order = alt.Y(f"{y}:N", sort=None, title=None, axis=alt.Axis(labelLimit=260, ticks=False, domain=False))
    value = alt.X(f"{x}:Q", title=None, axis=alt.Axis(format="%", grid=True, tickCount=5), scale=alt.Scale(domainMin=0))
    colour = alt.Color("colour:N", scale=None, legend=None)
    chart = alt.Chart(data).mark_bar(cornerRadiusEnd=3).encode(y=order, x=value, color=colour)
    labels = alt.Chart(data).mark_text(align="left", dx=4, color="#33414f").encode(
        y=order, x=value, text=alt.Text(f"{x}:Q", format=".1%")
    )  # fmt: skip
    layers = [chart, labels]
    if mean is not None:
        whole = alt.Chart(alt.Data(values=[{"mean": mean}])).mark_rule(strokeDash=[4, 3], color=RED)
        layers.append(whole.encode(x=alt.X("mean:Q")))
    return _svg(_roomy(alt.layer(*layers)), title, max(60, 20 * len(rows)), HALF)


def lines(rows: Rows, x: str, y: str, title: str) -> Markup:
    """A line of shares over the ordered `x`."""
    alt = import_module("altair")
    value = alt.Y(f"{y}:Q", title=None, axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1]))
    chart = alt.Chart(alt.Data(values=list(rows))).mark_line(color=BLUE, point={"color": BLUE, "size": 45})
    return _svg(chart.encode(x=alt.X(f"{x}:O", sort=None, title=None), y=value), title, 140, HALF)


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


def _roomy(chart: Any) -> Any:
    """The chart with room beside long labels: fonts differ from viewer to viewer."""
    return chart.properties(padding={"left": 40, "top": 5, "right": 30, "bottom": 5})


def _bar_chart(rows: Rows, **marked: Any) -> Any:
    alt = import_module("altair")
    return alt.Chart(alt.Data(values=list(rows))).mark_bar(color=BLUE, cornerRadiusEnd=2, **marked)


def _svg(chart: Any, title: str, height: int, width: int = WIDTH) -> Markup:
    alt, vl_convert = import_module("altair"), import_module("vl_convert")
    drawn = chart.properties(width=width, height=height, title=alt.TitleParams(title, anchor="start"))
    specification = drawn.configure_view(strokeWidth=0).to_dict(validate=False)
    svg = vl_convert.vegalite_to_svg(specification, allowed_base_urls=[])
    return Markup(svg)  # (made here, of counts and column names that Vega escapes)
