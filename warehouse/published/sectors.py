"""The published tables that read across sectors: what only all institutions together can see."""

from warehouse.published.columns import CITATION, HOUSEHOLD, PERSON, RULE_STATUS, SOURCE, TO_PERSONS
from warehouse.published.poverty import POVERTY_MARTS
from warehouse.published.work import PRODUCTIVE_PROFILES
from warehouse.table import Column, Table

PORTABILITY = Table(
    name="portability",
    grain="One State that a person has contributed in, under one agreement that adds up periods of several States.",
    key=("entity_id", "agreement", "country"),
    columns=(
        PERSON,
        Column("agreement", "varchar", "The agreement.", False),
        Column("country", "varchar", "The State.", False),
        Column(
            "basis", "varchar",
            "own_law, totalised, totalised_with_third_countries, refused_short_period, short_of_minimum, law_unknown.",
            False, "sensitive",
        ),
        Column("own_days", "double", "Days of contribution in the State, each once.", False, "sensitive"),
        Column("counted_days", "double", "Those that count there, once overlaps are settled.", False, "sensitive"),
        Column("totalised_days", "double", "Days that the decision rests on, of all its States.", False, "sensitive"),
        Column("minimum_days", "integer", "Days that the State's law asks."),
        Column("missing_days", "double", "Days that are missing to the minimum.", True, "sensitive"),
        Column(
            "pro_rata_share", "double", "The part of the theoretical pension that the State bears; 1 by its own law.",
            True, "sensitive",
        ),
        Column("has_pension_age", "boolean", "The person has reached the State's pension age.", True, "sensitive"),
        Column("is_most_favourable", "boolean", "Of several agreements, the best for the person in this State.", False),
        Column("explanation", "varchar[]", "How it was reckoned, line by line.", False, "sensitive"),
        RULE_STATUS,
        CITATION,
    ),
    references=TO_PERSONS,
    purpose="portability",
    may_be_empty=True,
)  # fmt: skip

COMPLIANCE = Table(
    name="compliance",
    grain="One co-responsibility of one enrolled person in one period; what does not apply is told for the last alone.",
    key=("entity_id", "programme", "version", "rule_id", "period_start"),
    columns=(
        PERSON,
        Column("programme", "varchar", "The programme, by the name of its rule pack.", False),
        Column("version", "varchar", "The version of the pack.", False),
        Column("rule_id", "varchar", "The rule.", False),
        Column("period", "varchar", "The period, such as 2026-10, 2026-B5, 2026-S1 or 2026.", False),
        Column("period_start", "date", "Its first day.", False),
        Column("period_end", "date", "Its last day.", False),
        Column(
            "status", "varchar",
            "compliant, non_compliant, not_reported (an institution's silence), exempt, in_grace or not_applicable.",
            False, "sensitive",
        ),
        Column("value", "double", "What was measured, where something was.", True, "sensitive"),
        Column("comparator", "varchar", "How it is compared: at_least, at_most, above, below or equals.", False),
        Column("threshold", "double", "With what.", False),
        Column("evidence_count", "bigint", "How many events it rests on.", False),
        Column("evidence", "varchar[]", "Those events, the first twelve.", True, "pseudonym"),
        Column("reason", "varchar", "Why the status is what it is.", False, "sensitive"),
        Column(
            "flag", "varchar", "What a person should look into; nothing is sanctioned by it.", True, "sensitive"
        ),
        RULE_STATUS,
        CITATION,
    ),
    references=TO_PERSONS,
    purpose="co_responsibility",
    may_be_empty=True,
)  # fmt: skip

LIFE_STAGES = Table(
    name="life_stages",
    grain="One stage of life of one living person, by one scheme of stages; a person may be in several.",
    key=("entity_id", "scheme", "stage"),
    columns=(
        PERSON,
        Column("scheme", "varchar", "The scheme of stages.", False),
        Column("stage", "varchar", "The stage.", False, "sensitive"),
        RULE_STATUS,
        CITATION,
    ),
    references=TO_PERSONS,
    purpose="coverage",
    may_be_empty=True,  # where no contract allows the purpose
)

TRANSITIONS = Table(
    name="transitions",
    grain="One age at which rights or duties change, or one birth of a child, that a person reaches in the next six "
    "months.",
    key=("entity_id", "scheme", "transition"),
    columns=(
        PERSON,
        Column("scheme", "varchar", "The scheme of stages that names it.", False),
        Column("transition", "varchar", "What is reached: birth, school_age, adulthood, old_age.", False, "sensitive"),
        Column("age", "integer", "The age; null for a birth, which a check-up expects.", True, "sensitive"),
        Column("months_until", "integer", "Calendar months until then.", False, "sensitive"),
    ),
    references=TO_PERSONS,
    purpose="coverage",
    may_be_empty=True,
)

COVERAGE_GAPS = Table(
    name="coverage_gaps",
    grain="One guarantee that applies to one living person: met by what, unmet, or unknown.",
    key=("entity_id", "programme", "version", "guarantee"),
    columns=(
        PERSON,
        Column("programme", "varchar", "The pack that names the guarantee.", False),
        Column("version", "varchar", "Its version.", False),
        Column("guarantee", "varchar", "The guarantee.", False),
        Column(
            "status", "varchar", "met, unmet, or unknown where a source that might know is not complete.", False,
            "sensitive",
        ),
        Column("met_by", "varchar[]", "The answers on record: enrolment, contribution and so on.", False, "sensitive"),
        Column("sources", "varchar[]", "The sources that recorded them.", False, "sensitive"),
        Column("reason", "varchar", "Why the status is what it is.", False, "sensitive"),
        RULE_STATUS,
        CITATION,
    ),
    references=TO_PERSONS,
    purpose="coverage",
    may_be_empty=True,  # where no contract allows the purpose
)  # fmt: skip

