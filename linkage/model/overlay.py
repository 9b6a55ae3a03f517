"""A model file laid over the default model, as plain documents.

Mappings are laid over key by key. In a list of named things (comparisons, passes, and levels where the file names no
new one) those of a name that is there are laid over it and others come after; any other list, or value, takes the place
of the default's. `without` names comparisons and passes to leave out; `extends: nothing` begins from nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Document = dict[str, Any]

WORDS = ("extends", "without")
BASES = ("default", "nothing")


def laid_over(default: Document, given: Document) -> Document:
    """`given` over `default`; neither is changed."""
    if given.get("extends") == "nothing":
        return {key: value for key, value in given.items() if key not in WORDS}
    laid = _over(default, {key: value for key, value in given.items() if key not in WORDS})
    left_out = given.get("without")
    return _without(laid, left_out if isinstance(left_out, Mapping) else {})


def overlay_faults(default: Document, given: Document) -> list[str]:
    """What is wrong with the words that say how a file is laid over the default model."""
    faults = []
    if given.get("extends", "default") not in BASES:
        faults.append(f"extends: one of {', '.join(BASES)}")
    left_out = given.get("without", {})
    if not isinstance(left_out, Mapping):
        return [*faults, "without: a mapping of comparisons and passes to lists of names"]
    there = {"comparisons": default.get("comparisons", []), "passes": default.get("blocking", {}).get("passes", [])}
    for kind, names in left_out.items():
        if kind not in there or not isinstance(names, list):
            faults.append(f"without.{kind}: only comparisons and passes can be left out, each a list of names")
            continue
        known = [each["name"] for each in there[kind]]
        faults += [f"without.{kind}: {name!r} is not one of {', '.join(known)}" for name in names if name not in known]
    return faults


def _over(default: Any, given: Any) -> Any:
    if isinstance(default, Mapping) and isinstance(given, Mapping):
        return {**default, **{key: _over(default.get(key), value) for key, value in given.items()}}
    if _are_named(default) and _are_named(given):
        return _named_over(default, given)
    return given


def _are_named(items: Any) -> bool:
    return isinstance(items, list) and all(isinstance(each, Mapping) and "name" in each for each in items)


def _named_over(default: list[Document], given: list[Document]) -> list[Document]:
    names, new = [each["name"] for each in default], [each["name"] for each in given]
    is_level = any("when" in each or "m" in each for each in default)
    if len(set(map(str, new))) < len(new) or (is_level and not set(new) <= set(names)):
        return given  # levels stand in an order that only the whole list tells; a repeated name is told as a fault
    by_name = dict(zip(new, given, strict=True))
    kept = [_over(each, by_name[each["name"]]) if each["name"] in by_name else each for each in default]
    return kept + [each for each in given if each["name"] not in names]


def _without(laid: Document, left_out: Mapping[str, Any]) -> Document:
    def rest(kind: str, items: Any) -> Any:
        names = left_out.get(kind) if isinstance(left_out.get(kind), list) else []
        return [each for each in items if each["name"] not in names] if names and _are_named(items) else items

    blocking = laid.get("blocking")
    if isinstance(blocking, Mapping):
        laid = {**laid, "blocking": {**blocking, "passes": rest("passes", blocking.get("passes"))}}
    return {**laid, "comparisons": rest("comparisons", laid.get("comparisons"))}
