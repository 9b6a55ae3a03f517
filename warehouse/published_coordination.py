"""The published tables that say what institutions owe people and each other: referrals, and how well all coordinate."""

from warehouse.common_columns import PERSON, SOURCE, TO_PERSONS, TO_SPINE
from warehouse.published_sectors import (
    COMPLIANCE,
    CONCURRENCES,
    COVERAGE_GAPS,
    ELIGIBILITY,
    RULE_STATUS,
)
from warehouse.table import Column, Table

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

READS: dict[Table, tuple[Table, ...]] = {
    REFERRALS: (COVERAGE_GAPS, ELIGIBILITY, COMPLIANCE, CONCURRENCES),
}
"""Each table that is made of other published tables, and those that its query reads by their names."""

COORDINATION = tuple(READS)
