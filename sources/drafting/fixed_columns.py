"""Where the columns of fixed-width text begin, told by the blanks of a sample's lines.

A column begins after a stretch that is blank in every line, and where most lines end a padded value and nearly all
begin the next. Two columns that most lines fill to their ends are taken for one: nothing shows where they meet.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

FEWEST_LINES = 5
"""Of fewer lines blanks that stand under each other tell nothing."""

SAME_LENGTH = 0.9
"""Share of the lines that must be of one length."""


MOSTLY_BLANK = 0.5
NEVER_BLANK = 0.02


@dataclass(frozen=True)
class Cut:
    """One column: its first character, from 1, and its width."""

    start: int
    width: int

    def of(self, line: str) -> str:
        """What the column holds in `line`."""
        return line[self.start - 1 : self.start - 1 + self.width]


def fixed_columns(lines: Sequence[str]) -> list[Cut]:
    """The columns of `lines`, each up to the next one's start; none where the lines are not of one length."""
    filled = [line.rstrip("\r\n") for line in lines if line.strip()]
    if len(filled) < FEWEST_LINES:
        return []
    ((length, count),) = Counter(map(len, filled)).most_common(1)
    if count < len(filled) * SAME_LENGTH:
        return []
    whole = [line for line in filled if len(line) == length]
    blanks = [sum(sign in " \t" for sign in signs) / len(whole) for signs in zip(*whole, strict=True)]
    starts = [0, *(place for place in range(1, length) if _begins(blanks[place - 1], blanks[place]))]
    ends = [*starts[1:], length]
    return [Cut(start + 1, end - start) for start, end in zip(starts, ends, strict=True)] if len(starts) > 1 else []


def _begins(before: float, here: float) -> bool:
    """Whether a column begins at a place, by the share of lines that are blank before it and there."""
    return (before == 1 and here < 1) or (before >= MOSTLY_BLANK and here <= NEVER_BLANK)
