"""Everything that really happened, gathered once and looked at by every institution."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sources.synthetic.addresses import Addresses, addresses
from sources.synthetic.arrays import Text, numbered, recent_months
from sources.synthetic.circumstances import Circumstances, circumstances
from sources.synthetic.clinic import Visits, checkups, vaccinations
from sources.synthetic.draws import Generator, generator
from sources.synthetic.interviews import Interviews, interviews
from sources.synthetic.population import Population, populate
from sources.synthetic.programmes import Enrolments, enrolments, kept_on
from sources.synthetic.school import Pupils, pupils
from sources.synthetic.supports import Supports, supports
from sources.synthetic.work import Jobs, jobs


@dataclass(frozen=True)
class World:
    """A population and its life up to `people.as_of`."""

    seed: int
    people: Population
    life: Circumstances
    addresses: Addresses
    jobs: Jobs
    pupils: Pupils
    checkups: Visits
    vaccinations: Visits
    enrolments: Enrolments
    supports: Supports
    interviews: Interviews
    person_ids: Text

    @property
    def month(self) -> str:
        """The month that every delivery describes."""
        return recent_months(self.people.as_of, 1)[0]

    def draws(self, stage: str) -> Generator:
        """The random numbers of one stage."""
        return generator(self.seed, stage)


def build_world(people: int, seed: int, as_of: int, progress: Callable[[str], None]) -> World:
    """A world of so many people; `progress` is told of each stage as it begins."""
    progress("population")
    everyone = populate(people, seed, as_of)
    progress("lives")
    life = circumstances(generator(seed, "circumstances"), everyone)
    work = jobs(generator(seed, "work"), everyone, life)
    school = pupils(generator(seed, "school"), everyone, life)
    kept = kept_on(generator(seed, "kept on"), everyone, life)
    return World(
        seed=seed,
        people=everyone,
        life=life,
        addresses=addresses(generator(seed, "addresses"), everyone),
        jobs=work,
        pupils=school,
        checkups=checkups(generator(seed, "checkups"), everyone),
        vaccinations=vaccinations(generator(seed, "vaccinations"), everyone),
        enrolments=enrolments(generator(seed, "programmes"), everyone, life, kept),
        supports=supports(generator(seed, "supports"), everyone, life),
        interviews=interviews(generator(seed, "interviews"), everyone, life, work, school),
        person_ids=numbered("P", generator(seed, "person ids").permutation(people), 9),
    )
