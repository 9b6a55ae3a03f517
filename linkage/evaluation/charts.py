"""Charts of a linkage's quality, drawn as SVG without any network: thresholds, passes, parts, and intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import vl_convert

Row = Mapping[str, Any]

WIDTH = 560
MEASURES = {"precision": "pairwise precision", "recall": "pairwise recall", "f1": "pairwise F1"}
CUBED = {"b3_precision": "B³ precision", "b3_recall": "B³ recall", "b3_f1": "B³ F1"}
OF_PART = {"precision": "precision", "recall": "recall", "blocking_recall": "blocking recall"}


def threshold_chart(rows: Sequence[Row]) -> str:
    """Precision, recall and F1, of pairs and B³, against the match weight from which pairs are links."""
    values = [
        {"weight": float(row["part"]), "measure": name, "kind": kind, "share": row[column]}
        for row in rows
        for kind, columns in (("pairs", MEASURES), ("B³", CUBED))
        for column, name in columns.items()
        if row[column] is not None
    ]
    lines = alt.Chart(_data(values)).mark_line(point=True)
    return _svg(
        lines.encode(
            x=alt.X("weight:Q", title="link threshold, bits"),
            y=alt.Y("share:Q", title=None, scale=alt.Scale(zero=False), axis=alt.Axis(format=".3f")),
            color=alt.Color("measure:N", title=None, scale=alt.Scale(scheme="tableau10")),
            strokeDash=alt.StrokeDash("kind:N", title=None),
        ).properties(width=WIDTH, height=260)
    )


def pass_chart(rows: Sequence[Row]) -> str:
    """The share of true pairs that each blocking pass proposes."""
    values = [{"pass": row["part"], "share": row["blocking_recall"] or 0} for row in rows]
    bars = alt.Chart(_data(values)).mark_bar(color="#3b6ea5")
    return _svg(
        bars.encode(
            x=alt.X("share:Q", title="share of true pairs proposed", scale=alt.Scale(domain=[0, 1])),
            y=alt.Y("pass:N", title=None, sort="-x"),
        ).properties(width=WIDTH)
    )


def part_chart(rows: Sequence[Row]) -> str:
    """Precision, recall and blocking recall of each part of one dimension."""
    values = [
        {"part": row["part"], "measure": name, "share": row[column]}
        for row in rows
        for column, name in OF_PART.items()
        if row[column] is not None
    ]
    points = alt.Chart(_data(values)).mark_point(filled=True, size=70)
    return _svg(
        points.encode(
            x=alt.X("share:Q", title=None, scale=alt.Scale(zero=False), axis=alt.Axis(format=".3f")),
            y=alt.Y("part:N", title=None),
            color=alt.Color("measure:N", title=None, scale=alt.Scale(scheme="tableau10")),
            shape=alt.Shape("measure:N", title=None),
        ).properties(width=WIDTH)
    )


def interval_chart(rows: Sequence[Row]) -> str:
    """The estimates without truth of each part, with their intervals."""
    values = [
        {
            "part": row["part"],
            "measure": name,
            "share": row[name],
            "lower": row[f"{name}_lower"],
            "upper": row[f"{name}_upper"],
        }
        for row in rows
        for name in ("precision", "recall")
        if row.get(name) is not None
    ]
    base = alt.Chart(_data(values)).encode(
        y=alt.Y("part:N", title=None),
        color=alt.Color("measure:N", title=None, scale=alt.Scale(scheme="tableau10")),
        yOffset=alt.YOffset("measure:N"),
    )
    whiskers = base.mark_rule(strokeWidth=2).encode(
        x=alt.X("lower:Q", title=None, scale=alt.Scale(zero=False), axis=alt.Axis(format=".3f")), x2="upper:Q"
    )
    points = base.mark_point(filled=True, size=60).encode(x=alt.X("share:Q", scale=alt.Scale(zero=False)))
    return _svg((whiskers + points).properties(width=WIDTH))


def _svg(chart: alt.Chart | alt.LayerChart) -> str:
    drawn: str = vl_convert.vegalite_to_svg(chart.to_json(), vl_version=alt.SCHEMA_VERSION.removeprefix("v")[:3])
    return drawn


def _data(values: Sequence[Row]) -> alt.InlineData:
    return alt.InlineData(values=list(values))
