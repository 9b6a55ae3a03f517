"""Packs read from their files, strictly, with all faults of all files told at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from warehouse.errors import RuleError
from warehouse.rules.pack import Pack, Rule

PACKS = Path(__file__).resolve().parents[1] / "programmes"
"""The packs that come with the project."""

T = TypeVar("T", bound=BaseModel)


@cache
def read_packs(folder: Path = PACKS) -> tuple[Pack, ...]:
    """Every pack (`*.yaml`) of `folder`, sorted by programme and version; raise `RuleError` with every fault."""
    packs, faults = read_documents(Pack, folder)
    faults += [fault for pack in packs for fault in _overlaps_within(pack)]
    faults += list(_overlaps_between(packs))
    if faults:
        raise RuleError(str(folder), faults)
    return tuple(sorted(packs, key=lambda pack: pack.key))


def read_documents(kind: type[T], folder: Path) -> tuple[list[T], list[str]]:
    """Every YAML file of `folder` as a `kind`, and the faults of those that are none."""
    files = sorted((*folder.glob("*.yaml"), *folder.glob("*.yml")))
    documents, faults = [], [] if files else ["holds no file; put one there, as <name>.yaml"]
    for file in files:
        try:
            documents.append(kind.model_validate(_loaded(file)))
        except RuleError as error:
            faults += [f"{file.name}: {fault}" for fault in error.faults]
        except ValidationError as error:
            faults += [f"{file.name}: {fault}" for fault in _told(error)]
    return documents, faults


def read_pack(file: Path) -> Pack:
    """The pack in `file`, a draft perhaps; raise `RuleError` with every fault."""
    try:
        pack = Pack.model_validate(_loaded(file))
    except ValidationError as error:
        raise RuleError(file.name, list(_told(error))) from None
    if faults := list(_overlaps_within(pack)):
        raise RuleError(file.name, faults)
    return pack


def _loaded(file: Path) -> dict[str, Any]:
    try:
        document = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except OSError as error:
        raise RuleError(file.name, [f"cannot be read: {error.strerror}"]) from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise RuleError(file.name, ["is not YAML in UTF-8"]) from None
    if not isinstance(document, dict):
        raise RuleError(file.name, ["must hold named values, such as programme and rules"])
    return document


def _told(error: ValidationError) -> Iterator[str]:
    for fault in error.errors(include_url=False):
        place = ".".join(str(part) for part in fault["loc"])
        for message in fault["msg"].removeprefix("Value error, ").splitlines():
            yield f"{place}: {message}" if place else message


def _overlaps_within(pack: Pack) -> Iterator[str]:
    for one, other in combinations(pack.rules, 2):
        if one.id == other.id and _overlap(pack, one, pack, other):
            yield f"{pack.key}: the rule {one.id} is there twice for the same days; end one before the other begins"


def _overlaps_between(packs: Sequence[Pack]) -> Iterator[str]:
    for one, other in combinations(packs, 2):
        if one.key == other.key:
            yield f"{one.key}: two files hold this programme and version"
        elif one.programme == other.programme:
            shared = {(a.id) for a in one.rules for b in other.rules if a.kind == b.kind and _overlap(one, a, other, b)}
            if shared:
                yield (
                    f"{one.key} and {other.key}: both are in force on some days (rules {', '.join(sorted(shared))}); "
                    "give the earlier one a valid_to"
                )


def _overlap(pack: Pack, rule: Rule, other_pack: Pack, other: Rule) -> bool:
    first, last = pack.validity(rule)
    other_first, other_last = other_pack.validity(other)
    return max(first, other_first) <= min(last, other_last)
