"""What an institution promises of time: how often it delivers, and how late at most."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sources.contract import SourceContract

UNITS = {
    "minute": 1 / 1440, "hour": 1 / 24, "day": 1, "week": 7, "fortnight": 14, "month": 31, "bimester": 62,
    "quarter": 92, "semester": 184, "year": 366,
}  # fmt: skip
"""Days that a unit lasts at most."""
SHORT = {
    "mi": "minute", "min": "minute", "h": "hour", "hr": "hour", "d": "day", "w": "week", "wk": "week", "mo": "month",
    "m": "month", "q": "quarter", "y": "year", "yr": "year",
}  # fmt: skip
WORDS = {
    "hourly": "hour", "daily": "day", "weekly": "week", "fortnightly": "fortnight", "monthly": "month",
    "bimonthly": "bimester", "quarterly": "quarter", "semiannual": "semester", "yearly": "year", "annual": "year",
    "annually": "year",
}  # fmt: skip
LAST_DAY = 28
"""The last day that every month has."""


@dataclass(frozen=True)
class ServiceLevels:
    """`every` is the longest time between two deliveries, `latency` how late each may be; None where unsaid.

    `cron` is when a delivery must be there: as the contract says, or made of the two.
    """

    every: timedelta | None
    latency: timedelta
    cron: str | None

    @property
    def stale_after(self) -> timedelta | None:
        """The age at which the last delivery is overdue."""
        return None if self.every is None else self.every + self.latency


def service_levels(contract: SourceContract) -> ServiceLevels:
    """The promises that `slaProperties` make; a property or unit of other words promises nothing of time."""
    said = {str(each.property).casefold(): each for each in contract.odcs.slaProperties or ()}
    frequency, latency = said.get("frequency", said.get("fy")), said.get("latency", said.get("ly"))
    every = _span(frequency) if frequency else None
    own = next(
        (each.schedule for each in said.values() if each.schedule and (each.scheduler or "cron") == "cron"), None
    )
    late = (_span(latency) if latency else None) or timedelta(0)
    return ServiceLevels(every, late, own or _cron(every, late))


def unit_name(unit: str | None) -> str | None:
    """The unit that ODCS lets one write as d, day or days."""
    word = (unit or "d").casefold()
    word = SHORT.get(word, word)
    return word if word in UNITS else next((name for name in UNITS if word == f"{name}s"), None)


def _span(promise: Any) -> timedelta | None:
    if isinstance(promise.value, str) and promise.value.casefold() in WORDS:
        return timedelta(days=UNITS[WORDS[promise.value.casefold()]])
    unit = unit_name(promise.unit)
    try:
        return timedelta(days=float(promise.value) * UNITS[unit]) if unit else None
    except (TypeError, ValueError):
        return None


def _cron(every: timedelta | None, latency: timedelta) -> str | None:
    """At three on the first day after the promised one; daily where that day is in no fixed month."""
    if every is None:
        return None
    if every < timedelta(days=1):
        return "0 * * * *"
    if timedelta(days=7) <= every < timedelta(days=14):
        return f"0 3 * * {(1 + latency.days) % 7}"
    months = {31: "*", 62: "1-12/2", 92: "1-12/3", 184: "1-12/6", 366: "1"}.get(every.days)
    return f"0 3 {latency.days + 1} {months} *" if months and latency.days < LAST_DAY else "0 3 * * *"
