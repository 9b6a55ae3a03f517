"""The lines of a text file, of which some can be read again: what a broken record swallowed is given back."""

from __future__ import annotations

import csv
from collections import deque
from typing import TextIO

LONGEST_RECORD = 100
"""Lines one record may span; more means a quote that was never closed."""
CHUNK_CHARACTERS = 1 << 20


class RereadableLines:
    """An iterator over lines for `csv.reader`; those of the record at hand are kept. `number` is its first line's."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._again: deque[str] = deque()
        self._record: list[str] = []
        self.number = 1

    def __iter__(self) -> RereadableLines:
        return self

    def __next__(self) -> str:
        if len(self._record) == LONGEST_RECORD:
            raise csv.Error
        line = self._again.popleft() if self._again else self._file.readline()
        if not line:
            raise StopIteration
        self._record.append(line)
        return line

    @property
    def raw(self) -> str:
        """The record at hand, as in the file."""
        return "".join(self._record).removesuffix("\n")

    @property
    def has_again(self) -> bool:
        """Lines given back are still to be read."""
        return bool(self._again)

    def begin_record(self) -> None:
        """Leave the record at hand behind."""
        self.number += len(self._record)
        self._record.clear()

    def keep_first(self) -> None:
        """Give back every line of the record but its first."""
        self.give_back(self._record[1:])
        del self._record[1:]

    def give_back(self, lines: list[str]) -> None:
        """Have `lines` read again, before any other."""
        self._again.extendleft(reversed(lines))

    def take_chunk(self) -> list[str]:
        """Some thousand lines at once, the first of which is `number`; `pass_over` or `give_back` them."""
        self.begin_record()
        return self._file.readlines(CHUNK_CHARACTERS)

    def pass_over(self, lines: list[str]) -> None:
        """Count `lines` as read."""
        self.number += len(lines)
