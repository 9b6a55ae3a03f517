"""The published tables of poverty: income by head from several sources, deprivations, and the lines of programmes."""

from warehouse.published.columns import CITATION, PERSON, RULE_STATUS, TO_PERSONS
from warehouse.table import Column, Table

INCOMES_PER_CAPITA = Table(
    name="incomes_per_capita",
    grain="One way to know the monthly income by head of one living person's household, in one currency.",
    key=("entity_id", "basis", "currency"),
    columns=(
        PERSON,
        Column(
            "basis", "varchar",
            "declared (what the household answered) or administrative (wages or income taxed of its members, and "
            "benefits paid to them).",
            False,
        ),
        Column("currency", "varchar", "ISO 4217 code; XXX where no source tells it. Nothing is converted.", False),
        Column("monthly_income", "double", "What the household has in a month.", False, "sensitive"),
        Column("members", "bigint", "By how many it is divided: declared, or known.", False, "sensitive"),
        Column("members_told", "bigint", "Of how many of them a source tells an income.", False, "sensitive"),
        Column("per_capita", "double", "Income by members.", False, "sensitive"),
        Column("oldest_date", "date", "The oldest day on which a part of it was told."),
        Column("latest_date", "date", "The latest."),
        Column("age_months", "integer", "Months since the oldest."),
        Column("sources", "varchar[]", "The sources that tell it.", False),
    ),
    references=TO_PERSONS,
    may_be_empty=True,
    purpose="poverty",
)  # fmt: skip

DEPRIVATIONS = Table(
    name="deprivations",
    grain="One dimension of deprivation of one living person: deprived, not deprived, or unknown.",
    key=("entity_id", "programme", "version", "dimension"),
    columns=(
        PERSON,
        Column("programme", "varchar", "The pack whose method it is.", False),
        Column("version", "varchar", "Its version.", False),
        Column("dimension", "varchar", "The dimension; several rules may make one.", False),
        Column(
            "status", "varchar",
            "deprived, not_deprived, or unknown: what no source tells is never taken for its absence.", False,
            "sensitive",
        ),
        Column("deprived_by", "varchar[]", "The rules by which the person is deprived.", False, "sensitive"),
        Column("reason", "varchar", "Why the status is what it is.", False, "sensitive"),
        Column("told_on", "date", "The oldest day on which it was told."),
        Column("sources", "varchar[]", "The sources that told it; none where silence did.", False, "sensitive"),
        RULE_STATUS,
        CITATION,
    ),
    references=TO_PERSONS,
    may_be_empty=True,
    purpose="poverty",
)  # fmt: skip

TARGETING = Table(
    name="targeting",
    grain="One line of a programme in force (income, score or number of deprivations) and one living person.",
    key=("entity_id", "programme", "version", "rule_id"),
    columns=(
        PERSON,
        Column("programme", "varchar", "The programme, by the name of its rule pack.", False),
        Column("version", "varchar", "The version of the pack.", False),
        Column("rule_id", "varchar", "The rule that draws the line.", False),
        Column("kind", "varchar", "What it is for: target, eligibility or benefit.", False),
        Column("status", "varchar", "within, outside, or unknown.", False, "sensitive"),
        Column("metric", "varchar", "income_per_capita, poverty_score or deprivations.", False),
        Column("value", "double", "What is known: declared income, score, deprivations.", True, "sensitive"),
        Column(
            "value_at_most", "double",
            "What it may be: the greater of declared and administrative income; unknown deprivations counted.",
            True, "sensitive",
        ),
        Column("comparator", "varchar", "How it is compared: at_least, at_most, above, below or equals.", False),
        Column("threshold", "double", "With what.", False),
        Column("line", "varchar", "The declared poverty line under which income must lie too."),
        Column("is_below_line", "boolean", "It does; null where it is not known.", True, "sensitive"),
        Column("reason", "varchar", "Why the status is what it is.", False, "sensitive"),
        RULE_STATUS,
        CITATION,
    ),
    references=TO_PERSONS,
    may_be_empty=True,
    purpose="poverty",
)  # fmt: skip

POVERTY_MARTS = (INCOMES_PER_CAPITA, DEPRIVATIONS, TARGETING)
