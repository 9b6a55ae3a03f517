"""Every table that crosses a package boundary: its grain, key, columns and the personal data it holds.

Writers cast to these schemas, readers check them, and the database's own comments are made of them.
"""

from warehouse.table import Column, Table

RECORDS = Table(
    name="records",
    grain="One accepted row about one person from one source, standardised.",
    key=("record_id",),
    columns=(
        Column(
            "record_id",
            "varchar",
            "Made of source and record key alone, so cleaning never changes it.",
            False,
            "pseudonym",
        ),
        Column("source", "varchar", "The source's name in its contract.", False),
        Column("contract_id", "varchar", "The contract that the delivery follows.", False),
        Column("delivery_id", "varchar", "The delivery that brought the row.", False),
        Column("as_of_date", "date", "The day the delivery describes, where its file name tells."),
        Column("record_key", "varchar", "The source's own key, as delivered.", False, "identifying"),
        Column("full_name", "varchar", "The whole name, as delivered.", True, "identifying"),
        Column("given_names", "varchar", "Given names, as delivered.", True, "identifying"),
        Column("surname_1", "varchar", "First surname, as delivered.", True, "identifying"),
        Column("surname_2", "varchar", "Second surname, as delivered.", True, "identifying"),
        Column(
            "given_names_std",
            "varchar",
            "Given names, comparable: capitals, no accents, abbreviations written out; Ñ is kept.",
            True,
            "identifying",
        ),
        Column("surname_1_std", "varchar", "First surname, comparable.", True, "identifying"),
        Column("surname_2_std", "varchar", "Second surname, comparable.", True, "identifying"),
        Column("birth_date", "date", "Date of birth, where a valid one was delivered.", True, "identifying"),
        Column("birth_year", "integer", "Year of birth, also where only the year is known.", True, "sensitive"),
        Column(
            "birth_date_is_default",
            "boolean",
            "The date is 1 January or 1 July, which clerks enter when they know only the year.",
        ),
        Column("birth_place_std", "varchar", "Place of birth, comparable.", True, "sensitive"),
        Column("sex", "varchar", "male, female or other.", True, "sensitive"),
        Column(
            "phone_std",
            "varchar",
            "Telephone number: E.164 where the country is known, else digits.",
            True,
            "identifying",
        ),
        Column("email_std", "varchar", "E-mail address in lower case.", True, "identifying"),
        Column("address_std", "varchar", "Street and number, comparable.", True, "identifying"),
        Column("locality_std", "varchar", "Locality, comparable.", True, "sensitive"),
        Column("municipality_std", "varchar", "Municipality: code or name, comparable.", True, "sensitive"),
        Column("region_std", "varchar", "State, province or department, comparable.", True, "sensitive"),
        Column("country_std", "varchar", "Country, comparable.", True, "sensitive"),
        Column("postal_code_std", "varchar", "Postal code without spaces.", True, "sensitive"),
        Column(
            "household_key",
            "varchar",
            "The source's own key of the household, prefixed with the source.",
            True,
            "identifying",
        ),
        Column("mother_name_std", "varchar", "Mother's name, comparable.", True, "identifying"),
        Column("father_name_std", "varchar", "Father's name, comparable.", True, "identifying"),
        Column("death_date", "date", "Date of death.", True, "sensitive"),
        Column("updated_date", "date", "The day the source last changed the row."),
        Column(
            "occupation",
            "varchar",
            "Occupation, by the source's own codes or their mapping.",
            True,
            "sensitive",
        ),
        Column(
            "education_level",
            "varchar",
            "Education, by the source's codes or their mapping.",
            True,
            "sensitive",
        ),
        Column(
            "employment_status",
            "varchar",
            "Employment status, by the source's codes or their mapping.",
            True,
            "sensitive",
        ),
        Column("disability", "varchar", "Disability, by the source's codes or their mapping.", True, "sensitive"),
        Column("ethnicity", "varchar", "Ethnicity, by the source's codes or their mapping.", True, "sensitive"),
        Column("language", "varchar", "Language, by the source's codes or their mapping.", True, "sensitive"),
        Column(
            "income",
            "double",
            "Income as declared to the source, in its currency and period.",
            True,
            "sensitive",
        ),
        Column(
            "faults",
            "varchar[]",
            "Fields whose delivered value could not be read; the raw value is kept.",
            False,
        ),
        Column(
            "occupation_isco",
            "varchar",
            "Occupation by ISCO-08, one to four digits, where the code or title tells it.",
            True,
            "sensitive",
        ),
        Column(
            "education_isced",
            "varchar",
            "Education by ISCED 2011, one to three digits, where the code or word tells it.",
            True,
            "sensitive",
        ),
    ),
)

