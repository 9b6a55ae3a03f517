"""What a rule may measure: a closed list, each metric with its unit and the kind of event that tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Measure = Literal["ratio", "missed", "count"]


@dataclass(frozen=True)
class Metric:
    """One metric. `evidence` is the kind of event it is computed from, and `measure` how.

    A `ratio` is days present by days expected, `missed` their difference, a `count` the number of events.
    What a questionnaire asks (`answer`) or several sources tell together (`several`) has no measure over a period.
    A metric without evidence may stand in a pack, but no event that institutions deliver tells it yet.
    """

    unit: str
    description: str
    evidence: str | None = None
    measure: Measure | None = None

    @property
    def is_observed(self) -> bool:
        """Events that institutions deliver tell it."""
        return self.evidence is not None


METRICS = {
    "attendance_rate": Metric("share", "Days at school by days on which it was open.", "attendance", "ratio"),
    "absences": Metric("days", "Days missed at school; without a reason given, all count.", "attendance", "missed"),
    "checkups": Metric("visits", "Health check-ups of the services that the rule names.", "checkup", "count"),
    "vaccination_calendar": Metric("share", "Doses given by doses due under the national calendar."),
    "prenatal_checkups": Metric("visits", "Check-ups in a pregnancy."),
    "months_since_update": Metric("months", "Months since the household's data were last confirmed."),
    "age": Metric("years", "Whole years since birth."),
    "income_per_capita": Metric("money", "The household's monthly income by its members.", "several"),
    "months_in_protection": Metric("months", "Months since income rose above the programme's line."),
    "months_of_residence": Metric("months", "Months lived in the district."),
    "poverty_score": Metric("points", "The score of the country's poverty register.", "answer"),
    "contributes": Metric("persons", "Members who contribute to the general social insurance."),
    "deprivations": Metric("deprivations", "Deprivations of the six that are measured.", "several"),
    "years_of_schooling_lag": Metric("persons", "Persons without the schooling compulsory at their age.", "several"),
    "without_health_access": Metric("persons", "Persons without affiliation or right to a health service.", "several"),
    "without_social_security": Metric("persons", "Persons without social security, of their own or by kin.", "several"),
    "persons_per_room": Metric("persons", "Persons by room of the dwelling.", "answer"),
    "poor_materials": Metric("elements", "Floor, roof or walls of materials that count as precarious.", "answer"),
    "missing_services": Metric("services", "Of water, drainage, electricity and clean fuel, those missing.", "answer"),
    "food_insecurity": Metric("items", "Answers that tell of food insecurity, on the scale of the country.", "answer"),
    "benefit_amount": Metric("money", "What is paid."),
    "achievements": Metric("achievements", "Achievements of the dimension that the family has reached."),
    "basic_income_security": Metric("guarantee", "Income security at the level that the country defines."),
    "essential_health_care": Metric("guarantee", "Access to essential health care, maternity included."),
    "services_of_axis": Metric("services", "Services of the axis that the person receives."),
}
"""Every metric by its name."""
