"""How often each institution goes wrong, and in what way: the one place where the rates are declared.

Each rate is the share of the rows that the error can befall (a second given name can only be dropped where
there is one). The kinds of error are those that audits of social registries report.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Rates:
    """The error rates of one extract.

    `lag_years` is the mean time since the office last saw the person, whom it did not see before `least_age`.
    `dead_kept` is, of those who died in the last ten years, the share still listed as living.
    """

    lag_years: float = 1.5
    least_age: float = 0
    duplicated: float = 0.0
    cut_rows: float = 0.0
    dead_kept: float = 0.0

    given_misspelt: float = 0.015
    surname_misspelt: float = 0.012
    accents_lost: float = 0.12
    abbreviated: float = 0.03
    second_given_dropped: float = 0.06
    surnames_swapped: float = 0.004
    surname_2_missing: float = 0.02
    married_name: float = 0.0
    newborn_unnamed: float = 0.0

    day_month_swapped: float = 0.006
    default_date: float = 0.006
    year_off_by_one: float = 0.006
    year_off_by_ten: float = 0.002
    age_heaped: float = 0.0
    birth_date_missing: float = 0.004
    birth_date_impossible: float = 0.0005

    sex_wrong: float = 0.004
    sex_missing: float = 0.003
    sex_code_unknown: float = 0.0005

    curp_missing: float = 0.06
    curp_of_parent: float = 0.0
    curp_miscopied: float = 0.004

    phone_missing: float = 0.0
    phone_of_officer: float = 0.0
    address_missing: float = 0.0
    address_misspelt: float = 0.0


CAREFUL = Rates(
    given_misspelt=0.006,
    surname_misspelt=0.005,
    accents_lost=0.03,
    abbreviated=0.01,
    second_given_dropped=0.01,
    surname_2_missing=0.004,
    day_month_swapped=0.002,
    default_date=0.002,
    year_off_by_one=0.002,
    year_off_by_ten=0.0005,
    sex_wrong=0.001,
    curp_missing=0.03,
    curp_miscopied=0.001,
)
"""An office that asks for papers and checks them."""

SOCIAL_DEVELOPMENT = Rates(
    lag_years=2.2, duplicated=0.02, cut_rows=1 / 8000, dead_kept=0.05, married_name=0.04, default_date=0.015,
    age_heaped=0.02, curp_of_parent=0.03, phone_missing=0.12, phone_of_officer=0.05, address_missing=0.03,
    address_misspelt=0.03,
)  # fmt: skip
LABOUR = Rates(
    lag_years=0.8, duplicated=0.004, cut_rows=1 / 9000, abbreviated=0.08, second_given_dropped=0.12, curp_missing=0.10
)  # fmt: skip
SOCIAL_SECURITY = replace(
    CAREFUL, lag_years=3.0, least_age=16, duplicated=0.006, cut_rows=1 / 9000, dead_kept=0.02, phone_missing=0.15,
    address_missing=0.02, address_misspelt=0.02,
)  # fmt: skip
EDUCATION = Rates(
    lag_years=0.6, least_age=3, duplicated=0.008, cut_rows=1 / 9000, day_month_swapped=0.01, curp_of_parent=0.012
)
HEALTH = Rates(
    lag_years=1.8, duplicated=0.03, cut_rows=1 / 8000, dead_kept=0.06, given_misspelt=0.03, surname_misspelt=0.025,
    married_name=0.03, newborn_unnamed=0.2, default_date=0.012, sex_wrong=0.008, curp_missing=0.22, curp_of_parent=0.03,
    phone_missing=0.10, address_missing=0.06, address_misspelt=0.04,
)  # fmt: skip
BIRTHS = replace(CAREFUL, lag_years=0, duplicated=0.002, cut_rows=1 / 9000, curp_missing=0.12)
DEATHS = Rates(lag_years=0, cut_rows=1 / 9000, year_off_by_one=0.02, age_heaped=0.02, curp_missing=0.28)
FINANCE = replace(
    CAREFUL, lag_years=2.5, least_age=16, duplicated=0.003, cut_rows=1 / 9000, dead_kept=0.03, sex_wrong=0,
    sex_missing=0, sex_code_unknown=0, address_missing=0.01, address_misspelt=0.02,
)  # fmt: skip
MUNICIPALITY = Rates(
    lag_years=1.0, duplicated=0.05, cut_rows=1 / 3000, given_misspelt=0.05, surname_misspelt=0.04, abbreviated=0.08,
    second_given_dropped=0.15, surnames_swapped=0.01, surname_2_missing=0.10, married_name=0.08, default_date=0.04,
    age_heaped=0.06, birth_date_missing=0.06, curp_missing=0.70, phone_missing=0.20, phone_of_officer=0.12,
    address_missing=0.08, address_misspelt=0.05,
)  # fmt: skip
REGIONAL_WELFARE = Rates(
    lag_years=4.0, duplicated=0.01, cut_rows=1 / 8000, dead_kept=0.04, married_name=0.02, curp_missing=0.08,
    curp_of_parent=0.02, phone_missing=0.15, address_missing=0.03, address_misspelt=0.03,
)  # fmt: skip

RATES = {
    "social_development": SOCIAL_DEVELOPMENT,
    "labour": LABOUR,
    "social_security": SOCIAL_SECURITY,
    "education": EDUCATION,
    "health": HEALTH,
    "civil_registry_births": BIRTHS,
    "civil_registry_deaths": DEATHS,
    "finance": FINANCE,
    "municipality": MUNICIPALITY,
    "regional_welfare": REGIONAL_WELFARE,
}
"""By the source's name in its contract."""
