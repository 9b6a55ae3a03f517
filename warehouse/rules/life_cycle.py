"""The life cycle as data: stages by age, which may overlap, and the ages at which something changes."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from warehouse.errors import RuleError
from warehouse.rules.pack import Citation, Name, Strict
from warehouse.rules.reading import read_documents

LIFE_CYCLES = Path(__file__).resolve().parents[1] / "life_cycle"


class Stage(Strict):
    """One stage, from `age_min` until the day before `age_max_exclusive` is reached; open at the end without it."""

    stage: Name
    age_min: int = Field(ge=0, le=120)
    age_max_exclusive: int | None = Field(default=None, ge=1, le=121)


class Transition(Strict):
    """An age at which rights or duties change, or a birth, which check-ups of those `services` tell beforehand."""

    transition: Name
    age: int | None = Field(default=None, ge=0, le=120)
    services: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one_way(self) -> Transition:
        if (self.age is None) != bool(self.services):
            raise ValueError("a transition is told by an age, or by services of check-ups")
        return self


class LifeCycle(Strict):
    """One way to divide a life. Stages may overlap, as those of Colombia do; each transition is an age, or a birth."""

    scheme: Name
    name: str = Field(min_length=3)
    stages: tuple[Stage, ...]
    transitions: tuple[Transition, ...] = ()
    status: Literal["verified", "unverified"]
    citation: Citation


@cache
def read_life_cycles(folder: Path = LIFE_CYCLES) -> tuple[LifeCycle, ...]:
    """Every life cycle of `folder`, by scheme; raise `RuleError` with every fault."""
    cycles, faults = read_documents(LifeCycle, folder)
    faults += [
        f"{cycle.scheme}: the stage {stage.stage} ends before it begins"
        for cycle in cycles
        for stage in cycle.stages
        if stage.age_max_exclusive is not None and stage.age_max_exclusive <= stage.age_min
    ]
    if faults:
        raise RuleError(str(folder), faults)
    return tuple(sorted(cycles, key=lambda cycle: cycle.scheme))
