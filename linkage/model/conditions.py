"""Conditions of a level: what two records must agree on for a pair to reach it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

Share = Annotated[float, Field(ge=0, le=1)]


class Strict(BaseModel):
    """A part of a model file: frozen, and without unknown words."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


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
