"""The goals that institutions set themselves, as data: what the coordination scorecard is held against."""

from __future__ import annotations

from functools import cache
from itertools import chain
from pathlib import Path
from typing import Literal

import pyarrow as pa
from pydantic import Field

from warehouse.errors import RuleError
from warehouse.rules.pack import Strict
from warehouse.rules.reading import read_documents

GOALS = Path(__file__).resolve().parents[1] / "goals"

MEASURES = (
    "timeliness", "completeness", "validity", "link_rate", "known_to_others", "corrections_answered",
    "referrals_closed",
)  # fmt: skip
"""What the scorecard measures; of each, more is better."""

GOAL_COLUMNS = pa.schema([
    ("measure", pa.string()), ("goal", pa.float64()), ("level_of_government", pa.string()),
    ("institution", pa.string()),
])  # fmt: skip


class Goal(Strict):
    """What share of a measure is to be reached: by all, by one level of government, or by one institution."""

    measure: Literal[MEASURES]  # type: ignore[valid-type]
    goal: float = Field(gt=0, le=1)
    level_of_government: Literal["national", "subnational", "municipal", "non_state"] | None = None
    institution: str | None = None
    why: str = Field(min_length=3)


class Goals(Strict):
    """A file of them."""

    goals: tuple[Goal, ...]


@cache
def read_goals(folder: Path = GOALS) -> tuple[Goal, ...]:
    """Every goal of `folder`; raise `RuleError` with every fault, such as two goals for the same."""
    files, faults = read_documents(Goals, folder)
    goals = tuple(chain.from_iterable(file.goals for file in files))
    keys = [(goal.measure, goal.level_of_government, goal.institution) for goal in goals]
    faults += [
        f"{measure} has two goals for {institution or level or 'all'}; keep one"
        for measure, level, institution in sorted(set(keys), key=str)
        if keys.count((measure, level, institution)) > 1
    ]
    general = {goal.measure for goal in goals if goal.level_of_government is None and goal.institution is None}
    faults += [f"{measure} has no goal for all" for measure in MEASURES if measure not in general]
    if faults:
        raise RuleError(str(folder), faults)
    return goals


def goals_table(goals: tuple[Goal, ...]) -> pa.Table:
    """The goals as a relation, with the columns of `GOAL_COLUMNS`."""
    return pa.Table.from_pylist([goal.model_dump(exclude={"why"}) for goal in goals], schema=GOAL_COLUMNS)
