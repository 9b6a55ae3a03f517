"""Social development: the roll of the programmes' beneficiaries, their enrolments and payments; CSV in latin-1."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sources.synthetic.arrays import (
    Bools,
    Floats,
    Ints,
    Text,
    first_days,
    numbered,
    optional_dates,
    recent_months,
    written_days,
)
from sources.synthetic.draws import Generator, happens, ordinals
from sources.synthetic.fields import contact, identity, names
from sources.synthetic.files import Columns, row_count, write_csv
from sources.synthetic.office import Delivered, Office, cut_rows, no_rows
from sources.synthetic.programmes import AMOUNTS, PAYMENTS_A_YEAR, PENSION_AGE, PROGRAMMES, Enrolments
from sources.synthetic.rolls import Roll, listed, roll, still_listed
from sources.synthetic.views import questionnaire
from sources.synthetic.vocabulary import CAPITALS

DAY = "%d/%m/%Y"
PENSION, FAMILIES = PROGRAMMES.index("pension_mayores"), PROGRAMMES.index("familias")


def deliver(office: Office) -> Iterator[Delivered]:
    """The beneficiaries, who is in which programme, what was paid to whom, and what they answered."""
    rng, rates = office.draws("beneficiaries"), office.rates()
    enrolled = _with_the_dead(rng, office)
    members = listed(rng, np.unique(enrolled.person), rates)
    register = roll(office.world, rng, members, numbered("SD", np.arange(len(members)) + 1, 9), rates)
    office.ledger.enter("social_development", register)
    office.ledger.housed("social_development", register)
    yield _write(office, "beneficiaries", _beneficiaries(register), cut_rows(rng, len(members), rates.cut_rows))
    keys = register.keys.take(pa.array(register.row_of_person()[enrolled.person]))
    columns = _enrolments(enrolled, keys)
    yield _write(office, "enrolments", columns, cut_rows(rng, row_count(columns), rates.cut_rows))
    yield _write(office, "payments", _payments(rng, office, enrolled, keys), no_rows())
    yield from questionnaire.deliver(office, register)


def _write(office: Office, dataset: str, columns: Columns, cut: Ints) -> Delivered:
    file = office.file(dataset, ".csv")
    write_csv(file, columns, cut, delimiter=";", encoding="latin-1", quoted=("DOMICILIO",))
    return office.delivered(dataset, file, row_count(columns), cut)


def _with_the_dead(rng: Generator, office: Office) -> Enrolments:
    """What really is, entered in the truth, and what the roll adds to it: the dead that it still pays."""
    people, real = office.world.people, office.world.enrolments
    programmes = pa.array(PROGRAMMES).take(pa.array(real.programme))
    office.ledger.happened("enrolment", real.person, start_date=optional_dates(real.start), detail=programmes)
    kept = still_listed(rng, people, office.rates()) & ~people.alive
    dead = np.flatnonzero(kept & (office.world.life.poor[people.homes.household] | (people.age() >= PENSION_AGE)))
    programme = np.where(people.age()[dead] >= PENSION_AGE, PENSION, FAMILIES)
    return replace(
        real,
        person=np.concatenate([real.person, dead]),
        programme=np.concatenate([real.programme, programme]),
        start=np.concatenate([real.start, people.kin.death[dead] - 700]),
        recipient=np.concatenate([real.recipient, programme == PENSION]),
    )


def _beneficiaries(register: Roll) -> Columns:
    life = register.world.life
    return {
        "FOLIO": register.keys,
        "HOGAR": numbered("H", contact.household(register), 8),
        "CURP": identity.curp(register),
        "NOMBRES": names.given_names(register, CAPITALS),
        "PRIMER_APELLIDO": names.surname_1(register, CAPITALS),
        "SEGUNDO_APELLIDO": names.surname_2(register, CAPITALS),
        "FECHA_NACIMIENTO": identity.birth_date(register, DAY),
        "SEXO": identity.sex(register, "H", "M"),
        "DOMICILIO": contact.address_line(register, CAPITALS),
        "LOCALIDAD": contact.locality(register, CAPITALS),
        "MUNICIPIO": contact.municipality(register),
        "TELEFONO": contact.phone(register),
        "DISCAPACIDAD": _yes_no(life.disability[register.person]),
        "LENGUA_INDIGENA": _yes_no(life.speaks_indigenous[register.person]),
        "AUTOADSCRIPCION": _yes_no(register.world.people.indigenous[register.person]),
        "ESCOLARIDAD": pa.array(life.schooling[register.person]),
        "PUNTAJE": pa.array(np.round(life.score[contact.household(register)], 3)),
        "FECHA_ACTUALIZACION": identity.seen_date(register, DAY),
    }


def _yes_no(mask: Bools) -> Text:
    return pa.array(["N", "S"]).take(pa.array(mask.astype(np.int64)))


def _enrolments(enrolled: Enrolments, keys: Text) -> Columns:
    return {
        "CLAVE": numbered("E", np.arange(len(enrolled)) + 1, 9),
        "FOLIO": keys,
        "PROGRAMA": pa.array(PROGRAMMES).take(pa.array(enrolled.programme)),
        "FECHA_ALTA": written_days(enrolled.start, DAY),
    }


def _payments(rng: Generator, office: Office, enrolled: Enrolments, keys: Text) -> Columns:
    """Six payments a year to each recipient of money, from the enrolment on; one in fifty is never made."""
    periods = recent_months(office.world.people.as_of, PAYMENTS_A_YEAR, step=2)
    paid = np.flatnonzero(enrolled.recipient & (np.array(AMOUNTS)[enrolled.programme] > 0))
    row = np.repeat(paid, len(periods))
    period = ordinals(np.full(len(paid), len(periods)))
    day = first_days(periods)[period] + 4 + row % 12
    made = (enrolled.start[row] < day) & ~happens(rng, 0.02, len(row)) & (day <= office.world.people.as_of)
    row, period, day = row[made], period[made], day[made]
    amount = np.array(AMOUNTS)[enrolled.programme[row]]
    months = pa.array(periods).take(pa.array(period))
    office.ledger.happened(
        "benefit",
        enrolled.person[row],
        start_date=optional_dates(day),
        period=months,
        amount=pa.array(amount),
    )
    return {
        "CLAVE": numbered("B", np.arange(len(row)) + 1, 10),
        "FOLIO": keys.take(pa.array(row)),
        "PROGRAMA": pa.array(PROGRAMMES).take(pa.array(enrolled.programme[row])),
        "PERIODO": months,
        "FECHA_PAGO": written_days(day, DAY),
        "MONTO": with_comma(amount),
        "MONEDA": pa.repeat("MXN", len(row)),
    }


def with_comma(amount: Floats) -> Text:
    """Money with a decimal comma and two digits after it."""
    cents = np.round(amount * 100).astype(np.int64)
    return pc.binary_join_element_wise(numbered("", cents // 100, 1), numbered("", cents % 100, 2), ",")
