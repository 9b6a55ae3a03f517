"""Regional welfare: the families that the regions support, and what each has from when to when; CSV with tabs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from sources.synthetic.arrays import Ints, Text, numbered, optional_dates, written_days
from sources.synthetic.fields import contact, identity, names
from sources.synthetic.files import Columns, row_count, write_csv
from sources.synthetic.office import Delivered, Office, cut_rows
from sources.synthetic.rolls import Roll, listed, roll, still_listed
from sources.synthetic.supports import SUPPORTS, Supports

DAY = "%Y-%m-%d"


def deliver(office: Office) -> Iterator[Delivered]:
    """Everyone who lives with somebody supported, and the supports."""
    world, rng, rates = office.world, office.draws("families"), office.rates()
    household = world.people.homes.household
    members = np.isin(household, household[world.supports.person]) & still_listed(rng, world.people, rates)
    person = listed(rng, np.flatnonzero(members), rates)
    register = roll(world, rng, person, numbered("RB", np.arange(len(person)) + 1, 8), rates)
    office.ledger.enter("regional_welfare", register)
    office.ledger.housed("regional_welfare", register)
    yield _write(office, "families", _families(register), cut_rows(rng, len(person), rates.cut_rows))
    _enter_truth(office, world.supports)
    keys = register.keys.take(pa.array(register.row_of_person()[world.supports.person]))
    columns = _supports(world.supports, keys)
    yield _write(office, "supports", columns, cut_rows(rng, row_count(columns), rates.cut_rows))


def _write(office: Office, dataset: str, columns: Columns, cut: Ints) -> Delivered:
    file = office.file(dataset, ".csv")
    write_csv(file, columns, cut, delimiter="\t")
    return office.delivered(dataset, file, row_count(columns), cut)


def _enter_truth(office: Office, given: Supports) -> None:
    office.ledger.happened(
        "enrolment",
        given.person,
        start_date=optional_dates(given.start),
        end_date=optional_dates(given.end),
        detail=_names(given),
    )


def _families(register: Roll) -> Columns:
    return {
        "cedula": register.keys,
        "familia": numbered("F", contact.household(register), 7),
        "curp": identity.curp(register),
        "nombre": names.given_names(register),
        "primer_apellido": names.surname_1(register),
        "segundo_apellido": names.surname_2(register),
        "nacimiento": identity.birth_date(register, DAY),
        "sexo": identity.sex(register, "H", "M"),
        "domicilio": contact.address_line(register),
        "localidad": contact.locality(register),
        "municipio": contact.municipality(register),
        "telefono": contact.phone(register),
        "visitada": identity.seen_date(register, DAY),
    }


def _supports(given: Supports, keys: Text) -> Columns:
    return {
        "folio": numbered("AP", np.arange(len(given)) + 1, 8),
        "cedula": keys,
        "programa": _names(given),
        "desde": written_days(given.start, DAY),
        "hasta": written_days(given.end, DAY),
    }


def _names(given: Supports) -> Text:
    return pa.array(SUPPORTS).take(pa.array(given.support))
