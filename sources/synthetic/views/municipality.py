"""A municipality: the list that a civil organisation keeps of those it helps there; CSV with bars, one name field."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from sources.synthetic.arrays import chosen, numbered
from sources.synthetic.draws import happens, pick
from sources.synthetic.fields import contact, identity, names
from sources.synthetic.files import Columns, write_csv
from sources.synthetic.office import Delivered, Office, cut_rows
from sources.synthetic.places import largest_municipality, places
from sources.synthetic.rolls import Roll, listed, roll, still_listed

HELPED_RATE = {True: 0.60, False: 0.22}
"""Of the poor of the municipality, and of the others."""

SURNAMES_FIRST_RATE = 0.7
ISO_DATE_RATE = 0.15
SUPPORTS = ("despensa", "comedor", "beca", "vivienda")


def deliver(office: Office) -> Iterator[Delivered]:
    """Those helped in the largest municipality."""
    world, rng, rates = office.world, office.draws("assisted"), office.rates()
    homes = world.people.homes
    local = homes.municipality[homes.household] == largest_municipality(places().weights)
    rate = np.where(world.life.poor[homes.household], HELPED_RATE[True], HELPED_RATE[False])
    members = local & still_listed(rng, world.people, rates) & happens(rng, rate, len(world.people))
    person = listed(rng, np.flatnonzero(members), rates)
    register = roll(world, rng, person, numbered("", np.arange(len(person)) + 1, 6), rates)
    office.ledger.enter("municipality", register)
    cut = cut_rows(rng, len(person), rates.cut_rows)
    file = office.file("assisted", ".csv")
    write_csv(file, _columns(register), cut, delimiter="|")
    yield office.delivered("assisted", file, len(person), cut)


def _columns(register: Roll) -> Columns:
    rng, size = register.rng, len(register)
    dates = [identity.birth_date(register, layout) for layout in ("%Y-%m-%d", "%d/%m/%Y")]
    return {
        "No.": register.keys,
        "Nombre completo": names.full_name(register, surnames_first=happens(rng, SURNAMES_FIRST_RATE, size)),
        "Fecha nac.": chosen(happens(rng, ISO_DATE_RATE, size), *dates),
        "Sexo": identity.sex(register, "Hombre", "Mujer"),
        "CURP": identity.curp(register),
        "Teléfono": contact.phone(register, spaced=True),
        "Calle y número": contact.address_line(register),
        "Colonia": contact.locality(register),
        "Municipio": contact.municipality(register),
        "Apoyo": pa.array(SUPPORTS).take(pa.array(pick(rng, (5, 3, 1, 1), size))),
        "Última visita": identity.seen_date(register, "%d/%m/%Y"),
    }
