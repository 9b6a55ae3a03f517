"""What became of referrals: which were handed to their institution, and what it answered; one line each, only added to.

A line names a referral by its id alone, which is made of a record's id and the need: it says nothing of anybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from warehouse.errors import FaultsError
from warehouse.journal import append_entries, damaged, read_entries
from warehouse.layout import Layout
from warehouse.sheets import Numbered

OUTCOMES = {
    "met": "the need is met",
    "under_way": "it is being met; the referral stays open",
    "declined": "the person does not want it",
    "not_entitled": "the person has no right to it",
    "not_found": "the person could not be reached",
    "not_ours": "the institution cannot help, and says so",
}
"""What an institution may answer, and what it means."""

OPEN_OUTCOME = "under_way"
SENT = pa.schema([(name, pa.string()) for name in ("referral_id", "institution", "kind", "outcome")])


class ReferralError(FaultsError):
    """A file of answered referrals cannot be used."""


@dataclass(frozen=True)
class ReferralEntry:
    """One thing that became of one referral at the UTC time `at`; `outcome` is empty where it was sent."""

    at: str
    referral_id: str
    institution: str
    kind: str
    outcome: str = ""


@dataclass(frozen=True)
class Sent:
    """A referral that its institution has received, and the last answer; None where there is none."""

    referral_id: str
    institution: str
    kind: str
    sent_at: str
    outcome: str | None


def referrals_path(layout: Layout) -> Path:
    """Where the lines lie."""
    return layout.state / "referrals.jsonl"


def sent_referrals(layout: Layout) -> dict[str, Sent]:
    """Every referral that was handed over, by its id, with the last answer."""
    path, sent = referrals_path(layout), dict[str, Sent]()
    for number, values in enumerate(read_entries(path), start=1):
        entry = _entry(path, number, values)
        if entry.outcome:
            first = sent[entry.referral_id]
            sent[entry.referral_id] = Sent(
                first.referral_id, first.institution, first.kind, first.sent_at, entry.outcome
            )
        else:
            sent.setdefault(
                entry.referral_id, Sent(entry.referral_id, entry.institution, entry.kind, entry.at, None)
            )  # fmt: skip
    return sent


def sent_table(layout: Layout) -> pa.Table:
    """The same as a relation, with the columns of `SENT`."""
    rows = [{name: getattr(sent, name) for name in SENT.names} for sent in sent_referrals(layout).values()]
    return pa.Table.from_pylist(rows, schema=SENT)


def note_sent(layout: Layout, referrals: Iterable[tuple[str, str, str]]) -> int:
    """Note the (id, institution, kind) of referrals handed over; return how many had not been before."""
    known, now = sent_referrals(layout), _now()
    new = [ReferralEntry(now, *referral) for referral in referrals if referral[0] not in known]
    append_entries(referrals_path(layout), [asdict(entry) for entry in new])
    return len(new)


def note_answers(layout: Layout, document: str, rows: Sequence[Numbered]) -> dict[str, int]:
    """Note the answers in `rows` of the file called `document`; return how many there are of each outcome.

    A row without an outcome answers nothing. Raises `ReferralError` with every fault, and then notes none.
    """
    sent = sent_referrals(layout)
    answered = [(line, row["referral_id"], row["outcome"].lower()) for line, row in rows if row["outcome"]]
    faults = [fault for line, name, outcome in answered for fault in _faults(line, name, outcome, sent)]
    if faults:
        raise ReferralError(document, faults)
    now, counts = _now(), dict.fromkeys(OUTCOMES, 0)
    entries = []
    for _, name, outcome in answered:
        counts[outcome] += 1
        if sent[name].outcome != outcome:
            entries.append(ReferralEntry(now, name, sent[name].institution, sent[name].kind, outcome))
    append_entries(referrals_path(layout), [asdict(entry) for entry in entries])
    return counts


def _faults(line: int, name: str, outcome: str, sent: Mapping[str, Sent]) -> Iterable[str]:
    if name not in sent:
        yield f"line {line}: the referral_id is none that was handed over; leave that column as it was"
    if outcome not in OUTCOMES:
        yield f"line {line}: the outcome is none of {', '.join(OUTCOMES)}"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _entry(path: Path, number: int, values: dict[str, Any]) -> ReferralEntry:
    try:
        return ReferralEntry(**values)
    except TypeError:
        raise damaged(path, number) from None
