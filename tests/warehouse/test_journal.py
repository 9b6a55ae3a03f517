import errno
import os
from pathlib import Path

import pytest

from warehouse.errors import StorageError
from warehouse.journal import append_entries, read_entries

ENTRIES = [{"word": "one"}, {"word": "dós\u2028"}, {"word": "three", "n": 3}]


def test_entries_come_back_in_order(tmp_path: Path) -> None:
    path = tmp_path / "state" / "journal.jsonl"
    assert read_entries(path) == []
    append_entries(path, ENTRIES[:1])
    append_entries(path, ENTRIES[1:])
    assert read_entries(path) == ENTRIES
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_torn_last_line_is_no_entry_and_is_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    append_entries(path, ENTRIES[:2])
    with path.open("a") as file:
        file.write('{"word": "to')
    assert read_entries(path) == ENTRIES[:2]
    append_entries(path, ENTRIES[2:])
    assert read_entries(path) == ENTRIES


@pytest.mark.parametrize("damage", ["{]", "[1]", "null"])
def test_a_damaged_line_is_told_by_its_number(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_text(f'{{"word": "one"}}\n{damage}\n{{"word": "two"}}\n')
    with pytest.raises(StorageError, match="line 2 is damaged"):
        read_entries(path)


def test_a_full_disk_leaves_none_of_the_entries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "journal.jsonl"
    append_entries(path, ENTRIES[:1])
    write, calls = os.write, []

    def full(file: int, data: bytes) -> int:
        calls.append(len(data))
        if len(calls) > 1:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(file, data[:20])

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(StorageError, match="nothing was added"):
        append_entries(path, ENTRIES[1:])
    monkeypatch.undo()
    assert calls
    assert path.read_text().count("\n") == 1
    assert read_entries(path) == ENTRIES[:1]


def test_a_folder_that_refuses_is_told(tmp_path: Path) -> None:
    (tmp_path / "journal.jsonl").mkdir()
    with pytest.raises(StorageError, match="cannot be written"):
        append_entries(tmp_path / "journal.jsonl", ENTRIES)
