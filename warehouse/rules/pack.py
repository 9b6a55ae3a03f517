"""A rule pack: the rules of one programme in one time, as data that a lawyer can read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    ValidationError,
    field_validator,
    model_validator,
)  # fmt: skip
from pydantic_core import InitErrorDetails, PydanticCustomError

from warehouse.rules.metrics import METRICS

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.]*$")]
Kind = Literal[
    "co_responsibility", "eligibility", "update", "benefit", "deprivation", "target", "guarantee", "achievement",
    "stage",
]  # fmt: skip
Domain = Literal[
    "education", "health", "vaccination", "prenatal", "income", "update", "residence", "housing", "food",
    "social_security", "work", "identification", "family", "banking", "justice", "poverty",
]  # fmt: skip
Comparator = Literal["at_least", "at_most", "above", "below", "equals"]
Period = Literal["month", "bimonth", "semester", "year", "once"]
Answer = Literal[
    "enrolment", "benefit", "contribution", "attendance", "checkup", "known_to_health", "known_to_education",
]  # fmt: skip
Effect = Literal["none", "warn", "block", "suspend", "review"]
MONTHS = {"month": 1, "bimonth": 2, "semester": 6, "year": 12}
"""Months in a period; periods begin in January."""


class Strict(BaseModel):
    """A part of a pack: frozen, and without unknown words."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Citation(Strict):
    """Where the law says it; `url` is what was read."""

    text: str = Field(min_length=3)
    url: str | None = Field(default=None, pattern=r"^https?://")


class Rule(Strict):
    """One rule. Ages are whole years, from `age_min` until the day before `age_max_exclusive` is reached.

    `grace` counts months: from enrolment until the rule binds. `services` narrows check-ups to those service codes.
    `exempt_reasons` are the reasons of absence that excuse, `exempt_education_from` the level (ISCED) reached that
    ends the duty. A guarantee is `met_by` any of the answers named. The `effect` is a flag for a person to review,
    never a sanction. Deprivations of one `dimension` count once, and `minors` narrows a rule to households where some
    live, or none. A target may ask for an income below a poverty `line` too, and `includes` the dimension that must be
    among the deprivations. An amount for the `nth` member is for that one alone, the eldest of the age first.
    """

    id: Name
    title: str = Field(min_length=3)
    kind: Kind
    unit: Literal["person", "household"] = "person"
    domain: Domain
    age_min: int | None = Field(default=None, ge=0, le=120)
    age_max_exclusive: int | None = Field(default=None, ge=1, le=121)
    sex: Literal["female", "male"] | None = None
    metric: str
    comparator: Comparator
    threshold: float
    currency: str | None = Field(default=None, pattern=r"^[A-Z]{3}$")
    period: Period
    grace: int = Field(default=0, ge=0, le=120)
    services: tuple[str, ...] = ()
    exempt_reasons: tuple[str, ...] = ()
    exempt_education_from: int | None = Field(default=None, ge=0, le=8)
    met_by: tuple[Answer, ...] = ()
    dimension: Name | None = None
    minors: bool | None = None
    line: Name | None = None
    includes: Name | None = None
    nth: int | None = Field(default=None, ge=1)
    effect: Effect = "none"
    valid_from: date | None = None
    valid_to: date | None = None
    citation: Citation
    status: Literal["verified", "unverified"]

    @model_validator(mode="wrap")
    @classmethod
    def _unknown_metric_too(cls, given: Any, read: ModelWrapValidatorHandler[Rule]) -> Rule:
        """Where a part is missing or malformed the rule is not judged; that its metric is unknown is told even so."""
        try:
            return read(given)
        except ValidationError as error:
            metric = given.get("metric") if isinstance(given, dict) else None
            if not isinstance(metric, str) or metric in METRICS:
                raise
            told = [
                InitErrorDetails(type=fault["type"], loc=fault["loc"], input=fault["input"], ctx=fault.get("ctx", {}))
                for fault in error.errors()
            ]
            unknown = PydanticCustomError("unknown_metric", "{fault}", {"fault": _unknown(metric)})
            told.append(InitErrorDetails(type=unknown, loc=("metric",), input=metric))
            raise ValidationError.from_exception_data(error.title, told) from error

    @model_validator(mode="after")
    def _sound(self) -> Rule:
        faults = list(self._faults())
        if faults:
            raise ValueError("\n".join(faults))
        return self

    def _faults(self) -> Iterator[str]:
        yield from self._metric_faults()
        yield from self._order_faults()
        if (self.kind == "guarantee") != bool(self.met_by):
            yield "a guarantee, and nothing else, says what it is met_by"
        if self.dimension is not None and self.kind != "deprivation":
            yield "only a deprivation is of a dimension"
        if (self.line is not None or self.includes is not None) and self.kind != "target":
            yield "only a target asks for an income below a line, or for a deprivation among others"
        if self.kind == "co_responsibility" and self.period == "once":
            yield "a co-responsibility is verified by period; once is none"
        if self.status == "verified" and self.citation.url is None:
            yield "a verified rule needs the url of the text in which it was read"

    def _metric_faults(self) -> Iterator[str]:
        metric = METRICS.get(self.metric)
        if metric is None:
            yield _unknown(self.metric)
        elif metric.unit == "money" and self.currency is None:
            yield "an amount of money needs its currency"
        elif metric.measure == "ratio" and not 0 <= self.threshold <= 1:
            yield "a share lies between 0 and 1"

    def _order_faults(self) -> Iterator[str]:
        if self.age_min is not None and self.age_max_exclusive is not None and self.age_min >= self.age_max_exclusive:
            yield "age_min must lie below age_max_exclusive"
        if self.valid_from and self.valid_to and self.valid_from > self.valid_to:
            yield "valid_from lies after valid_to"


def _unknown(metric: str) -> str:
    return f"metric {metric!r} is unknown; known are {', '.join(METRICS)}"


class Pack(Strict):
    """The rules of a programme. `valid_from` and `valid_to` are the first and the last day; open where not known.

    `delivered_as` lists the codes by which sources name the programme in enrolments and benefits.
    """

    programme: Name
    version: Annotated[str, Field(min_length=1)]
    name: str = Field(min_length=3)
    country: str = Field(pattern=r"^([A-Z]{2}|INT)$")
    strategy: str | None = None
    delivered_as: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    rules: tuple[Rule, ...]

    @field_validator("rules")
    @classmethod
    def _some(cls, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        if not rules:
            raise ValueError("the pack holds no rule")
        return rules

    @property
    def key(self) -> str:
        """Programme and version."""
        return f"{self.programme}@{self.version}"

    def validity(self, rule: Rule) -> tuple[date, date]:
        """The first and the last day of `rule`: its own where it says so, within those of the pack."""
        first = max(rule.valid_from or date.min, self.valid_from or date.min)
        return first, min(rule.valid_to or date.max, self.valid_to or date.max)