RECORD_IDENTIFIERS = Table(
    name="record_identifiers",
    grain="One identifier of one record.",
    key=("record_id", "scheme", "identifier_std"),
    columns=(
        Column("record_id", "varchar", "The record.", False, "pseudonym"),
        Column("scheme", "varchar", "Who issued it: a national scheme such as mx.curp, or local.<source>.", False),
        Column(
            "identifier_std",
            "varchar",
            "The number, comparable: capitals and digits alone.",
            False,
            "identifying",
        ),
        Column("is_valid", "boolean", "Its form and check digit pass, and it is no known placeholder.", False),
    ),
    references=(("record_id", "records", "record_id"),),
)

RECORD_FLAGS = Table(
    name="record_flags",
    grain="One thing about one record that can be read, and yet is doubtful; nothing is decided by it.",
    key=("record_id", "flag", "field", "says"),
    columns=(
        Column("record_id", "varchar", "The record.", False, "pseudonym"),
        Column(
            "flag",
            "varchar",
            "identifier_birth_date, identifier_day_month, identifier_sex: what an identifier itself tells is not what "
            "is declared; ambiguous_date_order: day and month may have changed places.",
            False,
        ),
        Column("field", "varchar", "The field in doubt.", False),
        Column("says", "varchar", "What is doubtful about it, in words.", False),
        Column("is_contradiction", "boolean", "Two values of the record cannot both be right.", False),
    ),
    references=(("record_id", "records", "record_id"),),
    may_be_empty=True,
)

EVENTS = Table(
    name="events",
    grain="One event of one person in one source: an enrolment, a payment, a job, a check-up.",
    key=("event_id",),
    columns=(
        Column("event_id", "varchar", "Made of contract and record key alone.", False, "pseudonym"),
        Column("record_id", "varchar", "The record of the person it happened to.", False, "pseudonym"),
        Column("source", "varchar", "The source's name in its contract.", False),
        Column("contract_id", "varchar", "The contract that the delivery follows.", False),
        Column("delivery_id", "varchar", "The delivery that brought the row.", False),
        Column("as_of_date", "date", "The day the delivery describes, where its file name tells."),
        Column(
            "kind",
            "varchar",
            "enrolment, benefit, work, contribution, attendance, checkup, vaccination, tax, migration or answer.",
            False,
        ),
        Column("programme", "varchar", "The programme."),
        Column("start_date", "date", "First day, or the day of the event."),
        Column("end_date", "date", "Last day, where the event is over."),
        Column("period", "varchar", "The period it belongs to, such as 2026-10."),
        Column("amount", "double", "Amount of money.", True, "sensitive"),
        Column("currency", "varchar", "ISO 4217 code."),
        Column("unit", "varchar", "What is counted, or the service given."),
        Column("days", "integer", "Days it covers."),
        Column("present", "double", "Days present."),
        Column("enrolled_days", "double", "Days on which presence was expected."),
        Column("country", "varchar", "Country of the event."),
        Column("scheme", "varchar", "Scheme within the institution."),
        Column("employer", "varchar", "Employer, by the source's own key.", True, "sensitive"),
        Column("reason", "varchar", "Reason, by the source's own codes.", True, "sensitive"),
        Column(
            "faults",
            "varchar[]",
            "Fields whose delivered value could not be read; the raw value is kept.",
            False,
        ),
    ),
)

QUARANTINE = Table(
    name="quarantine",
    grain="One delivered row that could not be accepted.",
    key=("file", "line"),
    columns=(
        Column("contract_id", "varchar", "The contract that the delivery follows.", False),
        Column("delivery_id", "varchar", "The delivery that brought the row.", False),
        Column("file", "varchar", "The delivered file's name.", False),
        Column("line", "bigint", "The line, or the row of the sheet or table, counted from 1.", False),
        Column("reason", "varchar", "Why it was not accepted, and what to mend.", False),
        Column("raw", "varchar", "The row as text; damaged bytes stand as \\x81.", True, "identifying"),
        Column("raw_bytes", "blob", "The row as delivered, byte for byte.", True, "identifying"),
        Column(
            "fields",
            "varchar",
            "The row's columns as a JSON object; null where it could not be parted into columns.",
            True,
            "identifying",
        ),
    ),
)

