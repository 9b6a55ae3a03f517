"""The linkage model as data: comparisons with ordered levels, blocking passes, constraints and thresholds.

A model file is read strictly: an unknown word, a level that cannot be reached or a pass made of nothing is
a fault, and all faults of a file are told at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from linkage.overlay import laid_over, overlay_faults
from linkage.vocabulary import FEATURES, IDENTIFIER_RELATIONS, KEY_PARTS
from warehouse.errors import ModelError

DEFAULT_MODEL = Path(__file__).with_name("default_model.yaml")
MAX_LEVELS = 15  # a level takes four bits of the packed vector, and 0 is null
MAX_COMPARISONS = 16
MAX_PASSES = 31  # one bit each of the pass mask

Share = Annotated[float, Field(ge=0, le=1)]


class Strict(BaseModel):
    """A part of a model file: frozen, and without unknown words."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


Part = TypeVar("Part", bound=Strict)


class Similar(Strict):
    """The left and right value of `field` have a Jaro-Winkler similarity of `at_least`."""

    field: str
    at_least: Share


class Exchanged(Strict):
    """The left value of one of `fields` is similar to the right one of the other, and the other way round."""

    fields: tuple[str, str]
    at_least: Share


class Edits(Strict):
    """The values differ by at most `at_most` insertions, deletions, substitutions or transpositions."""

    field: str
    at_most: int = Field(ge=1, le=3)


class Distance(Strict):
    """The numbers of `field` differ by `at_most`, by `at_least`, or by one of `exactly`."""

    field: str
    at_most: int | None = None
    at_least: int | None = None
    exactly: tuple[int, ...] = ()


class NamesInCommon(Strict):
    """At least `at_least` parts of the whole name, and the share `share` of the shorter name, are on both sides."""

    at_least: int = Field(ge=2)
    share: Share = 1.0


class Condition(Strict):
    """One test on a pair; exactly one word is set. A test on a null value fails."""

    equal: tuple[str, ...] = ()
    swapped: tuple[str, str] | None = None
    crossed: tuple[str, str] | None = None
    differs: str | None = None
    missing: str | None = None
    holds: str | None = None
    similar: Similar | None = None
    exchanged: Exchanged | None = None
    edits: Edits | None = None
    initial: str | None = None
    distance: Distance | None = None
    names_in_common: NamesInCommon | None = None
    identifier: str | None = None
    all_of: tuple[Condition, ...] = Field(default=(), alias="all")
    any_of: tuple[Condition, ...] = Field(default=(), alias="any")
    not_: Condition | None = Field(default=None, alias="not")

    @model_validator(mode="after")
    def _one_word(self) -> Condition:
        if len(self.model_fields_set) != 1:
            raise ValueError("a condition has exactly one test; join several with all or any")
        return self

    def fields(self) -> Iterator[str]:
        """The features that the condition reads."""
        yield from self.equal + (self.swapped or ()) + (self.crossed or ())
        yield from self.exchanged.fields if self.exchanged else ()
        yield from (name for name in (self.differs, self.missing, self.holds, self.initial) if name)
        yield from (test.field for test in (self.similar, self.edits, self.distance) if test)
        for condition in self.parts():
            yield from condition.fields()

    def parts(self) -> tuple[Condition, ...]:
        """The conditions inside this one."""
        return self.all_of + self.any_of + ((self.not_,) if self.not_ else ())

    def identifier_relations(self) -> Iterator[str]:
        """The relations between identifiers that the condition asks for."""
        if self.identifier:
            yield self.identifier
        for condition in self.parts():
            yield from condition.identifier_relations()


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
    other passes lean on it. `pairs_per_record`, where it is given, stands for that of all passes.
    """

    name: str
    key: tuple[str, ...] = Field(min_length=1)
    refine: tuple[str, ...] = ()
    one_lacks: str | None = None
    pairs_per_record: float | None = Field(default=None, gt=0)


class Blocking(Strict):
    """The passes, the largest block, and how many pairs a record a pass may propose before its cap falls."""

    max_block: int = Field(default=400, ge=2)
    pairs_per_record: float = Field(default=12.0, gt=0)
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
        faults = [*_comparison_faults(self.comparisons), *_pass_faults(self.blocking.passes)]
        if faults:
            raise ValueError("\n".join(faults))
        return self


def load_model(path: Path | None = None) -> Model:
    """Read the model at `path`, laid over the default model (`linkage.overlay`), or the default model itself.

    Raises `ModelError` with every fault.
    """
    document, faults = _read(DEFAULT_MODEL), list[str]()
    if path is not None:
        given = _read(path)
        faults = overlay_faults(document, given)
        document = laid_over(document, given)
        if isinstance(given.get("parameters"), str):
            document["parameters"] = str(path.parent / given["parameters"])
    try:
        model = Model.model_validate(document)
    except ValidationError as error:
        faults += [*_faults(error), *_faults_of_what_stands(document)]
    if faults:
        raise ModelError(str(path or DEFAULT_MODEL.name), list(dict.fromkeys(faults)))
    return model


def _faults_of_what_stands(document: dict[str, Any]) -> Iterator[str]:
    """What is wrong with the comparisons and passes that can be read, beside those that cannot."""
    blocking = document.get("blocking")
    yield from _comparison_faults(tuple(_standing(Comparison, document.get("comparisons"))))
    passes = blocking.get("passes") if isinstance(blocking, dict) else None
    yield from _pass_faults(tuple(_standing(BlockingPass, passes)))


def _standing(kind: type[Part], items: Any) -> Iterator[Part]:
    for item in items if isinstance(items, list) else []:
        with suppress(ValidationError):
            yield kind.model_validate(item)


def reduced(model: Model, present: set[str]) -> Model:
    """`model` without the comparisons and passes whose features no source has.

    Where no source has any, nothing is compared and every record is a person of its own.
    """
    comparisons = tuple(each for each in model.comparisons if present.intersection(each.known))
    passes = tuple(
        each.model_copy(update={"refine": tuple(part for part in each.refine if _has(part, present))})
        for each in model.blocking.passes
        if all(_has(part, present) for part in each.key)
    )
    return model.model_copy(
        update={"comparisons": comparisons, "blocking": model.blocking.model_copy(update={"passes": passes})}
    )


def frozen_to(whole: Model, present: Model, comparisons: tuple[str, ...]) -> Model:
    """`present` with the `comparisons` of the `whole` model that it was trained on, whatever the sources deliver now.

    A comparison of a field that is gone is null everywhere and says nothing; one that is new waits for a training.
    """
    trained = tuple(each for each in whole.comparisons if each.name in comparisons)
    return present.model_copy(update={"comparisons": trained})


def _has(part: str, present: set[str]) -> bool:
    return not present.isdisjoint(KEY_PARTS[part].needs)


def _read(path: Path) -> dict[str, Any]:
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelError(str(path), [f"the file cannot be read: {error.strerror}"]) from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise ModelError(str(path), ["the file is not YAML in UTF-8"]) from None
    if not isinstance(document, dict):
        raise ModelError(str(path), ["the file must hold sections such as comparisons and blocking"])
    return document


def _faults(error: ValidationError) -> Iterator[str]:
    for fault in error.errors():
        place = ".".join(str(part) for part in fault["loc"])
        for message in fault["msg"].removeprefix("Value error, ").splitlines():
            yield f"{place}: {message}" if place else message


def _comparison_faults(comparisons: tuple[Comparison, ...]) -> Iterator[str]:
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


def _pass_faults(passes: tuple[BlockingPass, ...]) -> Iterator[str]:
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
