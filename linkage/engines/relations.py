"""How the identifiers of a pair stand to each other, over every scheme that the features carry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from linkage.engines.pairs import Mask, Pairs
from linkage.features.building import SCHEME_PREFIX
from linkage.pairs.comparison import SHORTEST_IDENTIFIER


def comparable(pairs: Pairs) -> Mask:
    """Whether both sides have a number of one national scheme, or the same number of a local one."""
    written = [pairs.known(f"written:{scheme}") for scheme in _of_a_nation(pairs.schemes)]
    return _any([*written, _agrees(pairs)], pairs)


def _agrees(pairs: Pairs) -> Mask:
    return _any((pairs.equal(SCHEME_PREFIX + scheme, SCHEME_PREFIX + scheme) for scheme in pairs.schemes), pairs)


def _near(pairs: Pairs) -> Mask:
    return _any((_near_in(f"written:{scheme}", pairs) for scheme in pairs.schemes), pairs)


def _near_in(name: str, pairs: Pairs) -> Mask:
    mask = np.asarray(np.fmin(*pairs.lengths(name)) >= SHORTEST_IDENTIFIER)
    mask[mask] = pairs.where(mask).within_edits(name, 1)
    return mask


def _shared(pairs: Pairs) -> Mask:
    return _any((_shared_in(scheme, pairs) for scheme in pairs.schemes), pairs)


def _shared_in(scheme: str, pairs: Pairs) -> Mask:
    left, right = pairs.sides(f"shared:{scheme}")
    return np.asarray(pairs.known(SCHEME_PREFIX + scheme) & ((left == 1) | (right == 1)))


def _differs(pairs: Pairs) -> Mask:
    return _any((pairs.different(SCHEME_PREFIX + scheme) for scheme in _of_a_nation(pairs.schemes)), pairs)


def _of_a_nation(schemes: Sequence[str]) -> list[str]:
    """Schemes whose numbers differ between persons; a source may give one person several of its own."""
    return [scheme for scheme in schemes if not scheme.startswith("local.")]


def _any(masks: Iterable[Mask], pairs: Pairs) -> Mask:
    return np.asarray(np.logical_or.reduce([np.zeros(len(pairs.left), dtype=bool), *masks]))


RELATIONS: dict[str, Callable[[Pairs], Mask]] = {
    "agrees": _agrees,
    "near": _near,
    "shared": _shared,
    "differs": _differs,
}
