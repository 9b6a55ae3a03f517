"""Where a rule of a contract stands, and what is wrong with a rule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class RuleError(ValueError):
    """A rule that cannot be made an expectation; a suite tells all of them at once, each with its place."""


@dataclass(frozen=True)
class Place:
    """A column of a table of delivered text, or the table itself, whose columns are `columns`."""

    table: str
    columns: tuple[str, ...]
    column: str | None = None

    def own_column(self) -> str:
        """The column; raise `RuleError` at a table."""
        if self.column is None:
            raise RuleError("belongs to a column; move it to the property that it is about.")
        return self.column

    def check_columns(self, names: Iterable[str]) -> None:
        """Raise `RuleError` if one of `names` is no column of the table."""
        unknown = sorted(set(names) - set(self.columns))
        if unknown:
            raise RuleError(f"there is no column {', '.join(unknown)}; known are {', '.join(self.columns)}.")
