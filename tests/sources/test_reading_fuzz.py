"""Deliveries with mutated bytes: refused with a reason, or every line of them accounted for."""

import itertools
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from invented import COLUMNS, Clinic

from sources.contract import SourceContract
from sources.delivery import find_deliveries
from sources.reading import delimited, fixed_width, json_lines
from sources.reading.intake import take_in
from sources.reading.text import as_delivered
from sources.unpacking import Part
from warehouse.errors import DeliveryError

KEY, NAME, BORN = COLUMNS
CUT = ({**KEY, "width": 2}, {**NAME, "width": 6}, {**BORN, "width": 10})
ROWS = [("1", "MUÑOZ", "01/02/1990"), ("2", "PEÑA", ""), ("3", 'A,"B"', "31/02/1990"), ("4", "Á", "1/1/1990")]

EXTRACTS = {
    "csv": "KEY,NAME,BORN\n"
    + "".join(f'{key},"{name.replace(chr(34), chr(34) * 2)}",{born}\r\n' for key, name, born in ROWS)
    + '5,"DOS\nLÍNEAS",\n',
    "fixed_width": "".join(f"{key:<2}{name:<6}{born:<10}\n" for key, name, born in ROWS),
    "jsonl": "".join(f'{{"KEY": {key}, "NAME": "ÑU", "BORN": "{born}"}}\n' for key, _, born in ROWS),
}
READERS = {"csv": delimited.read, "fixed_width": fixed_width.read, "jsonl": json_lines.read}
PIECES = st.sampled_from(
    [b'"', b'""', b",", b"\n", b"\r", b"\r\n", b"\0", b"\xff", b"\xc3", b"{", b"}", b"[", b"\\", b" "]
)
PLACES = st.integers(0, 200)
MUTATIONS = st.lists(
    st.tuples(
        PLACES, st.integers(0, 12), st.one_of(PIECES, st.binary(max_size=3), st.text(max_size=3).map(str.encode))
    ),
    min_size=1,
    max_size=4,
)
FUZZ = settings(
    max_examples=50, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def mutated(content: str, mutations: list[tuple[int, int, bytes]]) -> bytes:
    """The extract with some bytes cut out and others put in."""
    data = content.encode()
    for place, cut, piece in mutations:
        start = place % (len(data) + 1)
        data = data[:start] + piece + data[start + cut :]
    return data or b"\n"


def lines_of(data: bytes) -> list[str]:
    """The lines that are not blank, with unreadable bytes as in quarantine."""
    text = data.decode("utf-8", "surrogateescape").removeprefix("\ufeff")
    text = re.sub("[\0\udc80-\udcff]", lambda found: f"\\x{ord(found[0]) & 0xFF:02x}", text)
    return filled(re.split("\r\n|\r|\n", text))


def filled(lines: list[str]) -> list[str]:
    return [line for line in lines if line.strip(" \t\f\x1a")]


@pytest.fixture(params=EXTRACTS)
def contract(clinic: Clinic, request: pytest.FixtureRequest) -> SourceContract:
    return clinic.contract(columns=CUT, server={"path": "clinic/*", "format": request.param})


@FUZZ
@given(mutations=MUTATIONS)
def test_rows_are_conserved(clinic: Clinic, contract: SourceContract, mutations: list[tuple[int, int, bytes]]) -> None:
    clinic.deliver("a", mutated(EXTRACTS[str(contract.server.format)], mutations))
    (delivery,) = find_deliveries(contract, clinic.landing)
    try:
        intake = take_in(clinic.connection, contract, delivery, clinic.layout)
    except DeliveryError as error:
        assert str(error).startswith("a: ")
    else:
        assert intake.rows_delivered == intake.rows_accepted + intake.rows_quarantined > 0


@FUZZ
@given(mutations=MUTATIONS)
def test_every_line_is_in_some_row(
    clinic: Clinic, contract: SourceContract, mutations: list[tuple[int, int, bytes]]
) -> None:
    form = str(contract.server.format)
    data = mutated(EXTRACTS[form], mutations)
    path = clinic.deliver("a", data)
    clinic.layout.scratch.mkdir(parents=True, exist_ok=True)
    try:
        query = READERS[form](clinic.connection, contract, Part("a", path), clinic.layout.scratch)
    except DeliveryError as error:
        assert str(error).startswith("a: ")
        return
    rows = clinic.connection.sql(f"select _line, _raw from ({query}) order by _line").fetchall()
    read = filled(list(itertools.chain.from_iterable(as_delivered(raw).split("\n") for _, raw in rows)))
    assert read == lines_of(data)[1 if form == "csv" else 0 :]
    assert [line for line, _ in rows] == sorted({line for line, _ in rows})


def test_damage_is_written_as_its_bytes() -> None:
    assert as_delivered("L\ufdd0ffZ") == r"L\xffZ"
