"""Finance: the taxpayers, and the income they declared; CSV in UTF-8."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sources.synthetic.arrays import (
    Bools,
    Floats,
    Ints,
    Text,
    blanked,
    chosen,
    days_from_parts,
    joined,
    numbered,
    optional_dates,
    written_days,
    year_of,
)
from sources.synthetic.draws import Generator, happens, whole
from sources.synthetic.fields import contact, identity, names
from sources.synthetic.files import Columns, row_count, write_csv
from sources.synthetic.given_names import given_names as given_words
from sources.synthetic.office import Delivered, Office, cut_rows, no_rows
from sources.synthetic.rolls import Roll, listed, roll, still_listed
from sources.synthetic.surnames import surnames as surname_words
from sources.synthetic.vocabulary import CAPITALS, TELEX, UNACCENTED

DAY = "%Y-%m-%d"
TAXPAYER_RATE = {True: 0.85, False: 0.12}
"""Of those who ever held a formal job in the last years, and of the others who work."""

GENERIC_RFC = "XEXX010101000"
GENERIC_RFC_RATE = 0.4
"""Of migrants, who are entered under the number kept for foreigners."""

EMAIL_RATE = 0.6
YEARS_DECLARED = 2
DECLARED_RATE = 0.8


def deliver(office: Office) -> Iterator[Delivered]:
    """The taxpayers, then their declarations of the last two years."""
    world, rng, rates = office.world, office.draws("taxpayers"), office.rates()
    wage, formal = _income(office)
    rate = np.where(formal, TAXPAYER_RATE[True], TAXPAYER_RATE[False]) * (wage > 0)
    members = happens(rng, rate, len(world.people)) & still_listed(rng, world.people, rates)
    person = listed(rng, np.flatnonzero(members), rates)
    register = roll(world, rng, person, numbered("T", np.arange(len(person)) + 1, 9), rates)
    office.ledger.enter("finance", register)
    yield _write(office, "taxpayers", _taxpayers(register, formal), cut_rows(rng, len(person), rates.cut_rows))
    yield _write(office, "declarations", _declarations(rng, office, register, wage, formal), no_rows())


def _write(office: Office, dataset: str, columns: Columns, cut: Ints) -> Delivered:
    file = office.file(dataset, ".csv")
    write_csv(file, columns, cut, delimiter=",")
    return office.delivered(dataset, file, row_count(columns), cut)


def _income(office: Office) -> tuple[Floats, Bools]:
    """Each person's best monthly wage, 0 for none, and whether a job of theirs was formal."""
    jobs, size = office.world.jobs, len(office.world.people)
    wage, formal = np.zeros(size), np.zeros(size, dtype=bool)
    np.maximum.at(wage, jobs.person, jobs.wage)
    formal[jobs.person[jobs.formal]] = True
    return wage, formal


def _taxpayers(register: Roll, formal: Bools) -> Columns:
    people = register.world.people
    foreigner = people.migrant[register.person] & happens(register.rng, GENERIC_RFC_RATE, len(register))
    return {
        "contribuyente": register.keys,
        "rfc": chosen(foreigner, GENERIC_RFC, people.numbers.rfc.take(pa.array(register.person))),
        "curp": identity.curp(register),
        "nombre": names.given_names(register, CAPITALS),
        "primer_apellido": names.surname_1(register, CAPITALS),
        "segundo_apellido": names.surname_2(register, CAPITALS),
        "fecha_nacimiento": identity.birth_date(register, DAY),
        "domicilio_fiscal": contact.address_line(register, CAPITALS),
        "codigo_postal": contact.postal_code(register),
        "municipio": contact.municipality(register),
        "correo": _email(register),
        "regimen": chosen(formal[register.person], "sueldos", "actividad_propia"),
        "actualizado": identity.seen_date(register, DAY),
    }


def _email(register: Roll) -> Text:
    """given.surname and two digits, at a domain that can never exist."""
    names = register.world.people.names
    given = given_words().vocabulary.written(names.given_1[register.person], TELEX, UNACCENTED)
    family = surname_words().vocabulary.written(names.surname_1[register.person], TELEX, UNACCENTED)
    number = numbered("", register.person * 7_919 % 100, 2)
    local = pc.replace_substring(pc.ascii_lower(joined(given, ".", family, number)), " ", "")
    return blanked(~happens(register.rng, EMAIL_RATE, len(register)), joined(local, "@correo.example"))


def _declarations(rng: Generator, office: Office, register: Roll, wage: Floats, formal: Bools) -> Columns:
    """One a taxpayer and year; what is declared is near the year's wages, or well under them."""
    taxpayers = np.flatnonzero(register.row_of_person()[register.person] == np.arange(len(register)))
    row = np.repeat(taxpayers, YEARS_DECLARED)
    this_year = int(year_of(np.array([office.world.people.as_of]))[0])
    year = this_year - 1 - np.tile(np.arange(YEARS_DECLARED), len(taxpayers))
    made = happens(rng, DECLARED_RATE, len(row))
    row, year = row[made], year[made]
    person = register.person[row]
    honesty = np.where(formal[person], rng.normal(1.0, 0.03, len(row)), rng.uniform(0.3, 1.0, len(row)))
    amount = np.round(wage[person] * 12 * honesty, 2)
    four = np.full(len(row), 4)
    day = days_from_parts(year + 1, four, whole(rng, 1, 30, len(row)))
    office.ledger.happened(
        "tax", person, start_date=optional_dates(day), period=numbered("", year, 4), amount=pa.array(amount)
    )
    return {
        "declaracion": numbered("F", np.arange(len(row)) + 1, 10),
        "contribuyente": register.keys.take(pa.array(row)),
        "ejercicio": numbered("", year, 4),
        "presentada": written_days(day, DAY),
        "ingreso": pa.array(amount),
        "moneda": pa.repeat("MXN", len(row)),
        "regimen": chosen(formal[person], "sueldos", "actividad_propia"),
    }
