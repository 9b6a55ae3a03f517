"""The audit log: any change of what was written shows."""

import json
import multiprocessing
from collections.abc import Callable
from pathlib import Path

import pytest

from warehouse.audit_log import read_audit, record, verify
from warehouse.errors import AuditError
from warehouse.layout import Layout


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    layout = Layout(tmp_path)
    for number in range(5):
        record(layout, "tested", {"count": number, "word": "año"})
    return layout


def lines(layout: Layout) -> list[str]:
    return (layout.state / "audit.jsonl").read_text().splitlines()


def test_what_was_written_is_whole(layout: Layout) -> None:
    assert [entry.facts["count"] for entry in verify(layout, {})] == [0, 1, 2, 3, 4]


def changed(lines: list[str]) -> list[str]:
    return [line.replace('"count": 2', '"count": 7') for line in lines]


def renamed(lines: list[str]) -> list[str]:
    entry = json.loads(lines[2])
    return [*lines[:2], json.dumps({**entry, "who": "nobody"}), *lines[3:]]


def removed(lines: list[str]) -> list[str]:
    return lines[:2] + lines[3:]


def beheaded(lines: list[str]) -> list[str]:
    return lines[1:]


def swapped(lines: list[str]) -> list[str]:
    return [lines[0], lines[2], lines[1], *lines[3:]]


def repeated(lines: list[str]) -> list[str]:
    return [*lines, lines[-1]]


@pytest.mark.parametrize("meddle", [changed, renamed, removed, beheaded, swapped, repeated])
def test_meddling_shows(layout: Layout, meddle: Callable[[list[str]], list[str]]) -> None:
    before = lines(layout)
    (after := meddle(before)).append("")
    assert after != before
    (layout.state / "audit.jsonl").write_text("\n".join(after))
    with pytest.raises(AuditError, match="broken at line"):
        verify(layout, {})


def test_what_is_cut_off_the_end_shows_by_the_releases_that_name_it(layout: Layout) -> None:
    anchor = read_audit(layout)[-1].sha256
    assert verify(layout, {"release": anchor})
    (layout.state / "audit.jsonl").write_text("\n".join(lines(layout)[:-1]) + "\n")
    with pytest.raises(AuditError, match="missing from its end"):
        verify(layout, {"release": anchor})


def _record_many(home: Path) -> None:
    for _ in range(20):
        record(Layout(home), "tested", {})


def test_several_writers_keep_one_chain(layout: Layout) -> None:
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=_record_many, args=(layout.home,)) for _ in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(verify(layout, {})) == 65
