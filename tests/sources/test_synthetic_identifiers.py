from datetime import date, timedelta
from functools import cache

import numpy as np
import pyarrow.compute as pc
import pytest
from stdnum import luhn
from stdnum.mx import curp, rfc

from sources.synthetic.arrays import EPOCH, NOBODY, day_number, year_of
from sources.synthetic.families import FEMALE
from sources.synthetic.given_names import given_names
from sources.synthetic.identifiers import HOMONYM_ALPHABET
from sources.synthetic.letters import core, letters, rfc_sum
from sources.synthetic.places import STATES, places
from sources.synthetic.population import Population, populate
from sources.synthetic.surnames import surnames
from sources.synthetic.vocabulary import Vocabulary

SAMPLE = 4_000


@cache
def population() -> Population:
    return populate(20_000, 5, day_number(date(2026, 10, 31)))


def sampled() -> np.ndarray:
    return np.random.default_rng(1).choice(len(population()), SAMPLE, replace=False)


def test_every_curp_is_valid_and_tells_the_persons_own_date_sex_and_state() -> None:
    people = population()
    for row in sampled():
        number = people.numbers.curp[int(row)].as_py()
        assert curp.is_valid(number)
        assert day_number(curp.get_birth_date(number)) == people.kin.birth[row]
        assert (curp.get_gender(number) == "F") == (people.kin.sex[row] == FEMALE)
        place = people.birthplace[row]
        assert number[11:13] == ("NE" if place == NOBODY else STATES[places().state[place]])


def test_curps_begin_with_the_first_surname_and_tell_a_missing_second_one() -> None:
    people = population()
    first = pc.utf8_slice_codeunits(people.numbers.curp, 0, 1).to_pylist()
    third = pc.utf8_slice_codeunits(people.numbers.curp, 2, 3).to_pylist()
    words = surnames().vocabulary.words
    for row in sampled():
        assert first[row] == core(words[people.names.surname_1[row]])[0].replace("Ñ", "X")
        second = people.names.surname_2[row]
        assert third[row] == ("X" if second == NOBODY else core(words[second])[0].replace("Ñ", "X"))


def test_every_rfc_is_valid_with_its_check_digit_and_tells_the_birth_date() -> None:
    people = population()
    for row in sampled():
        number = people.numbers.rfc[int(row)].as_py()
        assert rfc.is_valid(number, validate_check_digits=True)
        assert number[4:10] == (EPOCH + timedelta(int(people.kin.birth[row]))).strftime("%y%m%d")


def test_every_nss_passes_luhn_and_belongs_to_one_person() -> None:
    numbers = population().numbers.nss
    assert all(len(number) == 11 and luhn.is_valid(number) for number in numbers.to_pylist()[:SAMPLE])
    assert len(numbers.unique()) == len(numbers)


def test_people_of_one_name_and_day_have_different_curps() -> None:
    numbers = population().numbers.curp
    assert len(numbers.unique()) == len(numbers)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("De la Cruz", "CRUZ"),
        ("Núñez", "NUÑEZ"),
        ("del Carmen", "CARMEN"),
        ("Montes de Oca", "MONTES"),
        ("De la O", "O"),
    ],
)
def test_particles_lend_no_letter(word: str, expected: str) -> None:
    assert core(word) == expected


def test_homonym_digits_are_those_of_the_tax_offices_own_example() -> None:
    total = sum(rfc_sum(word) for word in ("Gómez", "Díaz", "Emma")) % 1000
    assert HOMONYM_ALPHABET[total // 34] + HOMONYM_ALPHABET[total % 34] == "GR"
    assert rfc.calc_check_digit("GODE561231GR") == "8"


def test_letters_of_words_and_of_no_word() -> None:
    found = letters(Vocabulary(("Hernández", "De la O", "Ñahui")))
    told = [bytes([found.first[i], found.vowel[i], found.consonant[i]]).decode() for i in (0, 1, 2, NOBODY)]
    assert told == ["HER", "OXX", "XAH", "XXX"]


def test_a_first_maria_or_jose_lends_its_letter_to_the_second_name() -> None:
    people, words = population(), given_names().vocabulary.words
    first = np.array(words)[people.names.given_1]
    rows = np.flatnonzero(np.isin(first, ["María", "José"]) & (people.names.given_2 != NOBODY))[:500]
    for row in rows:
        second = core(words[people.names.given_2[row]])[0].replace("Ñ", "X")
        assert people.numbers.curp[int(row)].as_py()[3] == second


def test_the_digit_for_namesakes_tells_the_century() -> None:
    people = population()
    digit = pc.utf8_slice_codeunits(people.numbers.curp, 16, 17).to_pylist()
    before = year_of(people.kin.birth) < 2000
    assert all(letter.isdigit() == bool(old) for letter, old in zip(digit, before, strict=True))
