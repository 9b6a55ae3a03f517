from typing import Any

import pytest
from invented import COLUMNS, Clinic

from warehouse.errors import DeliveryError

KEY, NAME, BORN = COLUMNS
TWO = (KEY, NAME)

SOUND: dict[str, tuple[str | bytes, dict[str, Any], list[tuple[Any, ...]]]] = {
    "plain": ("KEY,NAME\n1,ANA\n2,LUZ\n", {}, [(2, "1", "ANA"), (3, "2", "LUZ")]),
    "no last line end": ("KEY,NAME\n1,ANA", {}, [(2, "1", "ANA")]),
    "Windows line ends": ("KEY,NAME\r\n1,ANA\r\n", {}, [(2, "1", "ANA")]),
    "old Macintosh line ends": ("KEY,NAME\r1,ANA\r", {}, [(2, "1", "ANA")]),
    "byte order mark": ("\ufeffKEY,NAME\n1,ANA\n", {}, [(2, "1", "ANA")]),
    "columns in another order": ("NAME,KEY\nANA,1\n", {}, [(2, "1", "ANA")]),
    "blanks about names and values": (" KEY , NAME\n 1 ,\u00a0ANA \t\n", {}, [(2, "1", "ANA")]),
    "blank is null": ("KEY,NAME\n1,\n2,   \n", {}, [(2, "1", None), (3, "2", None)]),
    "blank lines are no rows": ("\nKEY,NAME\n\n1,ANA\n  \n\n2,LUZ\n\n\n\x1a", {}, [(4, "1", "ANA"), (7, "2", "LUZ")]),
    "quoted delimiter": ('KEY,NAME\n1,"INVENTADA, ANA"\n', {}, [(2, "1", "INVENTADA, ANA")]),
    "quote within quotes": ('KEY,NAME\n1,"ANA ""LA"" LUZ"\n', {}, [(2, "1", 'ANA "LA" LUZ')]),
    "quote within a plain value": ('KEY,NAME\n1,ANA "LA" LUZ\n', {}, [(2, "1", 'ANA "LA" LUZ')]),
    "line end within quotes": (
        'KEY,NAME\n1,"ANA\nLUZ"\n2,EVA\n',
        {},
        [(2, "1", "ANA\nLUZ"), (4, "2", "EVA")],
    ),
    "delimiter and encoding": (
        "KEY;NAME\n1;MUÑOZ\n".encode("latin-1"),
        {"delimiter": ";", "encoding": "latin-1"},
        [(2, "1", "MUÑOZ")],
    ),
    "tab and another quote": ("KEY\tNAME\n1\t'A\tB'\n", {"delimiter": "\t", "quote": "'"}, [(2, "1", "A\tB")]),
    "no quote": ('KEY,NAME\n1,"ANA\n', {"quote": ""}, [(2, "1", '"ANA')]),
    "no header": ("1,ANA\n2,LUZ\n", {"header": False}, [(1, "1", "ANA"), (2, "2", "LUZ")]),
    "UTF-16": ("KEY,NAME\n1,MUÑOZ\n".encode("utf-16"), {"encoding": "utf-16"}, [(2, "1", "MUÑOZ")]),
}


@pytest.mark.parametrize(("content", "server", "rows"), SOUND.values(), ids=SOUND.keys())
def test_sound_rows_are_read_with_their_lines(
    clinic: Clinic, content: str | bytes, server: dict[str, Any], rows: list[tuple[Any, ...]]
) -> None:
    taken = clinic.take("a.csv", content, columns=TWO, server=server)
    assert taken.accepted == rows
    assert taken.quarantined == []


BROKEN: dict[str, tuple[str | bytes, dict[int, str], list[int], str]] = {
    "too few fields": ("1,ANA\n2\n3,EVA\n", {3: "too few fields, 1 instead of 2"}, [2, 4], "2"),
    "too many fields": ("1,ANA\n2,LUZ,x\n3,EVA\n", {3: "too many fields, 3 instead of 2"}, [2, 4], "2,LUZ,x"),
    "open quote": ('1,ANA\n2,"LUZ\n3,EVA\n', {3: "a quote is not closed"}, [2, 4], '2,"LUZ'),
    "open quote, closed later": ('1,ANA\n2,"LUZ\n3,"EVA"\n', {3: "a quote is not closed"}, [2, 4], '2,"LUZ'),
    "text after a quote": ('1,ANA\n2,"LUZ"x\n3,EVA\n', {3: "text follows a closing quote"}, [2, 4], '2,"LUZ"x'),
    "a byte that is no text": (
        "1,PEÑA\n2,L".encode() + b"\xff" + "Z\n3,NIÑO\n".encode(),
        {3: "bytes that are no text"},
        [2, 4],
        r"2,L\xffZ",
    ),
    "a NUL": ("1,ANA\n2,L\0Z\n3,EVA\n", {3: "bytes that are no text"}, [2, 4], r"2,L\x00Z"),
}


