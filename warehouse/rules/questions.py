"""What questionnaires may ask, in the registry's words: a closed list that contracts map a source's own words to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Question:
    """One question: whether its answer is the whole household's or one person's, and what the number means."""

    unit: Literal["household", "person"]
    description: str


QUESTIONS = {
    "residents": Question("household", "Persons who live in the dwelling."),
    "rooms": Question("household", "Rooms of the dwelling."),
    "poor_materials": Question("household", "Of floor, roof and walls, those of precarious material."),
    "missing_services": Question("household", "Of water, drainage, electricity and clean fuel, those missing."),
    "food_insecurity": Question("household", "Answers that tell of food insecurity, on the scale of the country."),
    "assets": Question("household", "Of land, animals, tools, vehicle and premises, those that the household has."),
    "rural": Question("household", "1 where the dwelling lies in the country."),
    "household_income": Question("household", "What the household earns in a month, in the answer's currency."),
    "poverty_score": Question("household", "The score of the country's poverty register."),
    "attends_school": Question("person", "1 for who goes to school."),
    "without_health_access": Question("person", "1 for who has no right to any health service."),
    "trained": Question("person", "1 for who was trained for work in the last twelve months."),
    "seeks_work": Question("person", "1 for who has looked for work in the last month."),
}
"""Every question by its name; a question that is not listed is published and used by nothing."""
