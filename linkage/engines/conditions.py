"""The conditions of a model, decided pair by pair through recordlinkage's Compare."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from linkage.engines.pairs import Mask, Pairs
from linkage.engines.relations import RELATIONS
from linkage.model.conditions import Condition, Distance, Exchanged, NamesInCommon


def holds(condition: Condition, pairs: Pairs) -> Mask:
    """Whether `condition` is true of each pair; later parts are asked only of pairs that earlier ones leave open."""
    word = next(iter(condition.model_fields_set))
    if word == "any_of":
        return _any([partial(holds, part) for part in condition.any_of], pairs)
    if word == "all_of":
        return ~_any([partial(_fails, part) for part in condition.all_of], pairs)
    if condition.not_:
        return ~holds(condition.not_, pairs)
    if condition.identifier:
        return RELATIONS[condition.identifier](pairs)
    return TESTS[word](pairs, getattr(condition, word))


def _fails(condition: Condition, pairs: Pairs) -> Mask:
    return ~holds(condition, pairs)


def _any(tests: Sequence[Callable[[Pairs], Mask]], pairs: Pairs) -> Mask:
    mask = np.zeros(len(pairs.left), dtype=bool)
    for test in tests:
        left_open = ~mask
        mask[left_open] = test(pairs.where(left_open))
    return mask


def _equal(pairs: Pairs, fields: tuple[str, ...]) -> Mask:
    return np.asarray(np.logical_and.reduce([pairs.equal(field, field) for field in fields]))


def _swapped(pairs: Pairs, fields: tuple[str, str]) -> Mask:
    one, other = fields
    return pairs.equal(one, other) & pairs.equal(other, one)


def _crossed(pairs: Pairs, fields: tuple[str, str]) -> Mask:
    one, other = fields
    return pairs.equal(one, other) | pairs.equal(other, one)


def _holds(pairs: Pairs, field: str) -> Mask:
    left, right = pairs.sides(field)
    return np.asarray((left == 1) | (right == 1))


def _exchanged(pairs: Pairs, test: Exchanged) -> Mask:
    """Similar crosswise, each with the other's first letter."""
    one, other = test.fields
    mask = pairs.same_start(one, other, 1) & pairs.same_start(other, one, 1)
    for left, right in ((one, other), (other, one)):
        mask[mask] = pairs.where(mask).similar(left, right, test.at_least)
    return mask


def _initial(pairs: Pairs, field: str) -> Mask:
    is_letter = np.fmin(*pairs.lengths(field)) == 1
    return np.asarray(is_letter) & pairs.different(field) & pairs.same_start(field, field, 1)


def _distance(pairs: Pairs, test: Distance) -> Mask:
    left, right = pairs.sides(test.field)
    apart = np.abs(np.asarray(left) - np.asarray(right))
    if test.exactly:
        return np.isin(apart, test.exactly)
    return np.asarray(apart >= test.at_least if test.at_least is not None else apart <= test.at_most)


def _names_in_common(pairs: Pairs, test: NamesInCommon) -> Mask:
    parts = [frozenset(names.split() if isinstance(names, str) else ()) for names in pairs.features["name_parts"]]
    counts = [
        (len(parts[left] & parts[right]), min(len(parts[left]), len(parts[right])))
        for left, right in zip(pairs.left, pairs.right, strict=True)
    ]
    common, shorter = np.array(counts, dtype=float).reshape(-1, 2).T
    return pairs.known("name_bits") & (common >= test.at_least) & (common >= test.share * shorter)


TESTS: dict[str, Callable[..., Mask]] = {
    "equal": _equal,
    "swapped": _swapped,
    "crossed": _crossed,
    "differs": lambda pairs, field: pairs.different(field),
    "missing": lambda pairs, field: ~pairs.known(field),
    "holds": _holds,
    "similar": lambda pairs, test: pairs.similar(test.field, test.field, test.at_least),
    "exchanged": _exchanged,
    "edits": lambda pairs, test: pairs.within_edits(test.field, test.at_most),
    "initial": _initial,
    "distance": _distance,
    "names_in_common": _names_in_common,
}
