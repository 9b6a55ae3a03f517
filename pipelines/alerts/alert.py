"""What an alert says: counts, names of contracts and steps, and the errors that are written to hold no one's value."""

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


def _alert(key: str, subject: str, lines: Sequence[str]) -> Alert:
    told = [line[:LONGEST_LINE] for text in lines for line in text.split("\n")]
    more = [f"and {len(told) - MOST_LINES:,} lines more, in the run"] if len(told) > MOST_LINES else []
    return Alert(key, f"Padrón on {socket.gethostname()}: {subject}", (*told[:MOST_LINES], *more))
