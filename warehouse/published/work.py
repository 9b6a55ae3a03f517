"""The published table of what people of working age can do, have and seek."""

from warehouse.published.columns import PERSON, TO_PERSONS
from warehouse.table import Column, Table

PRODUCTIVE_PROFILES = Table(
    name="productive_profiles",
    grain="One living person from 15 to 69 years: work, skills, assets and job search beside the poverty score.",
    key=("entity_id",),
    columns=(
        PERSON,
        Column("is_at_work", "boolean", "A job or contribution is on record this month; else null.", True, "sensitive"),
        Column("occupation", "varchar", "Occupation by ISCO-08.", True, "sensitive", codes="isco_08"),
        Column("occupation_title", "varchar", "The title of the occupation in ISCO-08.", True, "sensitive"),
        Column("occupation_group", "varchar", "The title of its major group.", True, "sensitive"),
        Column("education_level", "varchar", "Education by ISCED 2011.", True, "sensitive", codes="isced_2011"),
        Column("education_title", "varchar", "The title of the education in ISCED 2011.", True, "sensitive"),
        Column("is_trained", "boolean", "Trained for work in the last year, by the questionnaire.", True, "sensitive"),
        Column("assets", "double", "Kinds of assets that the household has.", True, "sensitive"),
        Column("seeks_work", "boolean", "Looked for work in the last month.", True, "sensitive"),
        Column("is_rural", "boolean", "The dwelling lies in the country.", True, "sensitive"),
        Column(
            "is_rural_worker", "boolean", "At work, and in agriculture (ISCO-08 group 6) or living in the country.",
            True, "sensitive",
        ),
        Column("minimum_wage_ratio", "double", "The best wage by the country's minimum wage.", True, "sensitive"),
        Column("poverty_score", "double", "The score of the poverty register.", True, "sensitive"),
        Column("programmes", "varchar[]", "The programmes that the person is enrolled in.", False, "sensitive"),
        Column(
            "is_for_employment_service", "boolean",
            "In a programme, looking for work, and no work on record: work could be offered.", False, "sensitive",
        ),
        Column("unknown", "varchar[]", "The parts of the profile that no source tells.", False),
        Column("told_on", "date", "The latest day on which the questionnaire was answered."),
        Column("rule_status", "varchar", "Of the minimum wage: verified, or unverified."),
        Column("citation", "varchar", "The text that the minimum wage rests on."),
    ),
    references=TO_PERSONS,
    may_be_empty=True,
    purpose="employment",
)  # fmt: skip
