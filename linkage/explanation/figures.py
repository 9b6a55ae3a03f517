"""Explanations as figures: what a drawing or a terminal shows of a pair or a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from linkage.explanation.cohesion import PersonExplanation, Tie
from linkage.explanation.history import Separation
from linkage.explanation.pair import PairExplanation, Step
from linkage.explanation.verdict import Verdict

Tone = Literal["prior", "for", "against", "frequency", "total"]
SHARES_SHOWN = 4
BRIEF = 14  # characters of a record id beside a bar; notes give it whole

Values = Sequence[tuple[str, ...]]  # the field, then its value in each record


@dataclass(frozen=True)
class Bar:
    """One line of a figure: what it is, what is said of it, and the bits from `start` to `end`."""

    label: str
    note: str
    start: float
    end: float
    tone: Tone

    @property
    def bits(self) -> float:
        """How long the bar is, and to which side."""
        return self.end - self.start


@dataclass(frozen=True)
class Figure:
    """Bars on one axis of bits under a title, with sentences below; `values` is empty unless they were asked for."""

    title: str
    bars: tuple[Bar, ...]
    notes: tuple[str, ...]
    values: tuple[tuple[str, ...], ...] = ()


def pair_figure(pair: PairExplanation, verdict: Verdict, values: Values = ()) -> Figure:
    """The waterfall of a pair: from the prior, comparison by comparison, to the match weight."""
    steps = [("before comparing", "how common matches are among candidate pairs", pair.prior, "prior")]
    steps += [(step.comparison, _said(step), step.bits, _tone(step.bits)) for step in pair.steps]
    if pair.frequency:
        steps.append(("rarity", "how rare the values that agree are", pair.frequency, "frequency"))
    bars, level = [], 0.0
    for label, note, bits, tone in steps:
        bars.append(Bar(label, note, level, level + bits, tone))  # type: ignore[arg-type]
        level += bits
    bars.append(Bar("match weight", "one person" if verdict.is_one else "two persons", 0.0, pair.weight, "total"))
    likely = ", ".join(f"{name} {share:.2%}" for name, share in pair.shares[:SHARES_SHOWN])
    passes = f"Proposed by: {', '.join(pair.passes)}." if pair.passes else "Not among the published links."
    notes = (*verdict.reasons, f"Likely kinds of pair: {likely}.", passes)
    return Figure(f"Records {pair.record_id_l} and {pair.record_id_r}", tuple(bars), notes, tuple(values))


def person_figure(
    person: PersonExplanation, values: Values = (), apart: Sequence[Separation] = (), events: Sequence[str] = ()
) -> Figure:
    """The ties that hold a person together, the weakest first; who was kept apart, and what happened to the id."""
    bars = tuple(_tie_bar(tie) for tie in person.ties)
    notes = [f"Record {member.record_id} of {member.source}." for member in person.members]
    if person.equal:
        notes.append(f"{person.equal} of the records are equal to another of them in all that is compared.")
    weighed = [tie for tie in person.ties if not tie.is_judged]
    if weighed:
        weakest = weighed[0]
        notes.append(
            f"The weakest link, of {weakest.record_id_l} and {weakest.record_id_r}, weighs {weakest.weight:+.2f} bits."
        )
    for each in apart:
        pair = f"{each.record_id_l} and {each.record_id_r}"
        notes.append(f"Kept apart from {each.entity_id}, though {pair} weigh {each.weight:+.2f} bits.")
        notes += [f"  {reason}" for reason in each.reasons]
    notes += events
    return Figure(f"Person {person.entity_id}: {len(person.members)} records", bars, tuple(notes), tuple(values))


def _said(step: Step) -> str:
    """The level, and beside it how rare the value is that agrees."""
    if not step.rarity:
        return step.level
    times = 2 ** abs(step.rarity)
    return f"{step.level} ({times:,.3g} times {'rarer' if step.rarity > 0 else 'commoner'} than usual)"


def _tone(bits: float) -> str:
    return "for" if bits >= 0 else "against"


def _tie_bar(tie: Tie) -> Bar:
    note = "judged one person" if tie.is_judged else "weighed"
    return Bar(
        f"{_brief(tie.record_id_l)} – {_brief(tie.record_id_r)}",
        note,
        0.0,
        tie.weight,
        "for" if tie.weight >= 0 else "against",
    )


def _brief(record_id: str) -> str:
    return record_id if len(record_id) <= BRIEF else record_id[: BRIEF - 1] + "…"
