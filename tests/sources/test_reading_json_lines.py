import json

import pytest
from invented import COLUMNS, Clinic

from warehouse.errors import DeliveryError

KEY, NAME, BORN = COLUMNS
TWO = (KEY, NAME)
SERVER = {"format": "jsonl"}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ('"ANA"', "ANA"),
        ('"MU\\u00d1OZ"', "MUÑOZ"),
        ('"A \\"B\\" \\\\ \\n"', 'A "B" \\'),
        ('""', None),
        ('"  "', None),
        ("null", None),
        ('"null"', "null"),
        ("7", "7"),
        ("7.0", "7"),
        ("7.25", "7.25"),
        ('"7.0"', "7.0"),
        ("-1", "-1"),
        ("12345678901234567890123", "12345678901234567890123"),
        ("true", "true"),
    ],
)
def test_values_are_read_as_text(clinic: Clinic, value: str, text: str | None) -> None:
    taken = clinic.take("a.jsonl", f'{{"KEY": 1, "NAME": {value}}}\n', columns=TWO, server=SERVER)
    assert taken.accepted == [(1, "1", text)]
    assert taken.quarantined == []


def test_numbers_bear_the_declared_decimal_sign(clinic: Clinic) -> None:
    content = '{"KEY": "1.5", "NAME": 2.5}\n'
    taken = clinic.take("a.jsonl", content, columns=TWO, server={**SERVER, "decimal": ","})
    assert taken.accepted == [(1, "1.5", "2,5")]


def test_a_key_that_some_lines_lack_is_null_there(clinic: Clinic) -> None:
    content = '{"NAME": "ANA", "KEY": 1}\n\n{"KEY": 2}\r\n{"KEY": 3, "NAME": "EVA"}'
    taken = clinic.take("a.jsonl", content, columns=TWO, server=SERVER)
    assert taken.accepted == [(1, "1", "ANA"), (3, "2", None), (4, "3", "EVA")]


BROKEN = {
    "no JSON": ("nonsense", "no JSON object"),
    "cut short": ('{"KEY": 2, "NAME": "LU', "no JSON object"),
    "two objects": ('{"KEY": 2} {"KEY": 3}', "no JSON object"),
    "a list": ('[{"KEY": 2}]', "no JSON object"),
    "a number": ("7", "no JSON object"),
    "a lone surrogate": ('{"KEY": "\\ud800"}', "no JSON object"),
    "endless nesting": ("[" * 100_000, "no JSON object"),
    "a key twice": ('{"KEY": 2, "KEY": 3}', "gives a key twice"),
    "an object within": ('{"KEY": 2, "NAME": {"first": "LUZ"}}', "holds an object or a list"),
    "a list within": ('{"KEY": 2, "NAME": ["LUZ"]}', "holds an object or a list"),
    "no record key": ('{"NAME": "LUZ"}', "KEY is blank"),
}


@pytest.mark.parametrize(("line", "told"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_line_is_quarantined_alone_with_its_text(clinic: Clinic, line: str, told: str) -> None:
    content = f'{{"KEY": 1, "NAME": "ANA"}}\n{line}\n{{"KEY": 4, "NAME": "EVA"}}\n'
    taken = clinic.take("a.jsonl", content, columns=TWO, server=SERVER)
    assert [row[0] for row in taken.accepted] == [1, 3]
    ((number, reason, raw),) = taken.quarantined
    assert (number, raw) == (2, line)
    assert told in reason


REFUSED = {
    "unknown key": ('{"KEY": 1, "NAME": "A"}\n{"KEY": 2, "AGE": 3}\n', "line 2: .* unknown column AGE"),
    "missing key": ('{"KEY": 1}\n{"KEY": 2}\n', "line 1: .* missing column NAME"),
    "capitals": ('{"KEY": 1, "name": "ANA"}\n', "line 1: .* NAME is written name"),
    "keyed by person": ('{"90010112345": {"n": "ANA"}}\n', "line 1: none of the 2 columns"),
    "a whole list": ('[\n{"KEY": 1},\n{"KEY": 2}\n]\n', "line 1: the file is one JSON list"),
    "an object over lines": ('{\n"KEY": 1,\n"NAME": "ANA"\n}\n', "line 1: no line holds a JSON object"),
    "csv": ("KEY,NAME\n1,ANA\n", "line 1: no line holds a JSON object"),
}


@pytest.mark.parametrize(("content", "told"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_not_the_extract_is_refused(clinic: Clinic, content: str, told: str) -> None:
    with pytest.raises(DeliveryError, match=rf"a\.jsonl: {told}") as caught:
        clinic.take("a.jsonl", content, columns=TWO, server=SERVER)
    assert "90010112345" not in str(caught.value)


@pytest.mark.parametrize(
    "name", ['LA "CLAVE"', "a.b", "a[0]", "a*", "$", "back\\slash", "ñ á", "'; --", "a b", "#", "?"]
)
def test_any_key_can_be_a_column(clinic: Clinic, name: str) -> None:
    content = json.dumps({name: "7", "NAME": "ANA"}) + "\n"
    taken = clinic.take("a.jsonl", content, columns=({**KEY, "name": name}, NAME), server=SERVER)
    assert taken.accepted == [(1, "7", "ANA")]


WITHIN = (
    KEY,
    NAME,
    {"name": "home.street.name", "mapsTo": "address_line"},
    {"name": "home.town", "mapsTo": "locality"},
)


def test_a_column_may_lie_within_objects(clinic: Clinic) -> None:
    content = (
        '{"KEY": 1, "NAME": "ANA", "home": {"street": {"name": "Sol 1"}, "town": "Lima"}}\n'
        '{"KEY": 2, "NAME": "LUZ", "home": null}\n'
        '{"KEY": 3, "NAME": "EVA", "home": {"street": null}}\n'
        '{"KEY": 4, "NAME": "INÉS", "home": "Luna 2"}\n'
        '{"KEY": 5, "NAME": "SOL", "home": {"town": ["Lima"]}}\n'
    )
    taken = clinic.take("a.jsonl", content, columns=WITHIN, server=SERVER)
    assert taken.accepted == [
        (1, "1", "ANA", "Sol 1", "Lima"), (2, "2", "LUZ", None, None), (3, "3", "EVA", None, None),
    ]  # fmt: skip
    assert set(taken.reasons) == {4, 5}


def test_an_unknown_key_within_an_object_is_told_by_its_path(clinic: Clinic) -> None:
    content = '{"KEY": 1, "NAME": "ANA", "home": {"street": {"name": "Sol 1", "no": 3}, "town": "Lima"}}\n'
    with pytest.raises(DeliveryError, match=r"unknown column home\.street\.no"):
        clinic.take("a.jsonl", content, columns=WITHIN, server=SERVER)


def test_a_column_that_is_ignored_may_hold_anything(clinic: Clinic) -> None:
    columns = (*TWO, {"name": "MORE", "mapsTo": "ignore"})
    taken = clinic.take("a.jsonl", '{"KEY": 1, "NAME": "ANA", "MORE": [{"a": 1}]}\n', columns=columns, server=SERVER)
    assert taken.accepted == [(1, "1", "ANA", '[{"a":1}]')]
