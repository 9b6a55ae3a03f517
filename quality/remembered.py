"""Outcomes remembered: what was judged of the same rows, by the same program, is not judged again.

Each outcome is kept under the fingerprint of all that it follows from: the expectation, the bytes of the table and of
the tables that it is held against, the program and the libraries under it. Where one of these changes the fingerprint
is another, so that no outcome outlives its grounds. A contract's own query is put every time, for it may ask what day
it is; what could not be evaluated is tried again. What is kept holds counts and row ids alone, as `Outcome` does, and
lies apart from the tables.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from quality.expectation import Expectation
from quality.outcome import Outcome
from quality.validation import validate
from warehouse.fingerprints import fingerprint, hash_of_table, running_program
from warehouse.handover import handed_over
from warehouse.layout import Layout, private_folder
from warehouse.settings import Settings


@dataclass
class Memory:
    """The outcomes known from before, by fingerprint, and those that counted in this run."""

    settings: Settings
    known: Mapping[str, Outcome]
    used: dict[str, Outcome] = field(default_factory=dict)
    now: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))

    def validate(
        self,
        expectations: Sequence[Expectation],
        parquet: Path,
        id_columns: Sequence[str],
        references: Mapping[str, Path] | None = None,
    ) -> tuple[Outcome, ...]:
        """As `quality.validation.validate`; an outcome of before says when it was judged."""
        grounds = {
            each.name: self._grounds(each, parquet, id_columns, references or {})
            for each in expectations
            if "query" not in each.arguments
        }
        known = {name: self.known[ground] for name, ground in grounds.items() if ground in self.known}
        unknown = [each for each in expectations if each.name not in known]
        files = {name: [path] for name, path in (references or {}).items()}
        judged = {each.name: each for each in self._judged(unknown, parquet, id_columns, files)}
        outcomes = known | judged
        for name, ground in grounds.items():
            if outcomes[name].error is None:
                self.used[ground] = replace(outcomes[name], judged_at=outcomes[name].judged_at or self.now)
        return tuple(outcomes[each.name] for each in expectations)

    def _judged(
        self,
        expectations: Sequence[Expectation],
        parquet: Path,
        id_columns: Sequence[str],
        references: Mapping[str, Sequence[Path]],
    ) -> tuple[Outcome, ...]:
        return validate(expectations, parquet, id_columns, self.settings, references) if expectations else ()

    def _grounds(
        self, expectation: Expectation, parquet: Path, id_columns: Sequence[str], references: Mapping[str, Path]
    ) -> str:
        """What the outcome follows from; of `references` those that the expectation names."""
        words = set(re.findall(r"\w+", str(expectation.arguments)))
        held_against = [(name, hash_of_table(path)) for name, path in sorted(references.items()) if name in words]
        return fingerprint([running_program(), expectation, tuple(id_columns), hash_of_table(parquet), held_against])


@contextmanager
def remembered(settings: Settings, what: str) -> Iterator[Memory]:
    """The outcomes remembered of `what`; those that counted meanwhile are kept, in place of all of before."""
    path = Layout(settings.home).outcomes(what)
    memory = Memory(settings, _read(path))
    yield memory
    private_folder(path.parent)
    kept = {grounds: asdict(outcome) for grounds, outcome in memory.used.items()}
    with handed_over(path) as partial:
        partial.write_text(json.dumps(kept) + "\n", encoding="utf-8")


def _read(path: Path) -> dict[str, Outcome]:
    """The outcomes kept at `path`; none where they cannot be read."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return {grounds: Outcome(**{**each, "sample": tuple(each["sample"])}) for grounds, each in told.items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}
