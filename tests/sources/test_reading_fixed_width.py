from invented import COLUMNS, Clinic

KEY, NAME, BORN = COLUMNS
SERVER = {"format": "fixed_width"}
CUT = ({**KEY, "width": 3}, {**NAME, "width": 8}, {**BORN, "width": 10})


def test_columns_follow_each_other(clinic: Clinic) -> None:
    content = "001MUÑOZ   01/02/1990\r\n002        \x20\x20\x20\x20\x20\x20\x20\x20\x20\x20\r\n"
    taken = clinic.take("a.txt", content.encode("latin-1"), columns=CUT, server={**SERVER, "encoding": "latin-1"})
    assert taken.accepted == [(1, "001", "MUÑOZ", "01/02/1990"), (2, "002", None, None)]


def test_a_start_passes_over_what_is_not_wanted(clinic: Clinic) -> None:
    columns = ({**NAME, "start": 6, "width": 5}, {**KEY, "start": 2, "width": 2})
    taken = clinic.take("a.txt", "x01??MUÑOZ\n", columns=columns, server=SERVER)
    assert taken.accepted == [(1, "MUÑOZ", "01")]


def test_a_line_of_another_length_is_quarantined_with_its_text(clinic: Clinic) -> None:
    content = "001ANA     01/02/1990\n002LUZ\n\n003EVA     01/02/1990 \n\x1a"
    taken = clinic.take("a.txt", content, columns=CUT, server=SERVER)
    assert [row[0] for row in taken.accepted] == [1]
    remedy = "characters instead of 21; fill every line with blanks to its full length"
    assert taken.quarantined == [(2, f"6 {remedy}", "002LUZ"), (4, f"22 {remedy}", "003EVA     01/02/1990 ")]


def test_a_damaged_byte_is_quarantined_with_its_line(clinic: Clinic) -> None:
    content = "001MUÑOZ   01/02/1990\n002L".encode() + b"\xff" + b"Z     01/02/1990\n"
    taken = clinic.take("a.txt", content, columns=CUT, server=SERVER)
    assert [row[0] for row in taken.accepted] == [1]
    ((line, reason, raw),) = taken.quarantined
    assert (line, raw) == (2, r"002L\xffZ     01/02/1990")
    assert "bytes that are no text" in reason


def test_lines_are_numbered_right_over_many_blocks(clinic: Clinic) -> None:
    content = "".join(f"{number:07}{'x' * 93}\n" for number in range(30_000))  # about three blocks
    columns = ({**KEY, "width": 7}, {**NAME, "width": 93})
    taken = clinic.take("a.txt", content, columns=columns, server=SERVER)
    assert [(line, int(key)) for line, key, _ in taken.accepted] == [(n + 1, n) for n in range(30_000)]
