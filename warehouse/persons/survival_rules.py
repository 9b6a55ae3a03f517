"""The declared rules of survivorship, read strictly."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

Criterion = Literal["validity", "agreement", "trust", "recency"]

RULES = Path(__file__).with_name("survivorship.yaml")


class FieldRule(BaseModel):
    """How one field of the golden record is chosen; see `survivorship.yaml` for the meaning of each part."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    column: str
    trust: str
    criteria: tuple[Criterion, ...]
    valid: str = "true"
    states: bool = False
    follows: str | None = None
    derived_by: Literal["year"] | None = Field(default=None, alias="as")

    @property
    def is_tested(self) -> bool:
        """Whether a value may fail the field's own test."""
        return self.valid != "true"


@cache
def survival_rules() -> dict[str, FieldRule]:
    """Field of the golden record → its rule, in alphabetical order."""
    declared = yaml.safe_load(RULES.read_text(encoding="utf-8"))["fields"]
    return {field: FieldRule.model_validate(declared[field]) for field in sorted(declared)}
