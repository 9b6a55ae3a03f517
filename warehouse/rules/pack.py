"""A rule pack: the rules of one programme in one time, as data that a lawyer can read."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

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


T = TypeVar("T")


def _sound(value: T, is_sound: bool, fault: str) -> T:
    if not is_sound:
        raise ValueError(fault)
    return value


class Strict(BaseModel):
    """A part of a pack: frozen, and without unknown words."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Dated(Strict):
    """What is in force from the first day to the last; open where not known."""

    valid_from: date | None = None
    valid_to: date | None = None

    @field_validator("valid_to")
    @classmethod
    def _after_the_first_day(cls, last: date | None, read: ValidationInfo) -> date | None:
        first = read.data.get("valid_from")
        return _sound(last, first is None or last is None or first <= last, "valid_from lies after valid_to")

    def days_within(self, outer: Dated) -> tuple[date, date]:
        """The first and the last day on which both this and `outer` are in force."""
        first = max(self.valid_from or date.min, outer.valid_from or date.min)
        return first, min(self.valid_to or date.max, outer.valid_to or date.max)


class Citation(Strict):
    """Where the law says it; `url` is what was read."""

    text: str = Field(min_length=3)
    url: str | None = Field(default=None, pattern=r"^https?://")


class Rule(Dated):
    """One rule. Ages are whole years, from `age_min` until the day before `age_max_exclusive` is reached.

    `grace` counts months: from enrolment until the rule binds. `services` narrows check-ups to those service codes.
    `exempt_reasons` are the reasons of absence that excuse, `exempt_education_from` the level (ISCED) reached that
    ends the duty. A guarantee is `met_by` any of the answers named. The `effect` is a flag for a person to review,
    never a sanction. Deprivations of one `dimension` count once, and `minors` narrows a rule to households where some
    live, or none. A target may ask for an income below a poverty `line` too, and `includes` the dimension that must be
    among the deprivations. An amount for the `nth` member is for that one alone, the eldest of the age first.

    Each field is judged by those above it that can be read, so that all faults of a rule are told at once.
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
    threshold: float = Field(allow_inf_nan=False)
    currency: str | None = Field(default=None, pattern=r"^[A-Z]{3}$", validate_default=True)
    period: Period
    grace: int = Field(default=0, ge=0, le=120)
    services: tuple[str, ...] = ()
    exempt_reasons: tuple[str, ...] = ()
    exempt_education_from: int | None = Field(default=None, ge=0, le=8)
    met_by: tuple[Answer, ...] = Field(default=(), validate_default=True)
    dimension: Name | None = None
    minors: bool | None = None
    line: Name | None = None
    includes: Name | None = None
    nth: int | None = Field(default=None, ge=1)
    effect: Effect = "none"
    citation: Citation
    status: Literal["verified", "unverified"]

    @field_validator("age_max_exclusive")
    @classmethod
    def _above_age_min(cls, age: int | None, read: ValidationInfo) -> int | None:
        least = read.data.get("age_min")
        return _sound(age, age is None or least is None or least < age, "age_min must lie below age_max_exclusive")

    @field_validator("metric")
    @classmethod
    def _known(cls, metric: str) -> str:
        return _sound(metric, metric in METRICS, f"metric {metric!r} is unknown; known are {', '.join(METRICS)}")

    @field_validator("threshold")
    @classmethod
    def _share_of_one(cls, threshold: float, read: ValidationInfo) -> float:
        metric = METRICS.get(read.data.get("metric", ""))
        is_share = metric is not None and metric.unit == "share"
        return _sound(threshold, not is_share or 0 <= threshold <= 1, "a share lies between 0 and 1")

    @field_validator("currency")
    @classmethod
    def _of_money(cls, currency: str | None, read: ValidationInfo) -> str | None:
        metric = METRICS.get(read.data.get("metric", ""))
        is_money = metric is not None and metric.unit == "money"
        return _sound(currency, not is_money or currency is not None, "an amount of money needs its currency")

    @field_validator("period")
    @classmethod
    def _recurs(cls, period: Period, read: ValidationInfo) -> Period:
        is_duty = read.data.get("kind") == "co_responsibility"
        return _sound(period, not is_duty or period != "once", "a co-responsibility is verified by period: not once")

    @field_validator("met_by")
    @classmethod
    def _of_a_guarantee(cls, answers: tuple[Answer, ...], read: ValidationInfo) -> tuple[Answer, ...]:
        kind = read.data.get("kind")
        is_told = kind is None or (kind == "guarantee") == bool(answers)
        return _sound(answers, is_told, "a guarantee, and nothing else, says what it is met_by")

    @field_validator("dimension")
    @classmethod
    def _of_a_deprivation(cls, dimension: str | None, read: ValidationInfo) -> str | None:
        is_one = dimension is None or read.data.get("kind", "deprivation") == "deprivation"
        return _sound(dimension, is_one, "only a deprivation is of a dimension")

    @field_validator("line", "includes")
    @classmethod
    def _of_a_target(cls, asked: str | None, read: ValidationInfo) -> str | None:
        is_one = asked is None or read.data.get("kind", "target") == "target"
        return _sound(asked, is_one, "only a target asks for an income below a line, or for a deprivation among others")

    @field_validator("status")
    @classmethod
    def _read_somewhere(cls, status: str, read: ValidationInfo) -> str:
        citation = read.data.get("citation")
        is_read = status != "verified" or citation is None or citation.url is not None
        return _sound(status, is_read, "a verified rule needs the url of the text in which it was read")


class Pack(Dated):
    """The rules of a programme.

    `delivered_as` lists the codes by which sources name the programme in enrolments and benefits.
    """

    programme: Name
    version: Annotated[str, Field(min_length=1)]
    name: str = Field(min_length=3)
    country: str = Field(pattern=r"^([A-Z]{2}|INT)$")
    strategy: str | None = None
    delivered_as: tuple[str, ...] = ()
    rules: tuple[Rule, ...]

    @field_validator("rules")
    @classmethod
    def _some(cls, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        return _sound(rules, bool(rules), "the pack holds no rule")

    @property
    def key(self) -> str:
        """Programme and version."""
        return f"{self.programme}@{self.version}"

    def validity(self, rule: Rule) -> tuple[date, date]:
        """The first and the last day of `rule`: its own where it says so, within those of the pack."""
        return rule.days_within(self)
