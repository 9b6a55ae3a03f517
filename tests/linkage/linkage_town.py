"""An invented town: families, six sources that know them in part, the faults of clerks, and the truth.

It is built apart from the sample institutions, person by person and in another way, so that what is measured on the one
can be confirmed on the other. Names are made of syllables and spread as names are: few common, many rare.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa

from warehouse.storage import write_table
from warehouse.tables import RECORD_IDENTIFIERS, RECORDS

SYLLABLES = [c + v for c in "BCDFGHJLMNPQRSTVZ" for v in "AEIOU"]
ENDINGS = ["EZ", "OZ", "INI", "ERO", "ANO", "ES", "AR", "IA", "OS", "ANI"]
SCHEME = "xx.number"


@dataclass
class Person:
    key: int
    sex: str
    given: list[str]
    surnames: list[str]
    born: dt.date
    home: Home
    number: str
    mother: Person | None = None
    father: Person | None = None
    husband: Person | None = None


@dataclass
class Home:
    key: int
    street: str
    door: int
    town: str
    phone: str
    members: list[Person] = field(default_factory=list)


class Town:
    """`homes` families, all drawn from `seed`."""

    def __init__(self, homes: int, seed: int) -> None:
        self.rng = random.Random(seed)
        self.given = {sex: self._names(220, 2, last) for sex, last in (("female", "A"), ("male", "O"))}
        self.surnames = [name + self.rng.choice(ENDINGS) for name in self._names(2500, 2, "")]
        self.streets = self._names(max(60, homes // 12), 3, "")
        self.towns = self._names(25, 3, "")
        self.people: list[Person] = []
        for key in range(homes):
            self._settle(key)

    def _names(self, count: int, syllables: int, last: str) -> list[str]:
        names: dict[str, None] = {}
        while len(names) < count:
            word = "".join(self.rng.choices(SYLLABLES, k=self.rng.choice([syllables, syllables, syllables + 1])))
            names[word + (self.rng.choice("RLNS") + last if last else self.rng.choice(["", "R", "N"]))] = None
        return list(names)

    def _common(self, names: list[str]) -> str:
        """Zipf: the name of rank r is drawn about 1 / r as often as the first."""
        return names[min(int(len(names) ** self.rng.random()) - 1, len(names) - 1)]

    def _settle(self, key: int) -> None:
        rng = self.rng
        home = Home(key, self._common(self.streets), rng.randrange(1, 400), self._common(self.towns), _digits(rng, 9))
        mother = self._person(home, "female", rng.randrange(1945, 2000), [self._surname(), self._surname()])
        father = None
        if rng.random() < 0.75:
            father = self._person(
                home, "male", mother.born.year - rng.randrange(-4, 10), [self._surname(), self._surname()]
            )
            mother.husband = father if rng.random() < 0.3 else None
        born = mother.born.year + rng.randrange(17, 30)
        for _ in range(rng.choice([0, 1, 1, 2, 2, 3, 4])):
            born += rng.randrange(1, 5)
            for _ in range(2 if rng.random() < 0.012 else 1):
                if born < 2024:
                    self._child(home, mother, father, born)

    def _surname(self) -> str:
        return self._common(self.surnames)

    def _child(self, home: Home, mother: Person, father: Person | None, born: int) -> None:
        surnames = [father.surnames[0], mother.surnames[0]] if father else [mother.surnames[0], mother.surnames[1]]
        twin = self.people[-1] if self.people[-1].home is home and self.people[-1].born.year == born else None
        child = self._person(home, self.rng.choice(["female", "male"]), born, surnames)
        child.mother, child.father = mother, father
        child.born = twin.born if twin else child.born
        if father and child.sex == "male" and self.rng.random() < 0.08:
            child.given = list(father.given)

    def _person(self, home: Home, sex: str, year: int, surnames: list[str]) -> Person:
        rng = self.rng
        given = [self._common(self.given[sex]) for _ in range(rng.choice([1, 2, 2]))]
        born = dt.date(year, 1, 1) + dt.timedelta(days=rng.randrange(365))
        person = Person(len(self.people), sex, list(dict.fromkeys(given)), surnames, born, home, _digits(rng, 10))
        self.people.append(person)
        home.members.append(person)
        return person


@dataclass(frozen=True)
class Source:
    """What one source knows: the share of people it covers, their ages, its fields and how careless it is."""

    name: str
    coverage: float
    ages: tuple[int, int]
    fields: frozenset[str]
    error: float
    numbered: float = 0.0
    repeats: float = 0.0


def _fields(text: str) -> frozenset[str]:
    return frozenset(text.split())


SOURCES = (
    Source("roll", 0.55, (0, 99), _fields("names born sex address phone town household"), 0.05, 0.85, 0.03),
    Source("labour", 0.5, (16, 75), _fields("names born sex"), 0.03, 0.97),
    Source("clinic", 0.5, (0, 99), _fields("whole born sex phone town mother"), 0.08, 0.6, 0.05),
    Source("school", 0.8, (5, 18), _fields("names born sex town mother father"), 0.05, 0.3),
    Source("tax", 0.35, (18, 99), _fields("names address town"), 0.02, 1.0),
    Source("charity", 0.12, (0, 99), _fields("whole phone town"), 0.08),
)


class Clerk:
    """Writes people down for one source, with that source's faults."""

    def __init__(self, town: Town, source: Source, seed: int) -> None:
        self.town, self.source, self.rng = town, source, random.Random(f"{seed}/{source.name}")

    def slips(self, times: float = 1.0) -> bool:
        return self.rng.random() < self.source.error * times

    def write(self, person: Person) -> tuple[dict[str, object], tuple[str, bool] | None]:
        known = self.source.fields
        given, one, two = self._names(person)
        row: dict[str, object] = {"given_names_std": given, "surname_1_std": one, "surname_2_std": two}
        if "whole" in known:
            row = self._split(f"{given} {one} {two or ''}".split())
        else:
            row |= {"given_names": given, "surname_1": one, "surname_2": two}
        return row | self._nature(person) | self._home(person.home) | self._parents(person), self._number(person)

    def _nature(self, person: Person) -> dict[str, object]:
        known, row = self.source.fields, {}
        if "born" in known and not self.slips():
            row |= self._born(person.born)
        if "sex" in known:
            row["sex"] = person.sex if not self.slips(0.2) else "male"
        return row

    def _home(self, home: Home) -> dict[str, object]:
        known, row = self.source.fields, {}
        if "phone" in known and self.rng.random() < 0.8:
            row["phone_std"] = home.phone if self.rng.random() < 0.75 else _digits(self.rng, 9)
        if "town" in known and not self.slips():
            row["municipality_std"] = home.town if self.rng.random() < 0.95 else self.rng.choice(self.town.towns)
        if "address" in known and not self.slips(2):
            row["address_std"] = self._address(home)
        if "household" in known:
            row["household_key"] = f"{self.source.name}:{home.key}"
        return row

    def _parents(self, person: Person) -> dict[str, object]:
        row = {}
        for parent in sorted(self.source.fields & {"mother", "father"}):
            relative = getattr(person, parent)
            if relative and not self.slips(2):
                row[f"{parent}_name_std"] = " ".join([relative.given[0], relative.surnames[0]])
        return row

    def _names(self, person: Person) -> tuple[str, str, str | None]:
        given = list(person.given)
        if len(given) == 2 and self.slips(2.5):
            given = [self.rng.choice([given[0], given[0], given[1]])]
        one, two = person.surnames
        if person.husband and self.slips(5):
            two = person.husband.surnames[0]
        if self.slips(0.3):
            one, two = two, one
        given = [self._mishear(name) for name in given]
        missing = self.slips(2)
        return " ".join(given), self._mishear(one), None if missing else self._mishear(two)

    def _mishear(self, word: str) -> str:
        if not self.slips(0.6) or len(word) < 3:
            return word
        for one, other in (("Z", "S"), ("V", "B"), ("LL", "Y"), ("QU", "C"), ("H", "")):
            if one in word and self.rng.random() < 0.5:
                return word.replace(one, other, 1)
        place = self.rng.randrange(1, len(word) - 1)
        letter = self.rng.choice("AEIORNSL")
        return self.rng.choice(
            [
                word[:place] + word[place + 1 :],
                word[:place] + letter + word[place + 1 :],
                word[:place] + word[place + 1] + word[place] + word[place + 2 :],
                word[:place] + letter + word[place:],
            ]
        )

    def _split(self, tokens: list[str]) -> dict[str, object]:
        """One field cut by rule: the last two words are surnames, which fails where one is missing."""
        whole = " ".join(tokens)
        if len(tokens) >= 3:
            return {
                "full_name": whole,
                "given_names_std": " ".join(tokens[:-2]),
                "surname_1_std": tokens[-2],
                "surname_2_std": tokens[-1],
            }
        return {"full_name": whole, "given_names_std": tokens[0], "surname_1_std": tokens[-1]}

    def _born(self, born: dt.date) -> dict[str, object]:
        if self.slips(0.3) and born.day <= 12:
            born = dt.date(born.year, born.day, born.month)
        elif self.slips(0.3):
            born = dt.date(born.year + self.rng.choice([-10, -1, 1, 10]), born.month, min(born.day, 28))
        elif self.slips(0.3):
            born = dt.date(born.year, born.month, self.rng.randrange(1, 29))
        elif self.slips(0.3):
            born = dt.date(born.year, 1, 1)
        default = born.day == 1 and born.month in (1, 7)
        return {"birth_date": born, "birth_year": born.year, "birth_date_is_default": default}

    def _address(self, home: Home) -> str:
        if self.rng.random() < 0.08:
            return f"{self.town.streets[self.rng.randrange(len(self.town.streets))]} {self.rng.randrange(1, 400)}"
        return f"{self._mishear(home.street)} {home.door}"

    def _number(self, person: Person) -> tuple[str, bool] | None:
        if self.rng.random() > self.source.numbered:
            return None
        if 2026 - person.born.year < 14 and person.mother and self.rng.random() < 0.06:
            return person.mother.number, True
        if self.slips(0.3):
            place = self.rng.randrange(10)
            wrong = str((int(person.number[place]) + self.rng.randrange(1, 9)) % 10)
            return person.number[:place] + wrong + person.number[place + 1 :], False
        return person.number, True


