"""Age heaping: how far ages crowd on those that end in 0 and 5, as they do where people round or clerks guess.

Whipple's index is 500 times the people aged 25, 30, …, 60 by those aged 23 to 62; 100 is no heaping, 500 nothing
else. The words for its ranges are those of the United Nations (Demographic Yearbook).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from warehouse.session import open_session
from warehouse.settings import Settings
from warehouse.storage import read_table
from warehouse.tables import RECORDS

FIRST, LAST, STEP = 23, 62, 5
FEWEST = 100
JUDGEMENTS = ((105, "highly accurate"), (110, "fairly accurate"), (125, "approximate"), (175, "rough"))
WORST = "very rough"


@dataclass(frozen=True)
class AgeCounts:
    """How many people of each age a source tells of, and which share of its birth dates is a default."""

    counts: Mapping[int, int]
    default_dates: float = 0.0

    @property
    def people(self) -> int:
        """Everybody whose age is known."""
        return sum(self.counts.values())

    @property
    def judged(self) -> int:
        """The people whose ages the index is made of."""
        return sum(count for age, count in self.counts.items() if FIRST <= age <= LAST)

    @property
    def whipple(self) -> float | None:
        """Whipple's index; None where fewer than a hundred people are of its ages."""
        if self.judged < FEWEST:
            return None
        heaped = sum(count for age, count in self.counts.items() if FIRST <= age <= LAST and age % STEP == 0)
        return 100 * STEP * heaped / self.judged

    @property
    def judgement(self) -> str:
        """What the index says of the ages."""
        if self.whipple is None:
            return f"fewer than {FEWEST} people aged {FIRST} to {LAST}"
        return next((word for limit, word in JUDGEMENTS if self.whipple < limit), WORST)


def age_counts(records: Sequence[Path], settings: Settings) -> AgeCounts:
    """The ages in the standard records at `records`, in whole years between birth and the day of the delivery."""
    relation = read_table(RECORDS, *records)
    day = "coalesce(as_of_date, updated_date, current_date)"
    age = f"coalesce(date_sub('year', birth_date, {day}), year({day}) - birth_year)"
    with open_session(settings) as connection:
        ages = connection.sql(f"select {age}, count(*) from {relation} where birth_year is not null group by 1")
        counts = {int(years): int(people) for years, people in ages.fetchall()}
        ((share,),) = connection.sql(
            f"select coalesce(avg(birth_date_is_default::integer), 0) from {relation} where birth_date is not null"
        ).fetchall()
    return AgeCounts(counts, float(share))