CORRECTIONS = Table(
    name="corrections",
    grain="One thing that an institution is asked to mend in one delivery, as its return report tells it.",
    key=("contract_id", "delivery_id", "row_key", "column", "problem"),
    columns=(
        Column("contract_id", "varchar", "The contract that the delivery follows.", False),
        Column("delivery_id", "varchar", "The delivery.", False),
        Column(
            "row_key", "varchar", "A hash of the row's own key, or of the row where it could not be read.", False,
            "pseudonym",
        ),
        Column("column", "varchar", "The delivered column; empty for the whole row.", False),
        Column("problem", "varchar", "What is wrong with it.", False),
    ),
    may_be_empty=True,
)  # fmt: skip

SPINE = Table(
    name="spine",
    grain="One record and the person it belongs to; everything joins on it.",
    key=("record_id",),
    columns=(
        Column("source", "varchar", "The source's name in its contract.", False),
        Column("record_key", "varchar", "The source's own key, as delivered.", False, "identifying"),
        Column("record_id", "varchar", "The record.", False, "pseudonym"),
        Column("entity_id", "varchar", "The person, kept over runs.", False, "pseudonym"),
    ),
    references=(("record_id", "records", "record_id"),),
)

PERSONS = Table(
    name="persons",
    grain="One person: the golden record, with the values that survived.",
    key=("entity_id",),
    columns=(
        Column("entity_id", "varchar", "The person, kept over runs.", False, "pseudonym"),
        Column("given_names", "varchar", "Given names, comparable form.", True, "identifying"),
        Column("surname_1", "varchar", "First surname, comparable form.", True, "identifying"),
        Column("surname_2", "varchar", "Second surname, comparable form.", True, "identifying"),
        Column("birth_date", "date", "Date of birth.", True, "identifying"),
        Column("birth_year", "integer", "Year of birth.", True, "sensitive"),
        Column("birth_place", "varchar", "Place of birth.", True, "sensitive"),
        Column("sex", "varchar", "male, female or other.", True, "sensitive"),
        Column("municipality", "varchar", "Municipality of residence.", True, "sensitive"),
        Column("region", "varchar", "Region of residence.", True, "sensitive"),
        Column("country", "varchar", "Country of residence.", True, "sensitive"),
        Column("death_date", "date", "Date of death.", True, "sensitive"),
        Column("education_level", "varchar", "Education by ISCED 2011, one to three digits.", True, "sensitive"),
        Column("occupation", "varchar", "Occupation by ISCO-08, one to four digits.", True, "sensitive"),
        Column("employment_status", "varchar", "Employment status, by the source's mapping.", True, "sensitive"),
        Column("disability", "varchar", "Disability, by the source's codes or their mapping.", True, "sensitive"),
        Column("ethnicity", "varchar", "Ethnicity, by the source's codes or their mapping.", True, "sensitive"),
        Column("language", "varchar", "Language, by the source's codes or their mapping.", True, "sensitive"),
        Column("phone", "varchar", "Telephone number, comparable form.", True, "identifying"),
        Column("email", "varchar", "E-mail address, comparable form.", True, "identifying"),
        Column("address", "varchar", "Street and number, comparable form.", True, "identifying"),
        Column("locality", "varchar", "Locality of residence.", True, "identifying"),
        Column("postal_code", "varchar", "Postal code of residence.", True, "identifying"),
        Column("mother_name", "varchar", "Mother's name, comparable form.", True, "identifying"),
        Column("father_name", "varchar", "Father's name, comparable form.", True, "identifying"),
        Column("record_count", "bigint", "How many records describe the person.", False),
        Column("source_count", "bigint", "How many sources know the person.", False),
        Column("updated_date", "date", "The latest day on which a source changed what it says."),
    ),
)


# Linkage: from records to persons. Nodes are equal records collapsed; they matter within one run alone.

RECORD_NODES = Table(
    name="record_nodes",
    grain="One record and the node it collapses to: records equal in all that is compared are one node.",
    key=("record_id",),
    columns=(
        Column("record_id", "varchar", "The record.", False, "pseudonym"),
        Column("source", "varchar", "The source's name in its contract.", False),
        Column("record_key", "varchar", "The source's own key, as delivered.", False, "identifying"),
        Column("node", "bigint", "The node, a whole number from 0 that this run gave.", False),
    ),
    references=(("record_id", "records", "record_id"),),
)

