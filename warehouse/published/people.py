"""The published tables that say how persons are known: why values survived, who is kin, who lives with whom."""

from warehouse.published.columns import (
    FIELD,
    HOUSEHOLD,
    MUNICIPALITY,
    PERSON,
    REGION,
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
        Column(
            "start_date", "date", "The day a source first said so; null where none dates it, or it tells the birth."
        ),
        Column("end_date", "date", "The day before another value was said; null for the last."),
        SOURCE,
    ),
    references=TO_PERSONS,
    may_be_empty=True,
)  # fmt: skip

RELATIONSHIPS = Table(
    name="relationships",
    grain="One parent of one person, as names, ages, sex and places tell; a parent told apart from nobody is left out.",
    key=("entity_id", "relationship_type"),
    columns=(
        PERSON,
        Column(
            "relationship_type", "varchar", "What the related person is to this one: mother or father.", False,
            dci="RelatedPerson.relationship_type", codes="relationship",
        ),
        Column(
            "related_entity_id", "varchar", "The parent.", False, "pseudonym", dci="RelatedPerson.related_member"
        ),
        Column(
            "evidence", "varchar[]",
            "name (a source names the parent) or surname (the child bears it), sex, age, address, municipality.", False,
        ),
        Column("candidate_count", "bigint", "How many persons the name, sex and age fit.", False),
    ),
    references=(*TO_PERSONS, ("related_entity_id", "persons", "entity_id")),
    may_be_empty=True,
)  # fmt: skip

GROUPING = Column("grouping", "varchar", "How households were formed: declared, address, family or combined.", False)

HOUSEHOLDS = Table(
    name="households",
    grain="One household of living persons by one way of grouping; choose a grouping before counting.",
    key=("household_id",),
    columns=(
        Column("household_id", "varchar", "The household; kept while its head stays the same.", False, "pseudonym",
               dci="Group.group_identifier"),
        GROUPING,
        Column("head_entity_id", "varchar", "Its oldest member, as no source names a head.", False, "pseudonym",
               dci="Group.group_head_info"),
        Column("size", "bigint", "How many members are known.", False, "sensitive", dci="Group.group_size"),
        Column("group_type", "varchar", "Household, or family.", False, dci="Group.group_type", codes="group_type"),
        MUNICIPALITY,
        REGION,
        Column("evidence", "varchar[]", "All that ties its members: declared, address, parent, common child.", False),
    ),
    references=(("head_entity_id", "persons", "entity_id"),),
    may_be_empty=True,
)  # fmt: skip

HOUSEHOLD_MEMBERS = Table(
    name="household_members",
    grain="One living person in one household; at most one a grouping.",
    key=("household_id", "entity_id"),
    columns=(
        HOUSEHOLD,
        PERSON,
        GROUPING,
        Column("is_head", "boolean", "The member is the head.", False),
        Column(
            "evidence", "varchar[]",
            "What ties the member to others of the household; nothing where they are known to live alone.", False,
        ),
    ),
    references=(*TO_PERSONS, ("household_id", "households", "household_id")),
    may_be_empty=True,
)  # fmt: skip

CHANGES = Table(
    name="changes",
    grain="One thing that became of one person since the release before. A first release has none.",
    key=("entity_id", "change"),
    columns=(
        Column("entity_id", "varchar", "The person, who may be there no longer.", False, "pseudonym"),
        Column(
            "change", "varchar",
            "created, split (off another person), changed, died, merged (into another person) or left.", False,
        ),
        Column(
            "other_entity_id", "varchar", "merged: who stands for them; split: whom they part from.", True, "pseudonym"
        ),
        Column("fields", "varchar[]", "What changed: columns of persons, or household.", False),
        Column("programmes", "varchar[]", "The programmes they were or are enrolled in.", False, "sensitive"),
        Column("must_reassess", "boolean", "They are enrolled and not who they were: somebody must look.", False),
        Column("since_release_id", "varchar", "The release it is compared with.", False),
    ),
    may_be_empty=True,
)  # fmt: skip

KINSHIP = (RELATIONSHIPS, HOUSEHOLDS, HOUSEHOLD_MEMBERS)

PEOPLE = (SURVIVORS, CONFLICTS, PERSON_STATES, *KINSHIP, CHANGES)
