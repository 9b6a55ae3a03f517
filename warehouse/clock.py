"""A clock that was set back: what is noted must not seem older than what was noted before it.

Who was erased when, and which release came first, is told by times. So nothing is done while the clock is behind the
last entry of the audit log: for less than a minute it is waited for, else it is an error.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from warehouse.audit_log import read_audit, record
from warehouse.errors import ClockError
from warehouse.layout import Layout

WAITED_FOR = timedelta(minutes=1)
"""A clock that is corrected by little is soon past the last entry again."""


def check_clock(
    layout: Layout,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Raise `ClockError` where the clock is behind the last entry of the audit log; wait where it is so by little."""
    entries = read_audit(layout)
    if not entries:
        return
    last, now = datetime.fromisoformat(entries[-1].at), clock()
    behind = last - now
    if behind > WAITED_FOR:
        raise ClockError(
            f"This machine's clock says {now:%Y-%m-%d %H:%M} UTC, but the audit log has an entry of "
            f"{last:%Y-%m-%d %H:%M} UTC. Nothing was done. Set the clock right and run "
            "again; if the entry's time was the wrong one, say so: "
            'padron audit clock --why "…"'
        )
    if behind > timedelta(0):
        sleep(behind.total_seconds())


def accept_clock(layout: Layout, reason: str) -> None:
    """Note that the clock is right now and was wrong before; from here on times count from now."""
    record(layout, "clock.accepted", {"reason": reason})
