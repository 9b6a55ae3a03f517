"""Labour: spells of work as employers declare them, each with the worker's own fields; gzipped CSV."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from sources.synthetic.arrays import Ints, chosen, numbered, optional_dates, written_days
from sources.synthetic.draws import happens
from sources.synthetic.fields import contact, identity, names
from sources.synthetic.files import Columns, write_csv
from sources.synthetic.office import Delivered, Office, cut_rows
from sources.synthetic.population import COUNTRIES, HOME_COUNTRY
from sources.synthetic.rolls import Roll, listed, roll
from sources.synthetic.vocabulary import PROPER
from sources.synthetic.work import Jobs

DAY = "%Y-%m-%d"
DECLARED_RATE = {True: 0.96, False: 0.25}
"""Of formal jobs, and of informal ones that inspectors found."""

NSS_MISSING_RATE = 0.08


def deliver(office: Office) -> Iterator[Delivered]:
    """The spells that were declared."""
    world, rng, rates = office.world, office.draws("spells"), office.rates()
    spells = world.jobs
    _enter_truth(office, spells)
    rate = np.where(spells.formal, DECLARED_RATE[True], DECLARED_RATE[False])
    declared = np.flatnonzero(happens(rng, rate, len(spells)) & (spells.country == HOME_COUNTRY))
    row = listed(rng, declared, rates)
    person, start = spells.person[row], spells.start[row]
    seen = np.minimum(start + 20, world.people.kin.death[person] - 1)
    keys = numbered("P", np.arange(len(row)) + 1, 10)
    register = roll(world, rng, person, keys, rates, np.minimum(seen, world.people.as_of))
    office.ledger.enter("labour", register)
    cut = cut_rows(rng, len(row), rates.cut_rows)
    file = office.file("spells", ".csv.gz")
    write_csv(file, _columns(register, spells, row), cut, delimiter=",")
    yield office.delivered("spells", file, len(row), cut)


def _enter_truth(office: Office, spells: Jobs) -> None:
    office.ledger.happened(
        "work",
        spells.person,
        start_date=optional_dates(spells.start),
        end_date=optional_dates(spells.end),
        amount=pa.array(spells.wage),
        country=pa.array(COUNTRIES).take(pa.array(spells.country)),
        detail=chosen(spells.formal, "formal", "informal"),
    )


def _columns(register: Roll, spells: Jobs, row: Ints) -> Columns:
    people = register.world.people
    nss_missing = happens(register.rng, NSS_MISSING_RATE, len(row)) | ~spells.formal[row]
    nss = people.numbers.nss.take(pa.array(register.person, mask=nss_missing))
    return {
        "id_puesto": register.keys,
        "nss": nss,
        "curp": identity.curp(register),
        "nombre": names.given_names(register, PROPER),
        "apellido_paterno": names.surname_1(register, PROPER),
        "apellido_materno": names.surname_2(register, PROPER),
        "fecha_nacimiento": identity.birth_date(register, DAY),
        "sexo": identity.sex(register, "M", "F"),
        "municipio": contact.municipality(register),
        "patron": numbered("R", spells.employer[row], 7),
        "inicio": written_days(spells.start[row], DAY),
        "fin": written_days(spells.end[row], DAY),
        "ocupacion": pa.array(spells.occupation[row]),
        "regimen": chosen(spells.formal[row], "asalariado", "sin_registro"),
        "salario_mensual": pa.array(spells.wage[row]),
        "moneda": pa.repeat("MXN", len(row)),
    }
