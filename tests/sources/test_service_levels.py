"""Promises of time, in the many units that ODCS lets one write."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from invented import write_contract

from sources.service_levels import service_levels


@pytest.mark.parametrize(
    ("frequency", "latency", "every", "stale", "cron"),
    [
        ((1, "month"), (10, "d"), 31, 41, "0 3 11 * *"), ((1, "mo"), None, 31, 31, "0 3 1 * *"),
        ((1, "d"), (2, "h"), 1, 1 + 2 / 24, "0 3 * * *"), ((1, "week"), (1, "day"), 7, 8, "0 3 * * 2"),
        (("monthly", None), (40, "days"), 31, 71, "0 3 * * *"), ((1, "quarter"), (5, "d"), 92, 97, "0 3 6 1-12/3 *"),
        ((1, "y"), (27, "d"), 366, 393, "0 3 28 1 *"), ((6, "hours"), None, 0.25, 0.25, "0 * * * *"),
        ((3, "moons"), None, None, None, None), (("often", "d"), None, None, None, None),
        (None, (2, "d"), None, None, None),
    ],
)  # fmt: skip
def test_promises(
    tmp_path: Path, frequency: Any, latency: Any, every: float | None, stale: float | None, cron: str | None
) -> None:
    said = [("frequency", frequency), ("latency", latency)]
    terms = [
        {"property": name, "value": promise[0], **({"unit": promise[1]} if promise[1] else {})}
        for name, promise in said
        if promise
    ]
    levels = service_levels(write_contract(tmp_path, slaProperties=terms))
    assert levels.every == (None if every is None else timedelta(days=every))
    assert levels.stale_after == (None if stale is None else timedelta(days=stale))
    assert levels.cron == cron


def test_a_schedule_of_its_own_is_kept(tmp_path: Path) -> None:
    said = [{"property": "frequency", "value": 1, "unit": "d", "scheduler": "cron", "schedule": "0 20 * * 1-5"}]
    assert service_levels(write_contract(tmp_path, slaProperties=said)).cron == "0 20 * * 1-5"
