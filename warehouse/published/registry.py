"""The tables that a release publishes: no name, number, address or exact birth date of anyone is in them."""

from warehouse.published.columns import (
    AMOUNT,
    AS_OF,
    COUNTRY,
    CURRENCY,
    DAY,
    DAYS,
    EMPLOYER,
    END,
    ENTITY,
    EVENT,
    MUNICIPALITY,
    PERIOD,
    PERSON,
    PROGRAMME,
    REASON,
    RECORD,
    REGION,
    RESIDENCE,
    SCHEME,
    SERVICE,
    SOURCE,
    START,
    TO_PERSONS,
    TO_SPINE,
)
from warehouse.published.coordination import COORDINATION
from warehouse.published.corrections import COMPLIANCE_CORRECTIONS
from warehouse.published.people import PEOPLE
from warehouse.published.quality import LINKAGE_ESTIMATES, LINKAGE_EVALUATION
from warehouse.published.reference import (
    CODE_LISTS,
    COMPLETENESS,
    DELIVERIES,
    FRESHNESS,
    INSTITUTIONS,
    PROGRAMMES,
    SOURCES,
    TERRITORIES,
)
from warehouse.published.sectors import SECTOR_MARTS
from warehouse.table import Cells, Column, Table

PERSONS_PUBLISHED = Table(
    name="persons",
    grain="One person, as all sources together describe them.",
    key=("entity_id",),
    columns=(
        Column("entity_id", "varchar", "The person; kept over releases.", False, "pseudonym", dci="Person.identifier"),
        Column("birth_year", "integer", "Year of birth.", True, "sensitive", dci="Person.birth_date"),
        Column("sex", "varchar", "male, female or other.", True, "sensitive", dci="Person.sex", codes="sex"),
        MUNICIPALITY,
        REGION,
        RESIDENCE,
        Column(
            "death_year", "integer", "Year of death, where one is recorded.", True, "sensitive",
            dci="Person.death_date",
        ),
        Column(
            "education_level", "varchar", "Education by ISCED 2011; the first digit is the level.", True, "sensitive",
            dci="Member.education_level", codes="isced_2011",
        ),
        Column(
            "occupation", "varchar", "Occupation by ISCO-08; the first digit is the major group.", True, "sensitive",
            dci="Member.occupation", codes="isco_08",
        ),
        Column(
            "employment_status", "varchar", "Employment status.", True, "sensitive",
            dci="Member.employment_status", codes="employment_status",
        ),
        Column("disability", "varchar", "Disability.", True, "sensitive", dci="Member.is_disabled"),
        Column("ethnicity", "varchar", "Ethnicity.", True, "sensitive"),
        Column("language", "varchar", "Language.", True, "sensitive", dci="Member.language_code"),
        Column("record_count", "bigint", "How many records describe the person.", False),
        Column("source_count", "bigint", "How many sources know the person.", False),
        Column(
            "updated_date", "date",
            "The latest day on which a source changed what it says; null within a year of the birth or death.",
            dci="Person.last_updated",
        ),
    ),
)  # fmt: skip

PERSON_IDENTIFIERS = Table(
    name="person_identifiers",
    grain="One identifier that sources give one person, without its value.",
    key=("entity_id", "scheme", "ordinal"),
    columns=(
        PERSON,
        Column("scheme", "varchar", "Who issued it: a national scheme such as mx.curp, or local.<source>.", False),
        Column("ordinal", "integer", "1 for the number that most records give, 2 for the next.", False),
        Column(
            "identifier_type", "varchar", "What kind of identifier it is; null for a scheme of another kind.",
            dci="Identifier.identifier_type", codes="identifier_type",
        ),
        COUNTRY,
        Column("is_valid", "boolean", "Its form and check digit pass, and it is no known placeholder.", False),
        Column("is_shared", "boolean", "Another person bears the same number.", False),
        Column("record_count", "bigint", "How many records give it.", False),
        Column("sources", "varchar[]", "The sources that give it.", False),
    ),
    references=TO_PERSONS,
    may_be_empty=True,
)  # fmt: skip

POPULATION = Table(
    name="population",
    grain="The living people of one municipality, sex and band of birth years; few people are withheld.",
    key=("municipality", "sex", "born_from"),
    columns=(
        MUNICIPALITY,
        Column("sex", "varchar", "male, female or other.", codes="sex"),
        Column("born_from", "integer", "First year of a band of ten birth years."),
        Column("people", "bigint", "How many; null where it is withheld."),
    ),
    may_be_empty=True,
    cells=Cells("people", ("municipality", "sex", "born_from")),
)

SPINE_PUBLISHED = Table(
    name="spine",
    grain="One record and the person it belongs to.",
    key=("record_id",),
    columns=(RECORD, SOURCE, PERSON),
    references=TO_PERSONS,
    together="entity_id",
)

