"""The words a model file may use: the features that conditions read and the parts that blocking keys are made of."""

from __future__ import annotations

from dataclasses import dataclass

FEATURES: dict[str, str] = {
    "given": "all given names",
    "given_1": "the first given name",
    "given_2": "the second given name",
    "given_sorted": "the given names in alphabetical order, hashed",
    "given_sound": "how the first given name sounds, hashed",
    "surname_1": "the first surname",
    "surname_2": "the second surname",
    "surname_1_sound": "how the first surname sounds, hashed",
    "surname_2_sound": "how the second surname sounds, hashed",
    "name_sorted": "every part of the name in alphabetical order, hashed",
    "name_bits": "every part of the name, each a bit of a number",
    "is_split": "the name came in one field and was split by rule",
    "birth_date": "the whole date of birth, as a number",
    "birth_year": "the year of birth",
    "birth_month": "the month of birth",
    "birth_day": "the day of birth",
    "birth_is_default": "the birth date is one that clerks enter when they know only the year",
    "birth_place": "the place of birth",
    "sex": "sex",
    "identifier": "any identifier that is valid and no placeholder",
    "phone": "the last eight digits of the telephone number",
    "email": "the e-mail address",
    "address": "street and number",
    "address_sorted": "the words of the address in alphabetical order, hashed",
    "address_number": "the first number of the address",
    "locality": "the locality",
    "municipality": "the municipality",
    "region": "the state, province or department",
    "postal_code": "the postal code",
    "household": "the source's own key of the household",
    "household_source": "the source that gave the household's key, hashed",
    "mother": "the mother's name",
    "mother_sorted": "the parts of the mother's name in alphabetical order, hashed",
    "mother_1": "the first part of the mother's name",
    "father": "the father's name",
    "father_sorted": "the parts of the father's name in alphabetical order, hashed",
    "father_1": "the first part of the father's name",
}

IDENTIFIER_RELATIONS: dict[str, str] = {
    "agrees": "a valid identifier of one scheme is the same",
    "near": "an identifier of one scheme is one edit away",
    "shared": "an identifier that both have a scheme for is one that several people bear",
    "differs": "valid identifiers of one national scheme differ",
}


@dataclass(frozen=True)
class KeyPart:
    """One part of a blocking key: its SQL over the features, and what it is made of.

    `needs` are the features of which one must be present; `informs` are the features whose agreement it brings
    about when two records share it by chance. `many` marks an SQL list, each element a value of its own.
    """

    sql: str
    needs: tuple[str, ...]
    informs: tuple[str, ...] = ()
    many: bool = False


KEY_PARTS: dict[str, KeyPart] = {
    "identifier": KeyPart("identifiers", ("identifier",), ("identifier",), many=True),
    "given_any": KeyPart("given_sounds", ("given",), ("given", "sex"), many=True),
    "given_first": KeyPart("given_sound", ("given",), ("given", "sex")),
    "given_initial": KeyPart("left(given, 1)", ("given",), ("given", "sex")),
    "surname_any": KeyPart("surname_sounds", ("surname_1",), ("surname_1",), many=True),
    "surname_first": KeyPart("surname_1_sound", ("surname_1",), ("surname_1",)),
    "surname_pair": KeyPart(
        "case when surname_2 is not null then hash(least(surname_1_sound, surname_2_sound),"
        " greatest(surname_1_sound, surname_2_sound)) end",
        ("surname_2",),
        ("surname_1",),
    ),
    "name_set": KeyPart("name_sorted", ("given", "surname_1"), ("given", "surname_1", "sex")),
    "birth_date": KeyPart("birth_date", ("birth_date",), ("birth_year",)),
    "birth_year": KeyPart("birth_year", ("birth_year",), ("birth_year",)),
    "birth_day_month": KeyPart(
        "case when not birth_is_default then least(birth_day, birth_month) * 32 + greatest(birth_day, birth_month) end",
        ("birth_date",),
        ("birth_year",),
    ),
    "sex": KeyPart("sex", ("sex",), ("sex",)),
    "phone": KeyPart("phone", ("phone",), ("phone",)),
    "email": KeyPart("email", ("email",), ("email",)),
    "address": KeyPart("address_sorted", ("address",), ("address",)),
    "municipality": KeyPart("municipality", ("municipality",), ("municipality",)),
    "locality": KeyPart("locality", ("locality",), ("municipality",)),
    "postal_code": KeyPart("postal_code", ("postal_code",), ("municipality",)),
    "birth_place": KeyPart("birth_place", ("birth_place",), ("birth_place",)),
    "mother": KeyPart("mother_sorted", ("mother",), ("mother",)),
    "household": KeyPart("household", ("household",), ("household",)),
}
