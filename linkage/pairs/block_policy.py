"""Block policy: which blocks of a pass are kept, known before any pair is made.

The pairs of a registry must grow with its records, while the blocks of common names and dates grow with their square.
"""

from __future__ import annotations

from dataclasses import dataclass

from linkage.model.declaration import Blocking, BlockingPass

LEAST_BUDGET = 100_000  # pairs a pass may always propose: small registries afford large blocks


@dataclass(frozen=True)
class BlockPolicy:
    """In pairs: what a pass may propose in all, the largest block it keeps, and the block it keeps in any case."""

    budget: int
    largest: int
    least: int

    def cap(self, volumes: list[tuple[int, int]]) -> int:
        """The pairs of the largest block kept, of blocks counted as `volumes`: pairs of a block, and of all such.

        The smallest blocks come first; in `volumes` they are in any order.
        """
        cap, proposed = 0, 0
        for pairs, volume in sorted(volumes):
            proposed += volume
            if pairs > self.largest or (pairs > self.least and proposed > self.budget):
                break
            cap = pairs
        return cap


def block_policy(each: BlockingPass, blocking: Blocking, nodes: int) -> BlockPolicy:
    """The policy of one pass over so many nodes."""
    a_record = each.pairs_per_record or blocking.pairs_per_record
    least = 0 if each.pairs_per_record else min(blocking.least_block, blocking.max_block)
    return BlockPolicy(max(int(a_record * nodes), LEAST_BUDGET), _pairs(blocking.max_block), _pairs(least))


def _pairs(records: int) -> int:
    return records * (records - 1) // 2
