"""The published tables that say what institutions owe people and each other: referrals, and how well all coordinate."""

from warehouse.published.columns import PERSON, RULE_STATUS, SOURCE, TO_PERSONS, TO_SPINE
from warehouse.published.sectors import COMPLIANCE, CONCURRENCES, COVERAGE_GAPS, ELIGIBILITY, INFORMALITY
from warehouse.table import Cells, Column, Table, Whole

INSTITUTION = Column("institution", "varchar", "The institution.", False)

REFERRALS = Table(
    name="referrals",
    grain="One need of one person, put to one institution that knows the person: what it should do next.",
    key=("referral_id",),
    columns=(
        Column(
            "referral_id", "varchar", "Made of the record and the need alone, so it stays while the need does.", False,
            "pseudonym",
        ),
        PERSON,
        Column("record_id", "varchar", "The institution's own record of the person.", False, "pseudonym"),
        SOURCE,
        INSTITUTION,
        Column(
            "kind", "varchar",
            "unmet_guarantee, not_enrolled (and eligible), not_reported (a co-responsibility), non_compliant (to "
            "review) or concurrence (to review).",
            False, "sensitive",
        ),
        Column("programme", "varchar", "The rule pack it comes of, as programme@version; null for a concurrence."),
        Column("subject", "varchar", "The guarantee, the rule, or what stands side by side.", False, "sensitive"),
        Column(
            "role", "varchar",
            "answer: the institution can meet the need itself; accompany: no institution that could knows the person.",
            False,
        ),
        Column("answered_by", "varchar[]", "The institutions that can meet the need.", False),
        Column("periods", "varchar[]", "The periods it concerns, the latest twelve.", False),
        Column("reason", "varchar", "Why there is a need.", False, "sensitive"),
        RULE_STATUS,
        Column("citation", "varchar", "The text that the rule rests on.", False),
    ),
    references=(*TO_PERSONS, *TO_SPINE, ("institution", "institutions", "institution")),
    purpose="coverage",
    may_be_empty=True,
)  # fmt: skip

SCORECARD = Table(
    name="scorecard",
    grain="One measure of how an institution, a level of government or a sector coordinates, in one month.",
    key=("scope", "name", "measure", "period"),
    columns=(
        Column("scope", "varchar", "What is measured: institution, level of government or sector.", False),
        Column("name", "varchar", "Which one.", False),
        Column(
            "measure", "varchar",
            "timeliness (deliveries in the promised time, of those that came or should have), completeness (of name, "
            "birth date, identifier and address, where the contract holds them), validity (rows taken in with every "
            "value readable), link_rate (records that another source knows too), known_to_others (people whom another "
            "institution knows), corrections_answered (things returned to be mended that a later delivery mends), "
            "referrals_closed (of those handed over: answered, or no longer needed); and goals reached.",
            False,
        ),
        Column("period", "varchar", "The month that the latest delivery described when it was measured.", False),
        Column("sector", "varchar", "Its sector; null for a level of government."),
        Column("level_of_government", "varchar", "Its level: national, subnational, municipal, non_state."),
        Column(
            "numerator", "bigint",
            "How many fulfil the measure; withheld where those people, or those who do not, are few, and in what "
            "such counts are summed in. The value is then a whole hundredth, and of few people there is no row.",
        ),
        Column("denominator", "bigint", "Of how many; withheld with the numerator."),
        Column(
            "value", "double", "The one by the other; of goals reached, how far they are reached on average.", False
        ),
        Column("goal", "double", "What is to be reached, from the goals in force.", False),
        Column("is_reached", "boolean", "The value is at the goal or above.", False),
        Column("rank", "bigint", "Place among those of its scope, 1 the best; equal values share a place.", False),
        Column("ranked_count", "bigint", "Among how many.", False),
        Column("previous_period", "varchar", "The last month before that an earlier release measured."),
        Column("previous_value", "double", "Its value."),
        Column("trend", "varchar", "better, same (within half a percent) or worse than then."),
    ),
    may_be_empty=True,  # where no delivery is dated
)  # fmt: skip

SHARED_PEOPLE = Table(
    name="shared_people",
    grain="One institution and one other: how many people of the one the other knows too.",
    key=("institution", "other_institution"),
    columns=(
        INSTITUTION,
        Column("other_institution", "varchar", "The other institution.", False),
        Column(
            "relation", "varchar",
            "horizontal (of one level of government), vertical (of two levels) or non_state (one is no public body).",
            False,
        ),
        Column("sector", "varchar", "The sector of the one."),
        Column("other_sector", "varchar", "The sector of the other."),
        Column("level_of_government", "varchar", "The level of the one.", False),
        Column("other_level_of_government", "varchar", "The level of the other.", False),
        Column("shared_count", "bigint", "People of the one whom the other knows too; withheld where they are few."),
        Column("share", "double", "Of all whom the one knows."),
    ),
    references=(
        ("institution", "institutions", "institution"), ("other_institution", "institutions", "institution"),
    ),
    may_be_empty=True,
    cells=Cells("shared_count", ("institution", "other_institution"), ("share",)),
)  # fmt: skip

INDICATORS = Table(
    name="indicators",
    grain="Living people of one group of one territory who stand in one way; few people are withheld.",
    key=("indicator", "period", "territory", "dimension", "part", "status"),
    columns=(
        Column(
            "indicator", "varchar",
            "With the rule: unmet (a guarantee, of those of whom it is known), not known (of those to whom it "
            "applies), not enrolled (of those known to be eligible whom an office has seen), not compliant (of those "
            "reported), not reported (of those bound). Without: informal (of those at work of whom it is known), "
            "enrolled (in any programme); and of the registry itself linked (known to two sources or more), identified "
            "(by a valid national number) and in_review (a pair waits for a person).",
            False,
        ),
        Column("period", "varchar", "The month that it describes, or the period of the duty.", False),
        Column("level", "varchar", "country, region or municipality.", False),
        Column("territory", "varchar", "Its code; where nobody knows it, that of the whole and unknown.", False),
        Column("within", "varchar", "The territory it is part of; a country's is itself.", False),
        Column("dimension", "varchar", "all, sex, age, ethnicity, disability or migrant_status.", False),
        Column("part", "varchar", "The group, such as female or 6-17; unknown where no source tells.", False),
        Column("status", "varchar", "yes or no.", False),
        Column("people", "bigint", "How many; null where it is withheld."),
        Column("share", "double", "Of all in the group of whom the indicator tells; null where it is withheld."),
    ),
    purpose="coverage",
    may_be_empty=True,
    cells=Cells(
        "people", ("indicator", "period", "status", "dimension", "part", "level", "territory", "within"),
        ("share",),
        apart=("indicator", "period", "dimension", "level", "within"),
        wholes=(
            Whole((("dimension", "all"), ("part", "all"))),
            Whole(parent=("territory", "within"), otherwise=("level", "within")),
        ),
    ),
)  # fmt: skip

READS: dict[Table, tuple[Table, ...]] = {
    REFERRALS: (COVERAGE_GAPS, ELIGIBILITY, COMPLIANCE, CONCURRENCES),
    SCORECARD: (REFERRALS,),
    SHARED_PEOPLE: (),
    INDICATORS: (COVERAGE_GAPS, ELIGIBILITY, COMPLIANCE, INFORMALITY),
}
"""Each table that is made of other published tables, and those that its query reads by their names."""

COORDINATION = tuple(READS)