LINKS = Table(
    name="links",
    grain="One compared pair of records whose match weight reaches the review floor, the lesser id first.",
    key=("record_id_l", "record_id_r"),
    columns=(
        Column("record_id_l", "varchar", "The record with the lesser id.", False, "pseudonym"),
        Column("record_id_r", "varchar", "The record with the greater id.", False, "pseudonym"),
        Column("match_weight", "double", "Evidence in bits that both are one person; 0 is even odds.", False),
        Column("match_probability", "double", "The same as a probability.", False),
        Column("passes", "bigint", "The blocking passes that proposed the pair, a bit each.", False),
        Column("pattern", "bigint", "The comparison vector, four bits a comparison; 0 is null.", False),
        Column("is_link", "boolean", "The weight reaches the link threshold.", False),
    ),
    references=(("record_id_l", "records", "record_id"), ("record_id_r", "records", "record_id")),
)

CLUSTERS = Table(
    name="clusters",
    grain="One record and the cluster that this run joins it to.",
    key=("record_id",),
    columns=(
        Column("record_id", "varchar", "The record.", False, "pseudonym"),
        Column("cluster_id", "varchar", "The least record id of the cluster.", False, "pseudonym"),
    ),
    references=(("record_id", "records", "record_id"),),
)

REVIEW_QUEUE = Table(
    name="review_queue",
    grain="One pair that a person should look at, ranked by what a decision would change.",
    key=("record_id_l", "record_id_r"),
    columns=(
        Column("record_id_l", "varchar", "The record with the lesser id.", False, "pseudonym"),
        Column("record_id_r", "varchar", "The record with the greater id.", False, "pseudonym"),
        Column("match_weight", "double", "Evidence in bits that both are one person.", False),
        Column(
            "reason",
            "varchar",
            "doubtful: near even odds; cut: a link that repair or a constraint undid; "
            "joined: doubtful, yet in one cluster.",
            False,
        ),
        Column("records_at_stake", "bigint", "How many records a decision would join or part.", False),
    ),
    references=(("record_id_l", "records", "record_id"), ("record_id_r", "records", "record_id")),
)

ENTITIES = Table(
    name="entities",
    grain="One person id ever given, and what became of it.",
    key=("entity_id",),
    columns=(
        Column("entity_id", "varchar", "The person id.", False, "pseudonym"),
        Column("minted_in", "bigint", "The number of the run that gave it, from 1.", False),
        Column("status", "varchar", "active, merged or retired.", False),
        Column("superseded_by", "varchar", "The id that stands for it, where it was merged.", True, "pseudonym"),
    ),
)

ENTITY_EVENTS = Table(
    name="entity_events",
    grain="One change of one person id in one run, with the other id it concerns.",
    key=("run", "kind", "entity_id", "other_entity_id"),
    columns=(
        Column("run", "bigint", "The number of the run, from 1.", False),
        Column("kind", "varchar", "created, restored, merged, split, moved or retired.", False),
        Column("entity_id", "varchar", "The person id it happened to.", False, "pseudonym"),
        Column(
            "other_entity_id",
            "varchar",
            "merged: the id that stands for it; split and moved: the id that took records over; else empty.",
            False,
            "pseudonym",
        ),
        Column("record_count", "bigint", "How many records it concerns.", False),
    ),
)

PAST_MEMBERSHIPS = Table(
    name="past_memberships",
    grain="One record that belonged to one person and no longer does. Persons who were joined part again by it.",
    key=("record_id", "left_in"),
    columns=(
        Column("record_id", "varchar", "The record.", False, "pseudonym"),
        Column("entity_id", "varchar", "The person whose record it was.", False, "pseudonym"),
        Column("left_in", "bigint", "The number of the first run in which it was theirs no longer.", False),
    ),
)

STAGE_TABLES = (
    RECORDS,
    RECORD_IDENTIFIERS,
    RECORD_FLAGS,
    EVENTS,
    QUARANTINE,
    CORRECTIONS,
    SPINE,
    PERSONS,
    RECORD_NODES,
    LINKS,
    CLUSTERS,
    REVIEW_QUEUE,
    ENTITIES,
    ENTITY_EVENTS,
    PAST_MEMBERSHIPS,
)
"""All of the above, in the order of a record's day."""
