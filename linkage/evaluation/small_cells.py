"""Parts of so few pairs that their quality would speak of single people are withheld."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from warehouse.privacy.small_cells import withheld_cells

KEPT = ("dimension", "part")


def withheld(rows: Sequence[Mapping[str, Any]], least: int) -> list[dict[str, Any]]:
    """`rows` with `is_suppressed`: the measures are null of parts of under `least` pairs and of what tells them."""
    hidden: set[int] = set()
    for places in _by_dimension(rows):
        parts = [(rows[place]["part"],) for place in places]
        counts = [int(rows[place]["pairs"]) for place in places]
        hidden |= {places[position] for position in withheld_cells(parts, counts, least)}
    return [_blank(row) if place in hidden else {**row, "is_suppressed": False} for place, row in enumerate(rows)]


def _by_dimension(rows: Sequence[Mapping[str, Any]]) -> list[list[int]]:
    places: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        places.setdefault(str(row["dimension"]), []).append(place)
    return list(places.values())


def _blank(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value if name in KEPT else None for name, value in row.items()} | {"is_suppressed": True}
