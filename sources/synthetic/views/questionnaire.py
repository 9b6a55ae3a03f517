"""Social development's questionnaire: what one member answered for the household, and what each said of themselves."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sources.synthetic.arrays import Floats, Ints, Text, chosen, numbered, optional_dates, written_days
from sources.synthetic.draws import Generator, happens
from sources.synthetic.fields import contact
from sources.synthetic.files import Columns, row_count, write_csv
from sources.synthetic.interviews import HOUSEHOLD_QUESTIONS, PERSON_QUESTIONS
from sources.synthetic.office import Delivered, Office, no_rows
from sources.synthetic.rolls import Roll

DAY = "%d/%m/%Y"
UNANSWERED_RATE = 0.04
MISTAKEN_RATE = 0.01
"""Of answers of yes or no, those entered the wrong way round."""

UNDERSTATED_RATE = 0.10
"""Of households, those that declare half of what they earn."""

IN_SPANISH = {
    "residents": "residentes", "rooms": "cuartos", "poor_materials": "materiales_precarios",
    "missing_services": "servicios_faltantes", "food_insecurity": "inseguridad_alimentaria", "assets": "activos",
    "rural": "rural", "household_income": "ingreso_hogar", "poverty_score": "puntaje",
    "attends_school": "asiste_escuela", "without_health_access": "sin_salud", "trained": "capacitacion",
    "seeks_work": "busca_trabajo",
}  # fmt: skip


def deliver(office: Office, register: Roll) -> Iterator[Delivered]:
    """One row an answer of those whom the beneficiaries' roll `register` lists."""
    rng = office.draws("questionnaire")
    asked = [*_of_households(rng, office, register), *_of_persons(rng, office, register)]
    row = np.concatenate([rows for _, rows, _ in asked])
    question = pa.concat_arrays([pa.repeat(IN_SPANISH[name], len(rows)) for name, rows, _ in asked])
    value = np.concatenate([values for _, _, values in asked])
    columns = _columns(register, row, question, value)
    file = office.file("questionnaire", ".csv")
    write_csv(file, columns, no_rows(), delimiter=";", encoding="latin-1")
    yield office.delivered("questionnaire", file, row_count(columns), no_rows())


Asked = tuple[str, Ints, Floats]
"""A question, the rows of the roll that answered it, and the answers."""


def _of_households(rng: Generator, office: Office, register: Roll) -> Iterator[Asked]:
    """The eldest grown member of each household answers for all; what they earn is often understated."""
    people, truth = office.world.people, office.world.interviews.of_household
    household = contact.household(register)
    order = np.lexsort((people.kin.birth[register.person], ~people.alive[register.person], household))
    first = order[np.r_[True, np.diff(household[order]) != 0][: len(order)]]
    first = first[truth["residents"][household[first]] > 0]
    for name in HOUSEHOLD_QUESTIONS:
        rows = first[~happens(rng, UNANSWERED_RATE, len(first))]
        values = truth[name][household[rows]]
        if name == "household_income":
            values = values * np.where(happens(rng, UNDERSTATED_RATE, len(rows)), 0.5, 1.0)
        yield name, rows, values


def _of_persons(rng: Generator, office: Office, register: Roll) -> Iterator[Asked]:
    """What each living member of that age answers; the truth is entered for all who were asked."""
    people = office.world.people
    age = people.age()[register.person]
    for name, (least, below) in PERSON_QUESTIONS.items():
        asked = np.flatnonzero((age >= least) & (age < below) & people.alive[register.person])
        truth = office.world.interviews.of_person[name][register.person[asked]]
        office.ledger.happened(
            "answer",
            register.person[asked],
            start_date=optional_dates(np.full(len(asked), people.as_of)),
            amount=pa.array(truth.astype(np.float64)),
            detail=name,
        )
        answered = ~happens(rng, UNANSWERED_RATE, len(asked))
        said = (truth ^ happens(rng, MISTAKEN_RATE, len(asked)))[answered]
        yield name, asked[answered], said.astype(np.float64)


def _columns(register: Roll, row: Ints, question: Text, value: Floats) -> Columns:
    of_money = pc.equal(question, IN_SPANISH["household_income"]).to_numpy(zero_copy_only=False)
    whole = numbered("", np.round(value).astype(np.int64), 1)
    return {
        "CLAVE": numbered("Q", np.arange(len(row)) + 1, 10),
        "FOLIO": register.keys.take(pa.array(row)),
        "PREGUNTA": question,
        "RESPUESTA": chosen(value == np.round(value), whole, pa.array(value).cast(pa.string())),
        "MONEDA": chosen(of_money, "MXN", None),
        "FECHA": written_days(register.seen[row], DAY),
    }
