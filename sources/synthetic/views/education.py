"""Education: the students enrolled, and their attendance month by month; Excel workbooks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from sources.synthetic.arrays import Ints, joined, numbered, recent_months
from sources.synthetic.draws import happens
from sources.synthetic.fields import contact, identity, names
from sources.synthetic.files import Columns, row_count, write_xlsx
from sources.synthetic.office import Delivered, Office, cut_rows, no_rows
from sources.synthetic.rolls import Roll, listed, roll
from sources.synthetic.school import MONTHS_KEPT

DAY = "%d/%m/%Y"
UNREPORTED_RATE = 0.03
"""Of pupils, about whom a school says nothing in a month."""


def deliver(office: Office) -> Iterator[Delivered]:
    """The students, then a workbook of attendance for each of the last months."""
    world, rng, rates = office.world, office.draws("students"), office.rates()
    entry = listed(rng, np.arange(len(world.pupils)), rates)
    keys = numbered("M", np.arange(len(entry)) + 1, 8)
    register = roll(world, rng, world.pupils.person[entry], keys, rates)
    office.ledger.enter("education", register)
    cut = cut_rows(rng, len(entry), rates.cut_rows)
    yield from _write(office, "students", "Alumnos", _students(register, entry), cut, world.month)
    for number, month in enumerate(recent_months(world.people.as_of, MONTHS_KEPT)):
        columns = _attendance(office, register, entry, number, month)
        yield from _write(office, "attendance", "Asistencia", columns, no_rows(), month)


def _write(office: Office, dataset: str, sheet: str, columns: Columns, cut: Ints, month: str) -> Iterator[Delivered]:
    for file, start, stop in write_xlsx(office.file(dataset, ".xlsx", month), sheet, columns, cut):
        whole = max(0, min(stop, row_count(columns)) - start)
        yield Delivered(f"{office.name}.{dataset}", file, whole, stop - start - whole)


def _students(register: Roll, entry: Ints) -> Columns:
    world = register.world
    return {
        "MATRICULA": register.keys,
        "CURP": identity.curp(register),
        "NOMBRE": names.given_names(register),
        "PRIMER APELLIDO": names.surname_1(register),
        "SEGUNDO APELLIDO": names.surname_2(register),
        "NACIMIENTO": identity.birth_date(register, DAY),
        "SEXO": identity.sex(register, "H", "M"),
        "MADRE": names.relative_name(register, world.people.kin.mother),
        "MUNICIPIO": contact.municipality(register),
        "ESCUELA": numbered("ESC", world.pupils.school[entry], 5),
        "GRADO": pa.array(world.pupils.grade[entry]),
        "NIVEL": _level(world.pupils.grade[entry]),
    }


def _level(grade: Ints) -> pa.Array:
    """Pre-school, primary, lower and upper secondary, and higher education, by year of study."""
    levels = pa.array(["PREESCOLAR", "PRIMARIA", "SECUNDARIA", "BACHILLERATO", "SUPERIOR"])
    return levels.take(pa.array(np.digitize(grade, (1, 7, 10, 13))))


def _attendance(office: Office, register: Roll, entry: Ints, number: int, month: str) -> Columns:
    """One row a pupil and month; a pupil who is registered twice is reported on once."""
    world, pupils = office.world, office.world.pupils
    present, expected = pupils.present[number], pupils.expected[number]
    office.ledger.happened(
        "attendance",
        pupils.person,
        period=month,
        amount=pa.array(present / np.maximum(expected, 1)),
        detail="share of days",
    )
    reported = np.sort(register.row_of_person()[pupils.person])
    reported = reported[~happens(office.draws(f"attendance {month}"), UNREPORTED_RATE, len(reported))]
    who = entry[reported]
    keys = register.keys.take(pa.array(reported))
    return {
        "CLAVE": joined(keys, f"-{month}"),
        "MATRICULA": keys,
        "PERIODO": pa.repeat(month, len(who)),
        "ESCUELA": numbered("ESC", world.pupils.school[who], 5),
        "DIAS ASISTIDOS": pa.array(present[who]),
        "DIAS HABILES": pa.array(expected[who]),
    }
