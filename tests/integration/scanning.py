"""A search of every byte for many values at once."""

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

WINDOW = 8
LOW_BITS = 24
LOW = np.uint64((1 << LOW_BITS) - 1)


class Scanner:
    """Finds which of `values`, each of at least eight bytes, occur anywhere in a text of bytes."""

    def __init__(self, values: Iterable[bytes]) -> None:
        self.by_start: dict[int, list[bytes]] = defaultdict(list)
        for value in values:
            assert len(value) >= WINDOW
            self.by_start[int.from_bytes(value[:WINDOW], "little")].append(value)
        self.starts = np.array(sorted(self.by_start), dtype=np.uint64)
        self.likely = np.zeros(1 << LOW_BITS, dtype=bool)
        self.likely[self.starts & LOW] = True

    def found(self, text: bytes) -> set[bytes]:
        """The values that occur in `text`."""
        hits = set()
        for shift in range(min(WINDOW, max(0, len(text) - WINDOW + 1))):
            count = (len(text) - shift) // WINDOW
            windows = np.frombuffer(text, dtype="<u8", count=count, offset=shift)
            for place in np.flatnonzero(self.likely[windows & LOW]):
                at = shift + int(place) * WINDOW
                hits |= {value for value in self.by_start.get(int(windows[place]), ()) if text.startswith(value, at)}
        return hits
