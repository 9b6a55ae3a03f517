"""What an alert says: counts, names of contracts and steps, and the errors that are written to hold no one's value."""

import hashlib
import socket
from collections.abc import Sequence
from dataclasses import dataclass

from warehouse.errors import RegistryError

MOST_LINES = 30
LONGEST_LINE = 1_000


class AlertError(RegistryError):
    """An alert could not be delivered; it is kept, and delivered with the next one."""


@dataclass(frozen=True)
class Alert:
    """One thing that somebody must be told. The same `key` is told once, however often it is raised."""

    key: str
    subject: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The lines as the body of a message."""
        return "\n".join(self.lines) + "\n"


def run_failed(run_id: str, job: str, reasons: Sequence[str]) -> Alert:
    """Tell that a run failed, and why each of its steps did."""
    advice = "The release before it stays current. `padron ui` shows the run; mend the cause and run again."
    return _alert(f"run {run_id}", f"the run of {job} failed", (*reasons, "", advice, f"Run {run_id}"))


def command_failed(moment: str, command: str, reason: str) -> Alert:
    """Tell that a command ended before any run began."""
    return _alert(f"command {moment}", f"{command} failed", reason.splitlines())


def delivery_overdue(contract_id: str, institution: str, due: str, as_of: str) -> Alert:
    """Tell that a source has not delivered in the time that its contract promises."""
    lines = (
        f"{institution} was to deliver {contract_id} again by {due}; the last delivery describes {as_of}.",
        "That one stays in use, and the release says how old it is.",
        "Ask the institution for the delivery, or have its contract promise what it can keep.",
    )
    return _alert(f"overdue {contract_id} {due}", f"{contract_id} is overdue", lines)


def delivery_refused(contract_id: str, institution: str, delivery_id: str, reason: str) -> Alert:
    """Tell that a newer delivery than the one in use could not be used, and why."""
    lines = (
        reason,
        f"What was in use of {contract_id} before stays so, if anything was; everything else is published meanwhile.",
        f"Ask {institution} for a corrected delivery: `padron report {contract_id}` says what to mend.",
    )
    named = hashlib.sha256(reason.encode()).hexdigest()[:16]
    return _alert(f"refused {contract_id} {delivery_id} {named}", f"a delivery of {contract_id} was refused", lines)


def _alert(key: str, subject: str, lines: Sequence[str]) -> Alert:
    told = [line[:LONGEST_LINE] for text in lines for line in text.split("\n")]
    more = [f"and {len(told) - MOST_LINES:,} lines more, in the run"] if len(told) > MOST_LINES else []
    return Alert(key, f"Padrón on {socket.gethostname()}: {subject}", (*told[:MOST_LINES], *more))
