"""Health: the patients of public clinics, their check-ups and vaccinations; JSON Lines."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from sources.synthetic.arrays import NEVER, NOBODY, YEAR, Ints, Text, numbered, optional_dates, written_days
from sources.synthetic.clinic import SERVICES, VACCINES, Visits, expected_births
from sources.synthetic.draws import Generator, happens
from sources.synthetic.fields import contact, identity, names
from sources.synthetic.files import write_json_lines
from sources.synthetic.office import Delivered, Office, cut_rows, no_rows
from sources.synthetic.rolls import Roll, listed, roll, still_listed

DAY = "%Y-%m-%d"
PATIENT_RATES = (0.86, 0.60, 0.72)
"""Of children under 12, of those to 60, of the old: who is known to a public clinic."""

UNRECORDED_RATE = 0.05
CHILDHOOD = 18


def deliver(office: Office) -> Iterator[Delivered]:
    """The patients, then what was done for them in the last twelve months."""
    world, rng, rates = office.world, office.draws("patients"), office.rates()
    rate = np.array(PATIENT_RATES)[np.digitize(world.people.age(), (12, 60))]
    members = happens(rng, rate, len(world.people)) & still_listed(rng, world.people, rates)
    person = listed(rng, np.flatnonzero(members), rates)
    register = roll(world, rng, person, numbered("EXP", np.arange(len(person)) + 1, 9), rates)
    office.ledger.enter("health", register)
    cut = cut_rows(rng, len(person), rates.cut_rows)
    file = office.file("patients", ".jsonl")
    write_json_lines(file, _patients(register), cut)
    yield office.delivered("patients", file, len(person), cut)
    births = expected_births(office.draws("pregnancies"), world.people, world.checkups)
    due = (births, "fecha_probable_parto")
    yield _visits(office, rng, register, "checkups", "checkup", "servicio", world.checkups, pa.array(SERVICES), due)
    doses = pa.array([vaccine for vaccine, _ in VACCINES])
    yield _visits(office, rng, register, "vaccinations", "vaccination", "vacuna", world.vaccinations, doses)


def _patients(register: Roll) -> dict[str, pa.Array]:
    kin = register.world.people.kin
    child = register.seen - kin.birth[register.person] < CHILDHOOD * YEAR
    mother = np.full(len(kin), NOBODY)
    mother[register.person[child]] = kin.mother[register.person[child]]
    return {
        "expediente": register.keys,
        "curp": identity.curp(register),
        "nombre": names.given_names(register),
        "primer_apellido": names.surname_1(register),
        "segundo_apellido": names.surname_2(register),
        "fecha_nacimiento": identity.birth_date(register, DAY),
        "sexo": identity.sex(register, "masculino", "femenino"),
        "madre": names.relative_name(register, mother),
        "telefono": contact.phone(register, prefix="+52"),
        "domicilio": contact.address_line(register),
        "localidad": contact.locality(register),
        "municipio": contact.municipality(register),
        "pais_nacimiento": identity.country(register),
        "documento_extranjero": identity.foreign_document(register),
        "actualizado": identity.seen_date(register, DAY),
    }


def _visits(
    office: Office, rng: Generator, register: Roll, dataset: str, kind: str, what: str, visits: Visits, names: Text,
    due: tuple[Ints, str] | None = None,
) -> Delivered:  # fmt: skip
    """Those visits of its own patients that the clinic recorded; `due` are days that it notes, and their column."""
    ahead, column = due or (np.full(len(visits), NEVER), "")
    office.ledger.happened(
        kind,
        visits.person,
        start_date=optional_dates(visits.day),
        end_date=optional_dates(ahead),
        detail=names.take(pa.array(visits.service)),
    )
    row = register.row_of_person()[visits.person]
    kept = np.flatnonzero((row != NOBODY) & ~happens(rng, UNRECORDED_RATE, len(visits)))
    kept = kept[rng.permutation(len(kept))]
    recorded = Visits(visits.person[kept], visits.day[kept], visits.service[kept])
    rows = register.row_of_person()[recorded.person]
    columns = {
        "id": numbered(dataset[0].upper(), np.arange(len(rows)) + 1, 10),
        "expediente": register.keys.take(pa.array(rows)),
        "fecha": written_days(recorded.day, DAY),
        what: names.take(pa.array(recorded.service)),
        **({column: written_days(ahead[kept], DAY)} if due else {}),
        "unidad": numbered("CLUES", office.world.people.kin.home[recorded.person], 5),
    }
    cut = cut_rows(rng, len(rows), office.rates().cut_rows) if kind == "checkup" else no_rows()
    file = office.file(dataset, ".jsonl")
    write_json_lines(file, columns, cut)
    return office.delivered(dataset, file, len(rows), cut)
