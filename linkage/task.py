"""One linkage: what it reads, under which model, and where it leaves its tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from linkage.features.building import present_features
from linkage.features.statistics import Statistics
from linkage.model.declaration import Model
from linkage.model.parameters import FrozenModel
from linkage.model.reduction import frozen_to, reduced
from linkage.places import Places
from linkage.plan import ENDED, FULL, INCREMENTAL, Plan
from warehouse.errors import LinkageError


@dataclass(frozen=True)
class Task:
    """One linkage: its inputs, its model, and the places of its tables.

    `records` and `identifiers` are relations of `RECORDS` and `RECORD_IDENTIFIERS`, `judgements` one of record_id_l,
    record_id_r and judgement. With a `frozen` model nothing is trained or counted. `rebuild` links all anew where else
    what changed alone may do; then `take_statistics` says whether the statistics of the population are taken anew too.
    """

    records: str
    identifiers: str
    places: Places
    model: Model
    seed: int
    duplicate_free: Sequence[str] = ()
    judgements: str | None = None
    frozen: FrozenModel | None = None
    rebuild: bool = True
    take_statistics: bool = True

    def reduced_model(self, connection: duckdb.DuckDBPyConnection) -> Model:
        """The model without what no record has a value of; a frozen one compares what it was trained on."""
        if Plan.read(self.places.plan).mode != FULL or not self.take_statistics:
            model = reduced(self.model, set(self.statistics().present))
        else:
            model = reduced(self.model, present_features(connection, self.places.features))
        return model if self.frozen is None else frozen_to(self.model, model, self.frozen.parameters.comparisons)

    def statistics(self) -> Statistics:
        """The frozen statistics; raise `LinkageError` where there are none."""
        found = Statistics.read(self.places.statistics)
        if found is None:
            raise LinkageError("No statistics of a full linkage are there. Run `padron link --full`.")
        return found

    @property
    def pairs(self) -> Path:
        """The candidate pairs under way: all, or those of what changed."""
        return self.places.written("touched_pairs") if self.is_incremental() else self.places.pairs

    @property
    def vectors(self) -> Path:
        """The comparison vectors of `pairs`."""
        return self.places.written("touched_vectors") if self.is_incremental() else self.places.vectors

    def is_incremental(self) -> bool:
        """Whether the linkage under way is incremental, by its first stage; raise `LinkageError` if it has ended."""
        mode = Plan.read(self.places.plan).mode
        if mode == ENDED:
            raise LinkageError(
                "The last linkage was incremental and has ended. Begin anew at its first stage, record_nodes."
            )
        return mode == INCREMENTAL
