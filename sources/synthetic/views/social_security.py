"""Social security: the affiliates of the contributory scheme, and their periods of contribution; fixed width."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa

from sources.synthetic.arrays import (
    Floats,
    Ints,
    Text,
    days_from_parts,
    joined,
    numbered,
    optional_dates,
    written_days,
    year_of,
)
from sources.synthetic.draws import Generator, happens, ordinals
from sources.synthetic.fields import contact, identity, names
from sources.synthetic.files import Columns, row_count, write_fixed_width
from sources.synthetic.office import Delivered, Office, cut_rows, no_rows
from sources.synthetic.population import COUNTRIES, HOME_COUNTRY
from sources.synthetic.rolls import Roll, listed, roll, still_listed
from sources.synthetic.vocabulary import ABBREVIATED, TELEX
from sources.synthetic.work import Jobs

DAY = "%Y%m%d"
AFFILIATED_RATE = 0.96
EVADED_RATE = 0.06
"""Of formal spells here, for which nothing was ever paid."""

CONTRIBUTION_SHARE = 0.0625
AFFILIATE_WIDTHS = {
    "REGISTRO": 10, "NSS": 11, "CURP": 18, "PATERNO": 30, "MATERNO": 30, "NOMBRE": 40, "NACIMIENTO": 8, "SEXO": 1,
    "DOMICILIO": 60, "MUNICIPIO": 5, "CP": 5, "TELEFONO": 10, "PAIS": 2, "DOC_EXTRANJERO": 10, "ACTUALIZADO": 8,
}  # fmt: skip
CONTRIBUTION_WIDTHS = {
    "CLAVE": 12, "REGISTRO": 10, "INICIO": 8, "FIN": 8, "DIAS": 5, "PAIS": 2, "REGIMEN": 12, "PATRON": 8, "IMPORTE": 12,
    "MONEDA": 3,
}  # fmt: skip


def deliver(office: Office) -> Iterator[Delivered]:
    """Everyone who ever held a formal job, here or in a country with which there is a treaty; and what was paid."""
    world, rng, rates = office.world, office.draws("affiliates"), office.rates()
    formal = world.jobs.only(world.jobs.formal)
    ever = np.zeros(len(world.people), dtype=bool)
    ever[formal.person] = True
    members = ever & still_listed(rng, world.people, rates) & happens(rng, AFFILIATED_RATE, len(ever))
    person = listed(rng, np.flatnonzero(members), rates)
    register = roll(world, rng, person, numbered("A", np.arange(len(person)) + 1, 9), rates)
    office.ledger.enter("social_security", register)
    cut = cut_rows(rng, len(person), rates.cut_rows)
    yield _write(office, "affiliates", _affiliates(register), AFFILIATE_WIDTHS, cut)
    yield _write(office, "contributions", _contributions(rng, office, register, formal), CONTRIBUTION_WIDTHS, no_rows())


def _write(office: Office, dataset: str, columns: Columns, widths: Mapping[str, int], cut: Ints) -> Delivered:
    file = office.file(dataset, ".txt")
    write_fixed_width(file, columns, cut, widths=widths, encoding="latin-1")
    return office.delivered(dataset, file, row_count(columns), cut)


def _affiliates(register: Roll) -> Columns:
    return {
        "REGISTRO": register.keys,
        "NSS": register.world.people.numbers.nss.take(pa.array(register.person)),
        "CURP": identity.curp(register),
        "PATERNO": names.surname_1(register, TELEX),
        "MATERNO": names.surname_2(register, TELEX),
        "NOMBRE": names.given_names(register, TELEX),
        "NACIMIENTO": identity.birth_date(register, DAY),
        "SEXO": identity.sex(register, "1", "2"),
        "DOMICILIO": contact.address_line(register, TELEX, ABBREVIATED),
        "MUNICIPIO": contact.municipality(register),
        "CP": contact.postal_code(register),
        "TELEFONO": contact.phone(register),
        "PAIS": identity.country(register),
        "DOC_EXTRANJERO": identity.foreign_document(register),
        "ACTUALIZADO": identity.seen_date(register, DAY),
    }


def _contributions(rng: Generator, office: Office, register: Roll, formal: Jobs) -> Columns:
    """A row for each year of a spell here, and one for a whole spell abroad, as the treaty partner certifies it."""
    row_of = register.row_of_person()
    paid = formal.only((row_of[formal.person] >= 0) & ~happens(rng, EVADED_RATE, len(formal)))
    spell, start, end = _by_year(paid, office.world.people.as_of)
    days = end - start + 1
    amount = np.round(paid.wage[spell] * CONTRIBUTION_SHARE * days / 30, 2)
    country = pa.array(COUNTRIES).take(pa.array(paid.country[spell]))
    office.ledger.happened(
        "contribution",
        paid.person[spell],
        start_date=optional_dates(start),
        end_date=optional_dates(end),
        amount=pa.array(amount),
        country=country,
    )
    return {
        "CLAVE": numbered("C", np.arange(len(spell)) + 1, 11),
        "REGISTRO": register.keys.take(pa.array(row_of[paid.person[spell]])),
        "INICIO": written_days(start, DAY),
        "FIN": written_days(end, DAY),
        "DIAS": numbered("", days, 5),
        "PAIS": country,
        "REGIMEN": _scheme(paid.country[spell]),
        "PATRON": numbered("R", paid.employer[spell], 7),
        "IMPORTE": _money(amount),
        "MONEDA": pa.repeat("MXN", len(spell)),
    }


def _by_year(spells: Jobs, as_of: int) -> tuple[Ints, Ints, Ints]:
    """Spell, first and last day of each period."""
    last = np.minimum(spells.end, as_of)
    years = np.where(spells.country == HOME_COUNTRY, year_of(last) - year_of(spells.start) + 1, 1)
    spell = np.repeat(np.arange(len(spells)), years)
    year = year_of(spells.start)[spell] + ordinals(years)
    one = np.ones(len(spell), dtype=np.int64)
    here = spells.country[spell] == HOME_COUNTRY
    start = np.where(here, np.maximum(spells.start[spell], days_from_parts(year, one, one)), spells.start[spell])
    end = np.where(here, np.minimum(last[spell], days_from_parts(year + 1, one, one) - 1), last[spell])
    return spell, start, end


def _scheme(country: Ints) -> Text:
    return pa.array(["general", "convenio"]).take(pa.array((country != HOME_COUNTRY).astype(np.int64)))


def _money(amount: Floats) -> Text:
    cents = np.round(amount * 100).astype(np.int64)
    return joined(numbered("", cents // 100, 9), numbered(".", cents % 100, 2))
