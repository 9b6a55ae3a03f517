"""The published tables that read across sectors: what only all institutions together can see."""

from warehouse.common_columns import PERSON, TO_PERSONS
from warehouse.table import Column, Table

RULE_STATUS = Column("rule_status", "varchar", "verified, or unverified: the figures were not read in the law.", False)
CITATION = Column("citation", "varchar", "The text that the rule rests on.", False)

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
    may_be_empty=True,
)  # fmt: skip

SECTOR_MARTS = (PORTABILITY,)
"""Tables whose queries see the rule packs and agreements too."""
