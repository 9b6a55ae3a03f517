"""Figures drawn as SVG, and as an HTML page that holds all it shows."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from html import escape

from linkage.explanation.figures import Bar, Figure

COLOURS = {"prior": "#8a8f98", "for": "#2e7d4f", "against": "#b3403a", "frequency": "#3b6ea5", "total": "#22262b"}
WIDTH, LABEL_WIDTH, NOTE_WIDTH, BITS_WIDTH = 1320, 240, 430, 70
CHARACTERS = 170  # of a line of text below the bars
ROW, TOP, MARGIN = 26, 64, 20
FONT = "font-family='system-ui, sans-serif' font-size='13'"
PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body {{ margin: 2rem; background: #fff }} svg {{ max-width: 100%; height: auto }}</style></head>
<body>
{svg}
</body>
</html>
"""


def svg(figure: Figure) -> str:
    """`figure` as an SVG document."""
    told = [*figure.notes, *(_line(field, values) for field, *values in figure.values)]
    lines = [line for each in told for line in textwrap.wrap(each, CHARACTERS)]
    below = TOP + ROW * len(figure.bars) + ROW
    height = below + ROW * len(lines) + MARGIN
    drawn = [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {height}' width='{WIDTH}' height='{height}'"
        f" role='img' aria-label='{_safe(figure.title)}' {FONT}>",
        f"<rect width='{WIDTH}' height='{height}' fill='#ffffff'/>",
        _text(MARGIN, 30, figure.title, "font-weight='bold' font-size='16'"),
        *_bars(figure.bars),
        *(_text(MARGIN, below + ROW * place + 18, line) for place, line in enumerate(lines)),
        "</svg>",
    ]
    return "\n".join(drawn) + "\n"


def html(figure: Figure) -> str:
    """`figure` as a page of its own, without anything fetched from elsewhere."""
    return PAGE.format(title=_safe(figure.title), svg=svg(figure))


def _bars(bars: tuple[Bar, ...]) -> Iterator[str]:
    """The axis at 0 bits, and each bar between its ends with what is said of it."""
    ends = [0.0, *(end for bar in bars for end in (bar.start, bar.end))]
    least, reach = min(ends), max(max(ends) - min(ends), 1e-9)
    left = MARGIN + LABEL_WIDTH + NOTE_WIDTH + BITS_WIDTH
    scale = (WIDTH - left - MARGIN) / reach
    zero = left - least * scale
    yield f"<line x1='{zero:.2f}' x2='{zero:.2f}' y1='{TOP - 8}' y2='{TOP + ROW * len(bars)}' stroke='#c5c9cf'/>"
    for place, bar in enumerate(bars):
        top = TOP + ROW * place
        yield _text(MARGIN, top + 14, bar.label, f"font-weight='{'bold' if bar.tone == 'total' else 'normal'}'")
        yield _text(MARGIN + LABEL_WIDTH, top + 14, bar.note, "fill='#5b616b'")
        yield _text(left - 12, top + 14, f"{bar.bits:+.2f}", "text-anchor='end'")
        yield (
            f"<rect x='{left + (min(bar.start, bar.end) - least) * scale:.2f}' y='{top}' height='{ROW - 8}'"
            f" width='{abs(bar.bits) * scale:.2f}' fill='{COLOURS[bar.tone]}'>"
            f"<title>{_safe(bar.label)}: {bar.bits:+.4f} bits</title></rect>"
        )


def _line(field: str, values: list[str]) -> str:
    return f"{field}: " + " | ".join(value or "–" for value in values)


def _text(x: float, y: float, text: str, style: str = "") -> str:
    return f"<text x='{x:.0f}' y='{y:.0f}' {style}>{_safe(text)}</text>"


def _safe(text: str) -> str:
    """Text escaped, and without control characters, which no XML document may hold."""
    return escape("".join(character if character.isprintable() else " " for character in text))