@pytest.mark.parametrize(("body", "reasons", "accepted", "raw"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_row_is_quarantined_alone_with_its_text(
    clinic: Clinic, body: str | bytes, reasons: dict[int, str], accepted: list[int], raw: str
) -> None:
    content = b"KEY,NAME\n" + (body if isinstance(body, bytes) else body.encode())
    taken = clinic.take("a.csv", content, columns=TWO)
    assert [row[0] for row in taken.accepted] == accepted
    assert taken.reasons.keys() == reasons.keys()
    assert all(told in taken.reasons[line] for line, told in reasons.items())
    assert taken.quarantined[0][2] == raw


def test_a_quote_open_to_the_end_swallows_no_row(clinic: Clinic) -> None:
    body = "".join(f"{number},ANA\n" for number in range(1000))
    taken = clinic.take("a.csv", f'KEY,NAME\nx,"OPEN\n{body}', columns=TWO)
    assert (taken.intake.rows_delivered, taken.intake.rows_accepted) == (1001, 1000)
    assert [line for line, _, _ in taken.quarantined] == [2]


def test_many_open_quotes_end_in_bounded_time(clinic: Clinic) -> None:
    body = "".join(f'{number},"ANA\n' for number in range(3000))
    taken = clinic.take("a.csv", f"KEY,NAME\n{body}", columns=TWO)
    assert (taken.intake.rows_delivered, taken.intake.rows_quarantined) == (3000, 3000)


def test_lines_are_numbered_right_across_chunks_of_both_kinds(clinic: Clinic) -> None:
    plain = [f"{key},{'x' * 400}\n" for key in range(8000)]  # several chunks without a quote
    body = "".join([*plain[:4000], 'a,"A\nB"\n', *plain[4000:], 'b,"C\nD"\n'])
    taken = clinic.take("a.csv", "KEY,NAME\n" + body, columns=TWO)
    lines = {key: line for line, key, _ in taken.accepted}
    expected = {str(key): key + 2 if key < 4000 else key + 4 for key in range(8000)}
    assert lines == {**expected, "a": 4002, "b": 8004}
    assert taken.quarantined == []


def test_a_value_of_a_hundred_thousand_characters_is_kept(clinic: Clinic) -> None:
    taken = clinic.take("a.csv", f"KEY,NAME\n1,{'x' * 100_000}\n2,y\n", columns=TWO)
    assert [len(row[2]) for row in taken.accepted] == [100_000, 1]


def test_names_with_quotes_blanks_and_accents_are_kept(clinic: Clinic) -> None:
    columns = ({**KEY, "name": 'LA "CLAVE"'}, {**NAME, "name": "AÑO 'x'; --"}, {"name": "select", "mapsTo": "ignore"})
    taken = clinic.take("a.csv", 'select,"LA ""CLAVE""",AÑO \'x\'; --\nz,1,ANA\n', columns=columns)
    assert taken.accepted == [(2, "1", "ANA", "z")]


QUOTED = [
    ("'", '"', "single quotes", "double quotes"),
    ('"', "'", "double quotes", "single quotes"),
    ('"', "", "double quotes", "no quotes"),
]


@pytest.mark.parametrize(("found", "declared", "told", "named"), QUOTED)
def test_another_quote_than_the_declared_one_is_named(
    clinic: Clinic, found: str, declared: str, told: str, named: str
) -> None:
    rows = [["KEY", "NAME", "BORN"], ["1", "ANA, LUZ", "01/01/1990"], ["2", "EVA", ""]]
    clinic.deliver("a.csv", "".join(",".join(f"{found}{value}{found}" for value in row) + "\n" for row in rows))
    contract = clinic.contract(server={"quote": declared})
    with pytest.raises(DeliveryError, match=f"stand in {told}, but the contract declares {named}"):
        clinic.take_in(contract)


def test_a_few_quoted_values_are_no_other_quote(clinic: Clinic) -> None:
    clinic.deliver("a.csv", "KEY,NAME,BORN\n1,'ANA',01/01/1990\n2,EVA,\n")
    assert len(clinic.take_in(clinic.contract()).accepted) == 2
