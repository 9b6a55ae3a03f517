"""The tables that a release publishes: no name, number, address or exact birth date of anyone is in them."""

from warehouse.table import Column, Table

ENTITY = Column(
    "entity_id", "varchar", "The person; null where no record of the person was delivered.", True, "pseudonym"
)
RECORD = Column("record_id", "varchar", "The record of the person in the source.", False, "pseudonym")
EVENT = Column("event_id", "varchar", "The event.", False, "pseudonym")
SOURCE = Column("source", "varchar", "The source, by its contract's name.", False)
AS_OF = Column("as_of_date", "date", "The day the delivery describes.")
TO_SPINE = (("record_id", "spine", "record_id"),)

PERSONS_PUBLISHED = Table(
    name="persons",
    grain="One person, as all sources together describe them.",
    key=("entity_id",),
    columns=(
        Column("entity_id", "varchar", "The person; kept over releases.", False, "pseudonym"),
        Column("birth_year", "integer", "Year of birth.", True, "sensitive"),
        Column("sex", "varchar", "male, female or other.", True, "sensitive"),
        Column("municipality", "varchar", "Municipality of residence.", True, "sensitive"),
        Column("region", "varchar", "Region of residence.", True, "sensitive"),
        Column("country", "varchar", "Country of residence.", True, "sensitive"),
        Column("death_year", "integer", "Year of death, where one is recorded.", True, "sensitive"),
        Column("education_level", "varchar", "Education.", True, "sensitive"),
        Column("occupation", "varchar", "Occupation.", True, "sensitive"),
        Column("disability", "varchar", "Disability.", True, "sensitive"),
        Column("ethnicity", "varchar", "Ethnicity.", True, "sensitive"),
        Column("language", "varchar", "Language.", True, "sensitive"),
        Column("record_count", "bigint", "How many records describe the person.", False),
        Column("source_count", "bigint", "How many sources know the person.", False),
    ),
)

SPINE_PUBLISHED = Table(
    name="spine",
    grain="One record and the person it belongs to.",
    key=("record_id",),
    columns=(RECORD, SOURCE, Column("entity_id", "varchar", "The person.", False, "pseudonym")),
    references=(("entity_id", "persons", "entity_id"),),
)

SOURCE_RECORDS = Table(
    name="source_records",
    grain="One record of one source: where it came from and what it says, without the values.",
    key=("record_id",),
    columns=(
        RECORD,
        Column("entity_id", "varchar", "The person.", False, "pseudonym"),
        SOURCE,
        Column("contract_id", "varchar", "The contract it was delivered under.", False),
        Column("delivery_id", "varchar", "The delivery that brought it.", False),
        AS_OF,
        Column("updated_date", "date", "The day the source last changed it."),
        Column("has_name", "boolean", "It has a given name and a surname.", False),
        Column("has_birth_date", "boolean", "It has a whole, valid date of birth.", False),
        Column("has_identifier", "boolean", "It has a valid identifier that is not the source's own.", False),
        Column("has_address", "boolean", "It has an address.", False),
        Column("has_phone", "boolean", "It has a telephone number.", False),
        Column("faults", "varchar[]", "Fields whose delivered value could not be read.", False),
    ),
    references=TO_SPINE,
)


def _events(name: str, grain: str, *columns: Column) -> Table:
    return Table(name, grain, ("event_id",), (EVENT, ENTITY, RECORD, SOURCE, AS_OF, *columns))


PROGRAMME = Column("programme", "varchar", "The programme, by the source's code.")
START = Column("start_date", "date", "First day.")
END = Column("end_date", "date", "Last day; null while it goes on.")
DAY = Column("event_date", "date", "The day it happened.")
PERIOD = Column("period", "varchar", "The period it belongs to, such as 2026-10.")
AMOUNT = Column("amount", "double", "Amount of money.", True, "sensitive")
CURRENCY = Column("currency", "varchar", "ISO 4217 code.")
DAYS = Column("days", "integer", "Days it covers.")
COUNTRY = Column("country", "varchar", "Country.")
SCHEME = Column("scheme", "varchar", "Scheme within the institution.")
REASON = Column("reason", "varchar", "Reason, by the source's code.", True, "sensitive")
EMPLOYER = Column("employer", "varchar", "The employer, by the source's key.", True, "sensitive")
SERVICE = Column("service", "varchar", "The service given.", True, "sensitive")