SOURCE_RECORDS = Table(
    name="source_records",
    grain="One record of one source: where it came from and what it says, without the values.",
    key=("record_id",),
    columns=(
        RECORD,
        PERSON,
        SOURCE,
        Column("contract_id", "varchar", "The contract it was delivered under.", False),
        Column("delivery_id", "varchar", "The delivery that brought it.", False),
        AS_OF,
        Column("updated_date", "date", "The day the source last changed it; null within a year of the birth or death."),
        Column("has_name", "boolean", "It has a given name and a surname.", False),
        Column("has_birth_date", "boolean", "It has a whole, valid date of birth.", False),
        Column("has_identifier", "boolean", "It has a valid identifier that is not the source's own.", False),
        Column("has_address", "boolean", "It has an address.", False),
        Column("has_phone", "boolean", "It has a telephone number.", False),
        Column("faults", "varchar[]", "Fields whose delivered value could not be read.", False),
    ),
    references=(*TO_SPINE, *TO_PERSONS),
    together="entity_id",
)


def _events(name: str, grain: str, *columns: Column, references: tuple[tuple[str, str, str], ...] = ()) -> Table:
    return Table(
        name,
        grain,
        ("event_id",),
        (EVENT, ENTITY, RECORD, SOURCE, AS_OF, *columns),
        (*TO_PERSONS, *references),
        together="entity_id",
    )


TO_PROGRAMMES = (("programme", "programmes", "programme"),)

ENROLMENTS = _events(
    "enrolments", "One enrolment of one person in a programme.", PROGRAMME, START, END,
    Column(
        "enrolment_status", "varchar", "Active, or deceased; null where it ended for another reason.",
        dci="Beneficiary.enrollment_status", codes="enrolment_status",
    ),
    REASON, references=TO_PROGRAMMES,
)  # fmt: skip
BENEFITS = _events(
    "benefits", "One benefit paid to one person.", PROGRAMME, DAY, PERIOD, AMOUNT, CURRENCY,
    Column("unit", "varchar", "What was given, where it is not money.", dci="Benefit.benefit_quantity"),
    Column(
        "benefit_type", "varchar", "As the programme's list declares it, else cash where an amount of money was paid.",
        dci="Benefit.benefit_type", codes="benefit_type",
    ),
    references=TO_PROGRAMMES,
)  # fmt: skip
WORK = _events(
    "work", "One spell of work of one person.", EMPLOYER, START, END,
    Column(
        "occupation", "varchar", "Occupation of the spell by ISCO-08, as the source's record gives it.", True,
        "sensitive", codes="isco_08",
    ),
    Column(
        "occupation_title", "varchar", "Its title in ISCO-08.", True, "sensitive", dci="EmploymentInfo.job_title"
    ),
    SCHEME, COUNTRY, AMOUNT, CURRENCY,
)  # fmt: skip
CONTRIBUTIONS = _events(
    "contributions", "One period of contributions of one person.",
    START, END, PERIOD, DAYS, COUNTRY, SCHEME, EMPLOYER, AMOUNT, CURRENCY,
)  # fmt: skip
ATTENDANCE = _events(
    "attendance", "One person's school attendance in one period.", PERIOD,
    Column("start_date", "date", "First day of the period; null where the period is no month or year."),
    Column("end_date", "date", "Last day of the period."),
    Column("present", "double", "Days present."),
    Column("enrolled_days", "double", "Days on which presence was expected."),
    Column("attendance_rate", "double", "Days present by days expected, from 0 to 1."), REASON,
)  # fmt: skip
CHECKUPS = _events("checkups", "One health check-up of one person.", DAY, PERIOD, SERVICE)
VACCINATIONS = _events("vaccinations", "One dose given to one person.", DAY, PERIOD, SERVICE)
INCOMES = _events("incomes", "One declaration of income of one person.", PERIOD, DAY, AMOUNT, CURRENCY, SCHEME)
MIGRATIONS = _events("migrations", "One move of one person between countries.", START, END, COUNTRY, REASON)
ANSWERS = _events(
    "answers", "One answer of one person to one question of a questionnaire, for themselves or for their household.",
    DAY,
    Column("question", "varchar", "The question, by the registry's word for it where the contract maps it."),
    Column("answer", "double", "The answer as a number; 1 and 0 for yes and no.", True, "sensitive"),
)  # fmt: skip

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
    ANSWERS: "answer",
}
"""The published table of each kind of event."""

MARTS = (
    PERSONS_PUBLISHED, PERSON_IDENTIFIERS, POPULATION, SPINE_PUBLISHED, SOURCE_RECORDS, *EVENT_KINDS,
    INSTITUTIONS, PROGRAMMES, TERRITORIES, COMPLETENESS, *SECTOR_MARTS,
)  # fmt: skip
"""Tables that are made by the query of their name in `warehouse/marts`."""

PUBLISHED = (
    *MARTS, COMPLIANCE_CORRECTIONS, *COORDINATION, *PEOPLE, SOURCES, DELIVERIES, FRESHNESS, CODE_LISTS,
    LINKAGE_ESTIMATES, LINKAGE_EVALUATION,
)  # fmt: skip

BOUND = tuple(table for table in PUBLISHED if table not in (*SECTOR_MARTS, COMPLIANCE_CORRECTIONS, *COORDINATION))
"""Tables that every contract they are made of must allow; the others leave out the contracts that do not."""
