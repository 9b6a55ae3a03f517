"""The published tables that say how persons are known: why values survived, who is kin, who lives with whom."""

from warehouse.common_columns import (
    FIELD,
    PERSON,
    SOURCE,
    TO_PERSONS,
)
from warehouse.table import Column, Table

SURVIVORS = Table(
    name="survivors",
    grain="One field of one person's golden record that has a value: where the value comes from and why it survived.",
    key=("entity_id", "field"),
    columns=(
        PERSON,
        FIELD,
        Column("source", "varchar", "The source whose value survived; of several, the most trusted and latest.", False),
        Column(
            "reason", "varchar",
            "only claim, unanimous, the criterion that decided (validity, agreement, trust, recency), order where none "
            "did, or the field it follows.",
            False,
        ),
        Column("claim_count", "bigint", "How many records have a value for the field.", False),
    ),
    references=TO_PERSONS,
)  # fmt: skip

CONFLICTS = Table(
    name="conflicts",
    grain="One field of one person on which sources contradict each other, without the values.",
    key=("entity_id", "field"),
    columns=(
        PERSON,
        FIELD,
        SOURCE,
        Column("reason", "varchar", "The criterion that decided, or order where none did.", False),
        Column("value_count", "bigint", "How many different values there are.", False),
        Column("claim_count", "bigint", "How many records have a value.", False),
        Column("sources_for", "varchar[]", "The sources that say what survived.", False),
        Column("sources_against", "varchar[]", "The other sources that say something else.", False),
    ),
    references=(*TO_PERSONS, ),
    may_be_empty=True,
)  # fmt: skip

PERSON_STATES = Table(
    name="person_states",
    grain="One value of one changing field of one person, from the day a source first said so to the day another came.",
    key=("entity_id", "field", "ordinal"),
    columns=(
        PERSON,
        Column("field", "varchar", "A field that changes over a life, such as municipality or occupation.", False),
        Column("ordinal", "bigint", "1 for the first known value, 2 for the next.", False),
        Column("value", "varchar", "The value, as in persons.", False, "sensitive"),
        Column("start_date", "date", "The day a source first said so; null where no source dates it."),
        Column("end_date", "date", "The day before another value was said; null for the last."),
        SOURCE,
    ),
    references=TO_PERSONS,
    may_be_empty=True,
)  # fmt: skip

PEOPLE = (SURVIVORS, CONFLICTS, PERSON_STATES)
