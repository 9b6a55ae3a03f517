"""The published tables that describe the registry's world rather than its people."""

from warehouse.published.columns import AS_OF, SOURCE
from warehouse.table import Column, Table

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
    references=(("institution", "institutions", "institution"),),
)

COMPLETENESS = Table(
    name="completeness",
    grain="One contract whose silence may be read as absence: for whom, from when and until when.",
    key=("contract_id",),
    columns=(
        Column("contract_id", "varchar", "The contract; one that is not listed here is complete for nobody.", False),
        SOURCE,
        Column("role", "varchar", "persons or events.", False),
        Column("kind", "varchar", "The kind of event."),
        Column("territory", "varchar", "The territory it is complete for; null for all."),
        Column("complete_since", "date", "From this day on; null for always."),
        Column(
            "complete_until", "date", "Up to the day that its latest delivery describes; later silence means nothing."
        ),
    ),
    references=(("contract_id", "sources", "contract_id"),),
    may_be_empty=True,
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
        Column(
            "replaces", "varchar[]", "Faulty deliveries of the same day that this one was supplied to replace.", False
        ),
    ),
    references=(("contract_id", "sources", "contract_id"),),
)

FRESHNESS = Table(
    name="freshness",
    grain="One contract: the newest delivery in use, when the next one is due, and whether a newer one was refused.",
    key=("contract_id",),
    columns=(
        Column("contract_id", "varchar", "The contract.", False),
        SOURCE,
        Column("institution", "varchar", "The institution.", False),
        Column("delivery_id", "varchar", "The newest delivery in use; null where there never was a good one."),
        AS_OF,
        Column("promised_days", "double", "The longest time between two deliveries, in days, as promised."),
        Column("latency_days", "double", "How many days late a delivery may be, as promised."),
        Column("overdue_from", "date", "The day from which on the next delivery is overdue; null where none is due."),
        Column("refused_count", "bigint", "Newer deliveries that are not in use, for they could not be.", False),
    ),
    references=(("contract_id", "sources", "contract_id"), ("institution", "institutions", "institution")),
)

INSTITUTIONS = Table(
    name="institutions",
    grain="One institution that delivers to the registry.",
    key=("institution",),
    columns=(
        Column("institution", "varchar", "The institution.", False, dci="Programme.implementing_institution"),
        Column("sector", "varchar", "The sector it belongs to."),
        Column("level_of_government", "varchar", "national, subnational, municipal or non_state.", False),
        Column(
            "institution_type", "varchar", "Public or of civil society.", False,
            dci="Programme.institution_type", codes="institution_type",
        ),
        Column("commitments", "varchar[]", "What it has promised in its contracts.", False),
        Column("contract_count", "bigint", "How many contracts it delivers under.", False),
        Column("last_as_of_date", "date", "The latest day that any of its deliveries describes."),
    ),
)  # fmt: skip

PROGRAMMES = Table(
    name="programmes",
    grain="One programme of one source: as its list of programmes declares it, or as its events alone name it.",
    key=("source", "programme"),
    columns=(
        SOURCE,
        Column(
            "programme", "varchar", "The programme, by the source's code.", False, dci="Programme.programme_identifier"
        ),
        Column("name", "varchar", "Its name.", dci="Programme.programme_name"),
        Column(
            "institution", "varchar", "The institution that runs it.", False, dci="Programme.implementing_institution"
        ),
        Column("programme_type", "varchar", "What kind it is.", dci="Programme.programme_type", codes="programme_type"),
        Column(
            "social_protection_function", "varchar", "The risk it answers.",
            dci="Programme.social_protection_functions", codes="social_protection_function",
        ),
        Column(
            "contribution_type", "varchar", "Whether it rests on contributions.",
            dci="Programme.contribution_type", codes="contribution_type",
        ),
        Column("benefit_type", "varchar", "What it gives.", dci="Benefit.benefit_type", codes="benefit_type"),
        Column("is_declared", "boolean", "A list of programmes declares it.", False),
    ),
    references=(("institution", "institutions", "institution"),),
    may_be_empty=True,
)  # fmt: skip

TERRITORIES = Table(
    name="territories",
    grain="One territory: as the gazetteer lists it, or as persons alone name it.",
    key=("code",),
    columns=(
        Column("code", "varchar", "Its code, or its name in comparable form where there is no code.", False),
        Column("level", "varchar", "country, region or municipality.", False),
        Column("name", "varchar", "Its name."),
        Column("parent_code", "varchar", "The territory it is part of."),
        Column("country", "varchar", "ISO 3166 code of its country."),
        Column("is_listed", "boolean", "The gazetteer lists it.", False),
    ),
    references=(("parent_code", "territories", "code"),),
    may_be_empty=True,
)

CODE_LISTS = Table(
    name="code_lists",
    grain="One code of a list (of the Digital Convergence Initiative, ISCO-08, ISCED 2011) and the registry's value.",
    key=("code_list", "code", "registry_value"),
    columns=(
        Column("code_list", "varchar", "The list.", False),
        Column("code", "varchar", "The code.", False),
        Column("label", "varchar", "What it means.", False),
        Column("registry_value", "varchar", "The value that stands for it in the registry's tables, if there is one."),
    ),
)
