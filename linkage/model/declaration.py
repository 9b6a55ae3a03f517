"""The linkage model as data: comparisons with ordered levels, blocking passes, constraints and thresholds."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from linkage.model.conditions import Condition, Share, Strict
from linkage.model.faults import comparison_faults, pass_faults

MAX_LEVELS = 15  # a level takes four bits of the packed vector, and 0 is null
MAX_COMPARISONS = 16
MAX_PASSES = 31  # one bit each of the pass mask


class Level(Strict):
    """One outcome of a comparison. The first level whose condition holds is the pair's; the last has none.

    `m` is where training starts: how often one person's two records reach it. `frequency` names the features
    whose value's frequency corrects the level, times `damping`: values that are only similar have neighbours
    that no frequency counts. `is_null` makes the level say nothing.
    """

    name: str
    when: Condition | None = None
    m: float = Field(default=0.01, gt=0, lt=1)
    frequency: tuple[str, ...] = ()
    damping: float = Field(default=1.0, gt=0, le=1)
    is_null: bool = False


class Comparison(Strict):
    """How one property of two records is compared; levels run from most alike to least.

    A pair is compared when any feature of `known` is there on both sides; else the level is null and says
    nothing. `family` says how alike two relatives are: `tied` (as one person's records), or the share of
    pairs of relatives that look like one person's.
    """

    name: str
    known: tuple[str, ...] = Field(min_length=1)
    family: Literal["tied"] | Share = 0.0
    levels: tuple[Level, ...] = Field(min_length=2, max_length=MAX_LEVELS)


class BlockingPass(Strict):
    """A rule that proposes pairs: records whose key parts all agree. Blocks too large are cut by `refine`.

    `one_lacks` names a feature: only pairs of which a record at least lacks it are proposed, for where both have it
    other passes lean on it. `pairs_per_record`, where it is given, stands for that of all passes, and with it no block
    is kept for being small: such a pass is broad, and proposes what it may spend.
    """

    name: str
    key: tuple[str, ...] = Field(min_length=1)
    refine: tuple[str, ...] = ()
    one_lacks: str | None = None
    pairs_per_record: float | None = Field(default=None, gt=0)


class Blocking(Strict):
    """The passes, and which blocks they keep.

    A pass keeps its smaller blocks as long as it proposes no more than `pairs_per_record`, none of more than
    `max_block` records, and those of up to `least_block` always: so many records one person may well have.
    """

    max_block: int = Field(default=400, ge=2)
    least_block: int = Field(default=10, ge=2)
    pairs_per_record: float = Field(default=1.0, gt=0)
    passes: tuple[BlockingPass, ...] = Field(min_length=1, max_length=MAX_PASSES)


class Constraints(Strict):
    """What no cluster may hold.

    `one_per_person` lists identifier schemes that allow one per person; `shared_years` is the range of birth
    years that shows an identifier to be a parent's on a child; `shared_names` the number of first names that
    shows it to be a placeholder. `birth_year_at` is the place, from 1, of the birth year's two digits in the
    identifiers of a scheme.
    """

    one_per_person: tuple[str, ...] = ()
    shared_years: int = Field(default=12, ge=1)
    shared_names: int = Field(default=20, ge=2)
    birth_year_at: dict[str, int] = Field(default_factory=dict)


class Thresholds(Strict):
    """Match weights, in bits: below `review` a pair is dropped, from `link` on it is a link."""

    link: float = 0.0
    review: float = -6.0

    @model_validator(mode="after")
    def _ordered(self) -> Thresholds:
        if self.review > self.link:
            raise ValueError("review must not be above link")
        return self


class Training(Strict):
    """How parameters are estimated: `anchor` and `family_anchor` weigh the starting values in the fit."""

    random_pairs: int = Field(default=1_000_000, ge=1000)
    iterations: int = Field(default=200, ge=1)
    tolerance: float = Field(default=1e-5, gt=0)
    anchor: float = Field(default=100.0, gt=0)
    family_anchor: Share = 0.5


class Clustering(Strict):
    """Repair of components: `max_component` records at once, and pair weights held within ± `bound` bits."""

    max_component: int = Field(default=300, ge=2)
    bound: float = Field(default=20.0, gt=0)


class Model(Strict):
    """A linkage model for people. `engine` says what carries it out: recordlinkage is the slow reference.

    `parameters` is a file of trained parameters, which freeze the model; a model file names it from where it lies.
    """

    name: str
    version: str
    engine: Literal["sql", "recordlinkage"] = "sql"
    parameters: str | None = None
    comparisons: tuple[Comparison, ...] = Field(min_length=1, max_length=MAX_COMPARISONS)
    blocking: Blocking
    constraints: Constraints = Constraints()
    thresholds: Thresholds = Thresholds()
    training: Training = Training()
    clustering: Clustering = Clustering()

    @model_validator(mode="after")
    def _sound(self) -> Model:
        faults = [*comparison_faults(self.comparisons), *pass_faults(self.blocking.passes)]
        if faults:
            raise ValueError("\n".join(faults))
        return self
