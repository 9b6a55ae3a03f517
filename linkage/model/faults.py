"""What can be wrong with comparisons and passes beyond their form: each check lists the faults it finds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from linkage.model.vocabulary import FEATURES, IDENTIFIER_RELATIONS, KEY_PARTS

if TYPE_CHECKING:
    from linkage.model.declaration import BlockingPass, Comparison, Level


def comparison_faults(comparisons: tuple[Comparison, ...]) -> Iterator[str]:
    """Names given twice, unknown features, and levels that no pair or every pair reaches."""
    yield from _repeated("comparison", [each.name for each in comparisons])
    for comparison in comparisons:
        place = f"comparison {comparison.name}"
        yield from _repeated(f"{place}: level", [level.name for level in comparison.levels])
        yield from _unknown(f"{place}: known", comparison.known, FEATURES)
        if all(level.is_null for level in comparison.levels):
            yield f"{place}: every level is null"
        if comparison.levels[-1].when is not None:
            yield f"{place}: the last level must have no condition, for every pair must reach a level"
        for level in comparison.levels[:-1]:
            yield from _level_faults(f"{place}: level {level.name}", level)


def _level_faults(place: str, level: Level) -> Iterator[str]:
    yield from _unknown(f"{place}: frequency", level.frequency, FEATURES)
    if level.when is None:
        yield f"{place}: only the last level may have no condition"
        return
    yield from _unknown(place, tuple(level.when.fields()), FEATURES)
    yield from _unknown(f"{place}: identifier", tuple(level.when.identifier_relations()), IDENTIFIER_RELATIONS)


def pass_faults(passes: tuple[BlockingPass, ...]) -> Iterator[str]:
    """Names given twice, and keys made of nothing that is known."""
    yield from _repeated("pass", [each.name for each in passes])
    for each in passes:
        yield from _unknown(f"pass {each.name}", each.key + each.refine, KEY_PARTS)
        yield from _unknown(f"pass {each.name}: one_lacks", (each.one_lacks,) if each.one_lacks else (), FEATURES)


def _repeated(kind: str, names: list[str]) -> Iterator[str]:
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{kind} {name} is there {names.count(name)} times"


def _unknown(place: str, names: tuple[str, ...], known: Any) -> Iterator[str]:
    for name in dict.fromkeys(names):
        if name not in known:
            yield f"{place}: {name!r} is not one of {', '.join(sorted(known))}"
