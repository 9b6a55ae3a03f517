"""On which days rules are in force: rules that are there twice, that never are, or that stand in two packs at once.

A pack with faults takes part with every rule whose id, kind and days can be read; what is left out is named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from warehouse.rules.pack import Dated, Kind, Name

T = TypeVar("T", bound=BaseModel)
UNTOLD = "takes no part in the check for overlapping days until"


class RuleDays(Dated, extra="ignore"):
    """Of a rule, what tells when it is in force."""

    id: Name
    kind: Kind


class PackDays(Dated, extra="ignore"):
    """Of a pack, what tells when its rules are in force."""

    programme: Name
    version: str
    rules: tuple[RuleDays, ...]

    @property
    def key(self) -> str:
        """Programme and version."""
        return f"{self.programme}@{self.version}"


def faults_of_days(documents: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """What is wrong with the days of the packs as loaded, by the names of their files."""
    packs = []
    for file, document in documents.items():
        pack, left_out = _readable(document)
        if pack is None:
            yield f"{file}: {UNTOLD} its programme, version and days can be read"
            continue
        if left_out:
            yield f"{file}: {', '.join(left_out)} {UNTOLD} id, kind and days can be read"
        packs.append(pack)
    for pack in packs:
        yield from _within(pack)
    yield from _between(packs)


def _readable(document: Mapping[str, Any]) -> tuple[PackDays | None, list[str]]:
    """The pack with those of its rules that can be read, and the places of the others."""
    given = document.get("rules")
    rules = [_tried(RuleDays, rule) for rule in given] if isinstance(given, list) else []
    pack = _tried(PackDays, {**document, "rules": [rule for rule in rules if rule is not None]})
    return pack, [f"rules.{place}" for place, rule in enumerate(rules) if rule is None]


def _tried(kind: type[T], given: object) -> T | None:
    try:
        return kind.model_validate(given)
    except ValidationError:
        return None


def _within(pack: PackDays) -> Iterator[str]:
    for rule in pack.rules:
        first, last = rule.days_within(pack)
        if first > last:
            yield f"{pack.key}: the rule {rule.id} is never in force; its days lie outside those of its pack"
    for one, other in combinations(pack.rules, 2):
        if one.id == other.id and _overlap(pack, one, pack, other):
            yield f"{pack.key}: the rule {one.id} is there twice for the same days; end one before the other begins"


def _between(packs: Sequence[PackDays]) -> Iterator[str]:
    for one, other in combinations(packs, 2):
        if one.key == other.key:
            yield f"{one.key}: two files hold this programme and version"
        elif one.programme == other.programme:
            shared = {a.id for a in one.rules for b in other.rules if a.kind == b.kind and _overlap(one, a, other, b)}
            if shared:
                yield (
                    f"{one.key} and {other.key}: both are in force on some days (rules {', '.join(sorted(shared))}); "
                    "give the earlier one a valid_to"
                )


def _overlap(pack: PackDays, rule: RuleDays, other_pack: PackDays, other: RuleDays) -> bool:
    first, last = rule.days_within(pack)
    other_first, other_last = other.days_within(other_pack)
    return max(first, other_first) <= min(last, other_last)