def write_town(
    connection: duckdb.DuckDBPyConnection, folder: Path, homes: int, seed: int, sources: tuple[Source, ...] = SOURCES
) -> int:
    """Write records.parquet, ids.parquet and truth.parquet (record_id, person, home) to `folder`; return the rows."""
    town = Town(homes, seed)
    rows: list[dict[str, object]] = []
    numbers: list[dict[str, object]] = []
    truth: list[dict[str, object]] = []
    for source in sources:
        clerk = Clerk(town, source, seed)
        for person in town.people:
            age = 2026 - person.born.year
            if not source.ages[0] <= age <= source.ages[1] or clerk.rng.random() > source.coverage:
                continue
            for _ in range(2 if clerk.rng.random() < source.repeats else 1):
                record_id = f"{source.name}-{len(rows):07d}"
                row, number = clerk.write(person)
                origin = {"record_id": record_id, "source": source.name, "record_key": record_id}
                rows.append(origin | {"contract_id": source.name, "delivery_id": "first", "faults": []} | row)
                truth.append({"record_id": record_id, "person": str(person.key), "home": str(person.home.key)})
                if number:
                    value = {
                        "record_id": record_id,
                        "scheme": SCHEME,
                        "identifier_std": number[0],
                        "is_valid": number[1],
                    }
                    numbers.append(value)
    clerk_order = random.Random(seed)
    clerk_order.shuffle(rows)
    for table, values, name in ((RECORDS, rows, "records"), (RECORD_IDENTIFIERS, numbers, "ids")):
        connection.register("written", pa.Table.from_pylist(values, schema=table.schema))
        write_table(connection, table, "select * from written", folder / f"{name}.parquet")
        connection.unregister("written")
    connection.register("written", pa.Table.from_pylist(truth))
    connection.execute(f"copy (select * from written) to '{folder / 'truth.parquet'}'")
    connection.unregister("written")
    return len(rows)


def _digits(rng: random.Random, count: int) -> str:
    return str(rng.randrange(1, 10)) + "".join(str(rng.randrange(10)) for _ in range(count - 1))