ENROLMENTS = _events("enrolments", "One enrolment of one person in a programme.", PROGRAMME, START, END, REASON)
BENEFITS = _events(
    "benefits", "One benefit paid to one person.", PROGRAMME, DAY, PERIOD, AMOUNT, CURRENCY,
    Column("unit", "varchar", "What was given, where it is not money."),
)  # fmt: skip
WORK = _events("work", "One spell of work of one person.", EMPLOYER, START, END, SCHEME, COUNTRY, AMOUNT, CURRENCY)
CONTRIBUTIONS = _events(
    "contributions", "One period of contributions of one person.",
    START, END, PERIOD, DAYS, COUNTRY, SCHEME, EMPLOYER, AMOUNT, CURRENCY,
)  # fmt: skip
ATTENDANCE = _events(
    "attendance", "One person's school attendance in one period.", PERIOD,
    Column("present", "double", "Days present."),
    Column("enrolled_days", "double", "Days on which presence was expected."),
    Column("attendance_rate", "double", "Days present by days expected, from 0 to 1."), REASON,
)  # fmt: skip
CHECKUPS = _events("checkups", "One health check-up of one person.", DAY, PERIOD, SERVICE)
VACCINATIONS = _events("vaccinations", "One dose given to one person.", DAY, PERIOD, SERVICE)
INCOMES = _events("incomes", "One declaration of income of one person.", PERIOD, DAY, AMOUNT, CURRENCY, SCHEME)
MIGRATIONS = _events("migrations", "One move of one person between countries.", START, END, COUNTRY, REASON)

SOURCES = Table(
    name="sources",
    grain="One contract: what an institution promised, and what lies in this release.",
    key=("contract_id",),
    columns=(
        Column("contract_id", "varchar", "The contract.", False),
        SOURCE,
        Column("institution", "varchar", "The institution.", False),
        Column("sector", "varchar", "The sector it belongs to."),
        Column("level_of_government", "varchar", "national, subnational, municipal or non_state.", False),
        Column("role", "varchar", "persons or events.", False),
        Column("kind", "varchar", "The kind of event."),
        Column("legal_basis", "varchar", "The law under which it delivers."),
        Column("purposes", "varchar[]", "What its data may be used for.", False),
        Column("is_complete", "boolean", "Its silence about a person means something.", False),
        Column("territory", "varchar", "The territory it is complete for."),
        Column("complete_since", "date", "Since when it is complete."),
    ),
)

DELIVERIES = Table(
    name="deliveries",
    grain="One delivery in use in this release.",
    key=("contract_id", "delivery_id"),
    columns=(
        Column("contract_id", "varchar", "The contract it follows.", False),
        Column("delivery_id", "varchar", "The delivery.", False),
        AS_OF,
        Column("sha256", "varchar", "Fingerprint of the delivered bytes.", False),
        Column("rows_delivered", "bigint", "Rows in the delivery.", False),
        Column("rows_accepted", "bigint", "Rows taken in.", False),
        Column("rows_quarantined", "bigint", "Rows kept apart, each with its reason.", False),
    ),
    references=(("contract_id", "sources", "contract_id"),),
)

EVENT_KINDS = {
    ENROLMENTS: "enrolment",
    BENEFITS: "benefit",
    WORK: "work",
    CONTRIBUTIONS: "contribution",
    ATTENDANCE: "attendance",
    CHECKUPS: "checkup",
    VACCINATIONS: "vaccination",
    INCOMES: "tax",
    MIGRATIONS: "migration",
}
"""The published table of each kind of event."""

MARTS = (PERSONS_PUBLISHED, SPINE_PUBLISHED, SOURCE_RECORDS, *EVENT_KINDS)
"""Tables that are made by the query of their name in `warehouse/marts`."""

PUBLISHED = (*MARTS, SOURCES, DELIVERIES)
