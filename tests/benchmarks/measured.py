"""What one contestant's process tells of itself: seconds and processor seconds of each stage, and peak memory."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Stopwatch:
    """Seconds of each stage, processor seconds of all, and the greatest memory at the end of the last one.

    Reading the interpreter and the libraries is not counted; everything from the records to the clusters is.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    cpu: float = 0.0
    peak_bytes: int = 0

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time the stage `name`."""
        start, busy = time.perf_counter(), time.process_time()
        yield
        self.seconds[name] = self.seconds.get(name, 0) + time.perf_counter() - start
        self.cpu += time.process_time() - busy
        self.peak_bytes = peak_memory()

    def write(self, folder: Path, **found: object) -> None:
        """Leave the measurements, and what else was `found`, for the benchmark to read."""
        measured = {"wall": sum(self.seconds.values()), "cpu": self.cpu, "peak_bytes": self.peak_bytes}
        (folder / "measured.json").write_text(json.dumps({"seconds": self.seconds, **measured, **found}))


@contextmanager
def shown_cost(what: str) -> Iterator[None]:
    """Print the seconds that the block took, those of the processor, and the highest memory so far."""
    started, processor = time.perf_counter(), sum(os.times()[:2])
    yield
    seconds, used = time.perf_counter() - started, sum(os.times()[:2]) - processor
    peak = peak_memory() / 2**30
    print(f"{what:<32}{seconds:8.1f} s   processor {used:6.1f} s   peak {peak:.2f} GiB")  # noqa: T201


def peak_memory() -> int:
    """Peak resident memory of this process in bytes; unlike ru_maxrss it knows nothing of the parent's."""
    return int(re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[0]) * 1024


def forget_peak_memory() -> None:
    """Let `peak_memory` tell of what follows alone."""
    Path("/proc/self/clear_refs").write_text("5")


def best_threshold(quality: Callable[[float], float], thresholds: list[float]) -> float:
    """The threshold of the greatest quality; the finer grid around the best of the coarse one is tried too."""
    coarse = max(thresholds, key=quality)
    step = thresholds[1] - thresholds[0]
    return max([coarse + step * part / 4 for part in range(-3, 4)], key=quality)
