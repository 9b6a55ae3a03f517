"""The published tables that say how good the linkage is: estimated without truth, and measured where one was given."""

from __future__ import annotations

from warehouse.table import Column, Table

DIMENSION = Column(
    "dimension", "varchar", "What the part is a part of: all, source pair, sex, age, region or identifier.", False
)
PART = Column("part", "varchar", "The part, such as female, or the two sources of a pair.", False)
SUPPRESSED = Column("is_suppressed", "boolean", "Withheld, for it would speak of few people.", False)


def _share(name: str, description: str) -> Column:
    return Column(name, "double", f"{description}, from 0 to 1.")


LINKAGE_ESTIMATES = Table(
    name="linkage_estimates",
    grain="The quality of the linkage in one part of the registry, estimated without truth, with intervals of 95 %.",
    key=("dimension", "part"),
    columns=(
        DIMENSION,
        PART,
        Column("pairs", "bigint", "Pairs of records within persons; a pair counts half for each of its records."),
        _share("precision", "Share of those pairs that are one person indeed"),
        _share("precision_lower", "Lower end of its interval"),
        _share("precision_upper", "Upper end of its interval"),
        _share("recall", "Share of the pairs of one person that are within one"),
        _share("recall_lower", "Lower end of its interval"),
        _share("recall_upper", "Upper end of its interval"),
        Column("precision_basis", "bigint", "Pairs with hidden identifiers that the precision rests on."),
        Column("recall_basis", "bigint", "Pairs with hidden identifiers that the recall rests on."),
        SUPPRESSED,
    ),
)

LINKAGE_EVALUATION = Table(
    name="linkage_evaluation",
    grain="The quality of the linkage in one part of the registry, measured against a truth that was given.",
    key=("dimension", "part"),
    columns=(
        Column(
            "dimension",
            "varchar",
            "What the part is a part of: all, source pair, sex, age, region or identifier; "
            "or pass, a blocking pass, and threshold, a match weight in bits.",
            False,
        ),
        PART,
        Column("pairs", "bigint", "True pairs of records; a pair counts half for each of its records."),
        _share("precision", "Share of the pairs within persons that are one person indeed"),
        _share("recall", "Share of the true pairs that are within one person"),
        _share("f1", "Harmonic mean of the two"),
        _share("b3_precision", "B³ precision: of each record's person the share that is right, averaged"),
        _share("b3_recall", "B³ recall: of each record's true person the share found, averaged"),
        _share("b3_f1", "Harmonic mean of the two"),
        _share("blocking_recall", "Share of the true pairs that a blocking pass proposed"),
        SUPPRESSED,
    ),
    may_be_empty=True,
)
