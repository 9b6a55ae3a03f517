"""The log of co-responsibilities that were judged otherwise once more was delivered."""

from warehouse.published.columns import PERSON
from warehouse.table import Column, Table

COMPLIANCE_CORRECTIONS = Table(
    name="compliance_corrections",
    grain="One judgement of a co-responsibility that a later release changed: what it was and is, by which delivery.",
    key=("entity_id", "programme", "version", "rule_id", "period_start", "since_release_id"),
    columns=(
        PERSON,
        Column("programme", "varchar", "The programme, by the name of its rule pack.", False),
        Column("version", "varchar", "The version of the pack.", False),
        Column("rule_id", "varchar", "The rule.", False),
        Column("period", "varchar", "The period.", False),
        Column("period_start", "date", "Its first day.", False),
        Column(
            "correction", "varchar",
            "mended (no longer non_compliant), found (now non_compliant), told_late (reported at last), withdrawn (no "
            "longer reported) or changed.",
            False, "sensitive",
        ),
        Column("old_status", "varchar", "What the release before said.", False, "sensitive"),
        Column("new_status", "varchar", "What holds now.", False, "sensitive"),
        Column("old_value", "double", "What was measured then.", True, "sensitive"),
        Column("new_value", "double", "What is measured now.", True, "sensitive"),
        Column("deliveries", "varchar[]", "Deliveries that the release before lacked; none where facts went.", False),
        Column("as_of_date", "date", "The latest day that those deliveries describe."),
        Column("since_release_id", "varchar", "The release that said otherwise.", False),
    ),
    may_be_empty=True,
    purpose="co_responsibility",
)  # fmt: skip
