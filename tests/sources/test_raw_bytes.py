"""Rows in quarantine keep the bytes they were delivered in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from invented import COLUMNS, Clinic

from sources.reading.raw_bytes import delivered_bytes
from sources.reading.text import DAMAGE, UNDECODABLE, as_delivered
from warehouse.session import scan

KEY, NAME, BORN = COLUMNS


@given(content=st.binary(max_size=60).filter(lambda data: b"\n" not in data and b"\r" not in data))
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "latin-1", "cp850"])
def test_any_bytes_come_back(content: bytes, encoding: str) -> None:
    text = content.decode(encoding, "surrogateescape")
    raw = UNDECODABLE.sub(lambda found: f"{DAMAGE}{ord(found[0]) & 0xFF:02x}", text)
    assert delivered_bytes(raw, encoding) == content


LINES = {
    "csv": ({}, "KEY,NAME,BORN\n1,ÁÑÉÍ,\n".encode(), b"2,LU\xffZ,\\x81"),
    "fixed_width": ({"format": "fixed_width", "widths": [1, 4, 2]}, "1ÁÑÉÍ  \n".encode(), b"2L\xff"),
    "jsonl": ({"format": "jsonl"}, '{"KEY": 1, "NAME": "ÁÑÉÍ", "BORN": ""}\n'.encode(), b'{"KEY": 2, "NAME": "\xff"}'),
}


@pytest.mark.parametrize(("server", "before", "line"), LINES.values(), ids=LINES.keys())
def test_a_damaged_row_keeps_its_bytes(clinic: Clinic, server: dict[str, object], before: bytes, line: bytes) -> None:
    taken = clinic.take("a", before + line + b"\n", server=server)
    path = clinic.layout.quarantine("clinic.people", taken.intake.delivery.delivery_id)
    rows = clinic.connection.sql(f"select raw, raw_bytes from {scan(path)}").fetchall()
    assert rows == [(rows[0][0], line)]
    assert "\\xff" in rows[0][0]


def test_bytes_are_in_the_declared_encoding(clinic: Clinic) -> None:
    content = "KEY,NAME,BORN\n1,ANA MUÑOZ,01/02/1990\n,LUZ PEÑA,\n".encode("latin-1")
    taken = clinic.take("a", content, server={"encoding": "latin-1"})
    path = clinic.layout.quarantine("clinic.people", taken.intake.delivery.delivery_id)
    assert clinic.connection.sql(f"select raw_bytes from {scan(path)}").fetchall() == [(b",LUZ PE\xd1A,",)]


def test_damage_is_written_as_its_bytes() -> None:
    assert as_delivered(f"L{DAMAGE}ffZ") == r"L\xffZ"
