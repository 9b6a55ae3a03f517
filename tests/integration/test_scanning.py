import os

from scanning import Scanner

VALUES = [b"XIMENA QUIROGA", b"+525512345678", "PEÑA NÚÑEZ".encode(), b"QUIROGA LUNA"]


def test_the_scanner_finds_a_value_at_every_offset() -> None:
    scanner = Scanner(VALUES)
    for offset in range(20):
        for value in VALUES:
            assert scanner.found(os.urandom(offset) + value + os.urandom(13)) == {value}
            assert scanner.found(b"." * offset + value) == {value}


def test_the_scanner_finds_nothing_where_there_is_nothing() -> None:
    scanner = Scanner(VALUES)
    assert scanner.found(b"") == scanner.found(b"XIMENA") == scanner.found(b"XIMENA QUIROG") == set()
    assert scanner.found(b"XIMENA QUIROGA LUNA") == {b"XIMENA QUIROGA", b"QUIROGA LUNA"}
