"""What was true on a day, of the rows that were known: what lay ahead then is not there yet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from warehouse.persons.survival_rules import survival_rules
from warehouse.published.people import PERSON_STATES
from warehouse.published.registry import (
    ANSWERS,
    ATTENDANCE,
    BENEFITS,
    CHECKUPS,
    CONTRIBUTIONS,
    ENROLMENTS,
    INCOMES,
    MIGRATIONS,
    PERSONS_PUBLISHED,
    VACCINATIONS,
    WORK,
)
from warehouse.session import identifier, literal
from warehouse.table import Table

SPELLS = (ENROLMENTS, WORK, CONTRIBUTIONS, MIGRATIONS, ATTENDANCE, PERSON_STATES)
"""Tables whose rows last from `start_date` to `end_date`: on a day within, the end is not known yet."""

MOMENTS = (BENEFITS, CHECKUPS, VACCINATIONS, INCOMES, ANSWERS)
"""Tables whose rows happened on `event_date`, or in `period` where no day is told."""


def true_on(table: Table, known: Mapping[str, str], day: date) -> str:
    """An SQL relation: the rows of `table` that were true on `day`.

    `known` gives the relation of each table's known rows by name. Tables about records, households and kin have no
    valid time, as no source states it: they are as they were known.
    """
    rows, then = known[table.name], f"date '{day.isoformat()}'"
    if table == ENROLMENTS:
        return _enrolments(rows, known[PERSONS_PUBLISHED.name], then)
    if table in SPELLS:
        return f"(select * replace ({_ended(then)}) from {rows} where {_begun(then)})"
    if table in MOMENTS:
        period = "period" if "period" in table.column_names else "null"
        began = f"coalesce(event_date, try_strptime({period}, ['%Y-%m', '%Y%m', '%Y'])::date)"
        return f"(select * from {rows} where coalesce({began} <= {then}, true))"
    if table == PERSONS_PUBLISHED:
        return _persons(rows, known[PERSON_STATES.name], then)
    return rows


def _begun(then: str) -> str:
    return f"(start_date is null or start_date <= {then})"


def _ended(then: str) -> str:
    return f"case when end_date <= {then} then end_date end as end_date"


def _enrolments(enrolments: str, persons: str, then: str) -> str:
    """Enrolments begun by then, with the status of that day."""
    dead = f"(select entity_id from {persons} where death_year <= year({then}))"
    status = f"""
        case
            when entity_id in {dead} then '2'
            when end_date is null or end_date > {then} then '1'
        end as enrolment_status
    """
    return f"(select * replace ({_ended(then)}, {status}) from {enrolments} where {_begun(then)})"


def _persons(persons: str, states: str, then: str) -> str:
    """Persons born by then, those not yet dead alive, their changing fields as last said by then."""
    changing = [field for field, rule in survival_rules().items() if rule.states]
    values = ", ".join(f"max(value) filter (field = {literal(field)}) as {_then(field)}" for field in changing)
    replaced = ", ".join(f"{_then(field)} as {identifier(field)}" for field in changing)
    return f"""(
        select persons.* replace (case when death_year <= year({then}) then death_year end as death_year, {replaced})
        from {persons} as persons
        left join (
            select entity_id, {values}
            from {states}
            where {_begun(then)} and (end_date is null or end_date >= {then})
            group by entity_id
        ) as states using (entity_id)
        where birth_year is null or birth_year <= year({then})
    )"""


def _then(field: str) -> str:
    """The SQL name of a field's value on the day."""
    return identifier(f"then {field}")
