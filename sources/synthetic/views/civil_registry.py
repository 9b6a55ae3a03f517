"""The civil registry: births and deaths as entered in its books; Parquet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import pyarrow as pa

from sources.synthetic.arrays import NEVER, day_number, numbered, optional_dates
from sources.synthetic.draws import happens
from sources.synthetic.fields import contact, identity, names
from sources.synthetic.files import Columns, write_parquet
from sources.synthetic.office import Delivered, Office, cut_rows
from sources.synthetic.places import places
from sources.synthetic.rolls import Roll, listed, roll
from sources.synthetic.vocabulary import CAPITALS

FIRST_BIRTH_BOOK = day_number(date(1935, 1, 1))
FIRST_DEATH_BOOK = day_number(date(1985, 1, 1))
BIRTH_ENTERED_RATE = 0.96
DEATH_ENTERED_RATE = 0.90
MEAN_DAYS_TO_BIRTH_ENTRY = 120
MEAN_DAYS_TO_DEATH_ENTRY = 12


def deliver(office: Office) -> Iterator[Delivered]:
    """The books of births, then those of deaths."""
    yield _births(office)
    yield _deaths(office)


def _births(office: Office) -> Delivered:
    people, rng, rates = office.world.people, office.draws("births"), office.rates("civil_registry_births")
    entered = people.kin.birth + (rng.exponential(MEAN_DAYS_TO_BIRTH_ENTRY, len(people))).astype(np.int64)
    known = ~people.migrant & (people.kin.birth >= FIRST_BIRTH_BOOK) & (entered <= people.as_of)
    members = np.flatnonzero(known & happens(rng, BIRTH_ENTERED_RATE, len(people)))
    person = listed(rng, members, rates)
    keys = numbered("N", np.arange(len(person)) + 1, 10)
    register = roll(office.world, rng, person, keys, rates, entered[person])
    office.ledger.enter("civil_registry_births", register)
    office.ledger.happened("birth", np.arange(len(people)), start_date=optional_dates(people.kin.birth))
    unions = np.flatnonzero(people.kin.union != NEVER)
    office.ledger.happened("union", unions, start_date=optional_dates(people.kin.union[unions]))
    cut = cut_rows(rng, len(person), rates.cut_rows)
    file = office.file("births", ".parquet")
    write_parquet(file, _birth_columns(register), cut)
    return office.delivered("births", file, len(person), cut)


def _birth_columns(register: Roll) -> Columns:
    people = register.world.people
    return {
        **_person_columns(register),
        "municipio_nacimiento": places().codes.take(pa.array(people.birthplace[register.person])),
        "madre": names.relative_name(register, people.kin.mother, CAPITALS),
        "padre": names.relative_name(register, people.kin.father, CAPITALS),
        "fecha_registro": optional_dates(register.seen),
    }


def _deaths(office: Office) -> Delivered:
    people, rng, rates = office.world.people, office.draws("deaths"), office.rates("civil_registry_deaths")
    entered = people.kin.death + (rng.exponential(MEAN_DAYS_TO_DEATH_ENTRY, len(people))).astype(np.int64)
    known = (people.kin.death >= FIRST_DEATH_BOOK) & (entered <= people.as_of)
    person = listed(rng, np.flatnonzero(known & happens(rng, DEATH_ENTERED_RATE, len(people))), rates)
    keys = numbered("D", np.arange(len(person)) + 1, 10)
    register = roll(office.world, rng, person, keys, rates, entered[person])
    office.ledger.enter("civil_registry_deaths", register)
    dead = np.flatnonzero(~people.alive)
    office.ledger.happened("death", dead, start_date=optional_dates(people.kin.death[dead]))
    cut = cut_rows(rng, len(person), rates.cut_rows)
    file = office.file("deaths", ".parquet")
    write_parquet(file, _death_columns(register), cut)
    return office.delivered("deaths", file, len(person), cut)


def _death_columns(register: Roll) -> Columns:
    people = register.world.people
    return {
        **_person_columns(register),
        "fecha_defuncion": optional_dates(people.kin.death[register.person]),
        "municipio": contact.municipality(register),
        "fecha_registro": optional_dates(register.seen),
    }


def _person_columns(register: Roll) -> Columns:
    born = identity.birth_days(register)
    return {
        "acta": register.keys,
        "curp": identity.curp(register),
        "nombre": names.given_names(register, CAPITALS),
        "primer_apellido": names.surname_1(register, CAPITALS),
        "segundo_apellido": names.surname_2(register, CAPITALS),
        "fecha_nacimiento": optional_dates(np.where(register.faults["birth_date_impossible"], NEVER, born)),
        "sexo": identity.sex(register, "H", "M"),
    }