ELIGIBILITY = Table(
    name="eligibility",
    grain="One person and one programme whose conditions are ages and lines of income, score or deprivations: "
    "eligible, enrolled, or both. Who is not enrolled and not known to be eligible has no row.",
    key=("entity_id", "programme", "version"),
    columns=(
        PERSON,
        Column("programme", "varchar", "The programme, by the name of its rule pack.", False),
        Column("version", "varchar", "The version of the pack.", False),
        Column(
            "status", "varchar",
            "eligible_enrolled, eligible_not_enrolled, eligible_not_seen (by no office but the civil registry in ten "
            "years), enrolled_not_eligible or enrolled_eligibility_unknown.",
            False, "sensitive",
        ),
        Column("reason", "varchar", "Why the status is what it is.", False, "sensitive"),
        Column("flag", "varchar", "What a person should look into.", True, "sensitive"),
        RULE_STATUS,
        CITATION,
    ),
    references=TO_PERSONS,
    purpose="coverage",
    may_be_empty=True,
)  # fmt: skip

INFORMALITY = Table(
    name="informality",
    grain="One person known to work in the month that the deliveries describe: formal, informal, or unknown.",
    key=("entity_id",),
    columns=(
        PERSON,
        Column("period", "varchar", "The reference month.", False),
        Column(
            "status", "varchar", "formal, informal, or unknown where the silence of a source means nothing.", False,
            "sensitive",
        ),
        Column("work_relationship", "varchar", "employee, own_account or as the sources name it.", False, "sensitive"),
        Column(
            "contributes", "boolean", "A contribution is on record for the month or the one before.", False,
            "sensitive",
        ),
        Column("pays_tax", "boolean", "The tax authority knows the person.", False, "sensitive"),
        Column("job_count", "bigint", "Jobs on record in the month.", False, "sensitive"),
        Column("reason", "varchar", "Why the status is what it is.", False, "sensitive"),
        Column("minimum_wage_ratio", "double", "The best wage by the country's minimum wage.", True, "sensitive"),
        Column("sources", "varchar[]", "The sources of jobs and contributions.", False, "sensitive"),
        RULE_STATUS,
        CITATION,
    ),
    references=TO_PERSONS,
    may_be_empty=True,
    purpose="informality",
)  # fmt: skip

CONCURRENCES = Table(
    name="concurrences",
    grain="One thing about one person's benefits that should not be so, for a person to look into.",
    key=("entity_id", "kind", "subject"),
    columns=(
        PERSON,
        Column(
            "kind", "varchar",
            "enrolled_twice, paid_twice, paid_after_death, enrolled_after_death, two_households (of one source), "
            "households_differ (two sources put the person in different places, with people whom they tell apart), "
            "incompatible (two benefits kept apart by a rule), same_benefit_elsewhere (for one risk, of two "
            "institutions) or born_before_parent.",
            False, "sensitive",
        ),
        Column("subject", "varchar", "The programme, with its period where one was paid twice; or the source.", False),
        Column("evidence", "varchar[]", "The events or records it rests on.", True, "pseudonym"),
        Column("sources", "varchar[]", "The sources they come from.", False),
        Column("flag", "varchar", "What a person should do; nothing is sanctioned by it.", False),
        Column("rule_status", "varchar", "Of the rule that keeps two benefits apart: verified, or unverified."),
        Column("citation", "varchar", "The text that such a rule rests on."),
    ),
    references=TO_PERSONS,
    may_be_empty=True,
    purpose="coverage",
)  # fmt: skip

HOUSEHOLD_BENEFITS = Table(
    name="household_benefits",
    grain="One programme that reaches one household of the combined grouping: the stack of its benefits.",
    key=("household_id", "source", "programme", "currency"),
    columns=(
        HOUSEHOLD,
        SOURCE,
        Column("programme", "varchar", "The programme, by the source's code.", False),
        Column("currency", "varchar", "ISO 4217 code; XXX where no money was paid.", False),
        Column("enrolled_members", "bigint", "Members who are enrolled today.", False, "sensitive"),
        Column("paid_members", "bigint", "Members to whom it was paid in the last twelve months.", False, "sensitive"),
        Column("amount", "double", "What was paid to them in the last twelve months.", True, "sensitive"),
        Column("last_date", "date", "The latest day on which something was paid."),
        Column("programme_count", "bigint", "How many programmes reach the household.", False, "sensitive"),
    ),
    references=(("household_id", "households", "household_id"),),
    may_be_empty=True,
    purpose="coverage",
)  # fmt: skip

SECTOR_MARTS = (
    PORTABILITY, COMPLIANCE, LIFE_STAGES, TRANSITIONS, COVERAGE_GAPS, INFORMALITY, CONCURRENCES,
    HOUSEHOLD_BENEFITS, PRODUCTIVE_PROFILES, *POVERTY_MARTS, ELIGIBILITY,
)  # fmt: skip
"""Tables whose queries see the rule packs and agreements too."""
