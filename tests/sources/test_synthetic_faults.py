import json
from functools import partial
from pathlib import Path

import jellyfish
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from sources.synthetic.rates import RATES, Rates
from sources.synthetic.sample import write_sample
from sources.synthetic.typos import miscopied, misspelt

PEOPLE = 40_000
UNCONDITIONAL = (
    "given_misspelt",
    "surname_misspelt",
    "accents_lost",
    "sex_missing",
    "phone_missing",
    "address_missing",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("faulty")
    write_sample(folder / "landing", folder / "truth", PEOPLE, 2)
    return folder


@pytest.fixture(scope="module")
def beneficiaries(folder: Path) -> pd.DataFrame:
    read = partial(pd.read_csv, sep=";", dtype=str, encoding="latin-1", keep_default_na=False, on_bad_lines="skip")
    rows = read(folder / "landing" / "social_development" / "beneficiaries_2026-10.csv")
    return beside_the_truth(rows[rows["FECHA_ACTUALIZACION"].fillna("") != ""], "FOLIO", "social_development", folder)


@pytest.fixture(scope="module")
def patients(folder: Path) -> pd.DataFrame:
    lines = (folder / "landing" / "health" / "patients_2026-10.jsonl").read_text(encoding="utf-8").splitlines()
    whole = pd.DataFrame([json.loads(line) for line in lines if line.endswith("}")])
    return beside_the_truth(whole.fillna(""), "expediente", "health", folder)


def beside_the_truth(rows: pd.DataFrame, key: str, source: str, folder: Path) -> pd.DataFrame:
    records = pd.read_parquet(folder / "truth" / "records.parquet").query("source == @source")
    persons = pd.read_parquet(folder / "truth" / "persons.parquet")
    joined = rows.merge(records, left_on=key, right_on="record_key").merge(persons, on="person_id")
    assert len(joined) == len(rows)
    return joined


def near(measured: "pd.Series[bool]", rate: float) -> bool:
    """Within five standard errors of the rate, and a tenth of it for what other faults hide."""
    error = 5 * np.sqrt(rate * (1 - rate) / len(measured))
    return bool(abs(measured.mean() - rate) <= error + rate / 10)


def dates(rows: pd.DataFrame, column: str, layout: str) -> pd.DataFrame:
    told = pd.to_datetime(rows[column], format=layout, errors="coerce")
    real = pd.to_datetime(rows["birth_date"])
    parts = ("year", "month", "day")
    of_both = {"told": told.dt, "real": real.dt}
    return pd.DataFrame({f"{part}_{which}": getattr(of_both[which], part) for which in of_both for part in parts})


@pytest.mark.parametrize(
    ("source", "column", "layout"),
    [("social_development", "FECHA_NACIMIENTO", "%d/%m/%Y"), ("health", "fecha_nacimiento", "%Y-%m-%d")],
)
def test_birth_dates_go_wrong_as_often_as_declared(
    source: str, column: str, layout: str, request: pytest.FixtureRequest
) -> None:
    rows = request.getfixturevalue("patients" if source == "health" else "beneficiaries")
    rates, day = RATES[source], dates(rows, column, layout)
    same_day = (day.day_told == day.day_real) & (day.month_told == day.month_real)
    swappable = (day.day_real <= 12) & (day.day_real != day.month_real)
    swapped = (day.day_told == day.month_real) & (day.month_told == day.day_real) & (day.year_told == day.year_real)
    assert near(swapped[swappable], rates.day_month_swapped)
    assert near(rows[column] == "", rates.birth_date_missing)
    defaulted = (day.day_told == 1) & day.month_told.isin([1, 7]) & (day.year_told == day.year_real)
    assert near(defaulted[~same_day | ~defaulted], rates.default_date)
    shift = (day.year_told - day.year_real).abs()
    assert near(((shift == 10) & same_day)[day.year_real < 2012], rates.year_off_by_ten)
    assert day.day_told.isna().sum() > 0


def test_numbers_go_missing_or_belong_to_the_mother_as_often_as_declared(beneficiaries: pd.DataFrame) -> None:
    rates = RATES["social_development"]
    has_one = beneficiaries[beneficiaries["curp"].notna()]
    assert near(has_one["CURP"] == "", rates.curp_missing)
    mothers = beneficiaries.merge(
        beneficiaries[["person_id", "curp"]].drop_duplicates("person_id"),
        left_on="mother_id", right_on="person_id", suffixes=("", "_mother"),
    )  # fmt: skip
    young = mothers[pd.to_datetime(mothers["birth_date"]) > "2015-01-01"]
    assert near((young["CURP"] == young["curp_mother"])[young["curp_mother"].notna()], rates.curp_of_parent)


@pytest.mark.parametrize(
    ("source", "column", "male", "female"),
    [("social_development", "SEXO", "H", "M"), ("health", "sexo", "masculino", "femenino")],
)
def test_sex_goes_wrong_as_often_as_declared(
    source: str, column: str, male: str, female: str, request: pytest.FixtureRequest
) -> None:
    rows = request.getfixturevalue("patients" if source == "health" else "beneficiaries")
    told = rows[column].map({male: "male", female: "female"})
    assert near(told.notna() & (told != rows["sex"]), RATES[source].sex_wrong)
    assert near(rows[column] == "", RATES[source].sex_missing)


def test_names_go_wrong_as_often_as_declared(patients: pd.DataFrame) -> None:
    rates = RATES["health"]
    two = patients[patients["surname_2"].notna()]
    assert near(two["segundo_apellido"] == "", rates.surname_2_missing)
    compound = patients[patients["given_name_2"].notna() & (pd.to_datetime(patients["birth_date"]) < "2020-01-01")]
    assert near(compound["nombre"] == compound["given_name_1"], rates.second_given_dropped * 0.9)
    born_lately = pd.to_datetime(patients["birth_date"]) > "2024-11-15"
    assert near((patients["nombre"] == "RN")[born_lately], rates.newborn_unnamed)
    assert not (patients["nombre"] == "RN")[pd.to_datetime(patients["birth_date"]) < "2024-10-01"].any()
    married = patients["segundo_apellido"].str.startswith("de ")
    wives = (patients["sex"] == "female") & patients["partner_id"].notna() & patients["surname_2"].notna()
    assert not married[~wives].any()
    assert 0.6 * rates.married_name < married[wives].mean() < 1.1 * rates.married_name


@pytest.mark.parametrize("source", [source for source in RATES if source != "labour"])
def test_people_are_listed_twice_as_often_as_declared(source: str, folder: Path) -> None:
    records = pd.read_parquet(folder / "truth" / "records.parquet").query("source == @source")
    times = records["person_id"].value_counts()
    assert times.max() <= 2
    assert near(times == 2, RATES[source].duplicated)


def test_the_dead_are_still_listed(folder: Path) -> None:
    records = pd.read_parquet(folder / "truth" / "records.parquet")
    persons = pd.read_parquet(folder / "truth" / "persons.parquet")
    gone = set(persons.loc[persons["death_date"].notna(), "person_id"])
    listed = records.groupby("source")["person_id"].agg(lambda people: len(gone.intersection(people)))
    assert listed["social_development"] > 10
    assert listed["health"] > 10
    assert listed["civil_registry_deaths"] > 1_000


def test_old_addresses_are_kept_until_the_office_sees_the_person_again(beneficiaries: pd.DataFrame) -> None:
    keys = beneficiaries.groupby("person_id")["HOGAR"].nunique()
    assert (keys > 1).any()


@pytest.mark.parametrize("source", RATES)
def test_the_log_of_faults_holds_what_is_declared(source: str, folder: Path) -> None:
    logged = pd.read_parquet(folder / "truth" / "faults.parquet").query("source == @source")["fault"].value_counts()
    rows = len(pd.read_parquet(folder / "truth" / "records.parquet").query("source == @source"))
    for fault in UNCONDITIONAL:
        rate = getattr(RATES[source], fault)
        assert near(pd.Series(np.arange(rows) < logged.get(fault, 0)), rate), fault


def test_nothing_goes_wrong_where_no_rate_is_declared(folder: Path) -> None:
    logged = pd.read_parquet(folder / "truth" / "faults.parquet").groupby("source")["fault"].unique()
    for source, faults in logged.items():
        assert all(getattr(RATES[source], fault) > 0 for fault in faults)


def test_a_slip_changes_one_place_and_never_the_first_letter() -> None:
    words = pa.array(["Hernández", "María del Carmen", "Ñahui", "Luz", "XOCHITIOTZIN"] * 400)
    slipped = misspelt(np.random.default_rng(3), words, np.ones(len(words), dtype=bool))
    for word, other in zip(words.to_pylist(), slipped.to_pylist(), strict=True):
        assert word[0] == other[0]
        assert jellyfish.damerau_levenshtein_distance(word, other) <= 1
    changed = sum(word != other for word, other in zip(words.to_pylist(), slipped.to_pylist(), strict=True))
    assert changed > 0.9 * len(words)


def test_only_chosen_strings_slip_and_null_and_short_ones_never() -> None:
    words = pa.array(["Hernández", None, "Li", "Pérez"])
    mask = np.array([False, True, True, True])
    slipped = misspelt(np.random.default_rng(3), words, mask).to_pylist()
    assert slipped[:3] == ["Hernández", None, "Li"]
    assert slipped[3] != "Pérez"


def test_a_miscopied_number_differs_in_one_character_of_the_same_kind() -> None:
    numbers = pa.array(["AAAA000000HDFXXX00", "ZZZZ999999MNEZZZZ9"] * 100)
    copied = miscopied(np.random.default_rng(5), numbers, np.ones(len(numbers), dtype=bool))
    for number, other in zip(numbers.to_pylist(), copied.to_pylist(), strict=True):
        differing = [(one, two) for one, two in zip(number, other, strict=True) if one != two]
        assert len(differing) == 1
        assert differing[0][0].isdigit() == differing[0][1].isdigit()


@pytest.mark.parametrize("source", RATES)
def test_rates_are_shares(source: str) -> None:
    rates = vars(RATES[source])
    assert set(rates) == set(Rates.__dataclass_fields__)
    assert all(0 <= rate < 1 for name, rate in rates.items() if name not in ("lag_years", "least_age"))
