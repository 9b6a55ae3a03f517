"""How much is tolerated: the comparison operators of the Open Data Contract Standard."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

from open_data_contract_standard.model import DataQuality

from quality.delivered import is_number
from quality.place import RuleError

Unit = Literal["rows", "percent"]

COMPARISONS: dict[str, Callable[..., bool]] = {
    "mustBe": operator.eq,
    "mustNotBe": operator.ne,
    "mustBeGreaterThan": operator.gt,
    "mustBeGreaterOrEqualTo": operator.ge,
    "mustBeLessThan": operator.lt,
    "mustBeLessOrEqualTo": operator.le,
    "mustBeBetween": lambda measured, low, high: low <= measured <= high,
    "mustNotBeBetween": lambda measured, low, high: not low <= measured <= high,
}


@dataclass(frozen=True)
class Bound:
    """What a measured number must be, counted in rows or in percent of all rows; both ends of a range belong to it."""

    comparison: str
    limits: tuple[float, ...]
    unit: Unit = "rows"

    def admits(self, measured: float, rows: int) -> bool:
        """Whether `measured` of `rows` is tolerated; raise `ZeroDivisionError` for a percentage of no rows."""
        value = 100 * measured / rows if self.unit == "percent" else measured
        return COMPARISONS[self.comparison](value, *self.limits)

    def __str__(self) -> str:
        words = re.sub("[A-Z]", lambda capital: " " + capital[0].lower(), self.comparison)
        share = " percent of the rows" if self.unit == "percent" else ""
        return f"{words} {' and '.join(f'{limit:g}' for limit in self.limits)}{share}"


NONE = Bound("mustBe", (0,))


def read_bound(rule: DataQuality) -> Bound:
    """The bound that a contract's rule sets; raise `RuleError` unless there is just one, of numbers."""
    given = {name: getattr(rule, name) for name in COMPARISONS if getattr(rule, name) is not None}
    if len(given) != 1:
        raise RuleError(f"{len(given)} comparisons; give one of {', '.join(COMPARISONS)}.")
    [(comparison, value)] = given.items()
    limits = tuple(value) if isinstance(value, list) else (value,)
    if not all(is_number(limit) for limit in limits) or list(limits) != sorted(limits):
        raise RuleError(f"{comparison} needs a number, or for a range two, the smaller first.")
    return Bound(comparison, limits, _unit(rule))


def _unit(rule: DataQuality) -> Unit:
    for unit in get_args(Unit):
        if unit == (rule.unit or "rows"):
            return unit  # type: ignore[no-any-return]
    raise RuleError(f"unknown unit {rule.unit}; known are {', '.join(get_args(Unit))}.")
