"""A clock that was set back: told, waited for where it is by little, and no reason for ever to stand still."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from warehouse.audit_log import record
from warehouse.clock import check_clock
from warehouse.errors import ClockError
from warehouse.layout import Layout
from warehouse.manifest import MadeOf, Manifest
from warehouse.privacy.rights import grant
from warehouse.release.publishing import publish
from warehouse.settings import Settings
from warehouse.table import Table


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    layout = Layout(tmp_path / "home")
    record(layout, "release.published", {"release": "one"})
    return layout


def ago(**time: int) -> datetime:
    return datetime.now(UTC) - timedelta(**time)


def test_a_clock_that_goes_on_is_right(layout: Layout) -> None:
    check_clock(layout, lambda: ago(seconds=-1))
    check_clock(Layout(layout.home / "new"))


def test_a_clock_that_was_set_back_is_told_and_nothing_is_done(layout: Layout) -> None:
    with pytest.raises(ClockError, match="padron audit clock"):
        check_clock(layout, lambda: ago(hours=2))


def test_a_clock_that_is_behind_by_little_is_waited_for(layout: Layout) -> None:
    waited: list[float] = []
    check_clock(layout, lambda: ago(seconds=30), waited.append)
    assert 20 < waited[0] <= 31


def test_no_request_is_granted_while_the_clock_is_behind(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    run_ahead(layout, monkeypatch)
    with pytest.raises(ClockError):
        grant(layout, "erase", ["r1"], "request 44")
    assert not (layout.state / "rights.jsonl").exists()


def test_after_a_clock_that_ran_ahead_work_goes_on_once_somebody_says_so(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_ahead(layout, monkeypatch)
    result = CliRunner().invoke(app, ["audit", "clock", "--why", "it ran ahead", "--home", str(layout.home)])
    assert result.exit_code == 0, result.output
    check_clock(layout)
    assert CliRunner().invoke(app, ["audit", "verify", "--home", str(layout.home)]).exit_code == 0


def run_ahead(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    """Note something with the clock of a year to come."""

    class Ahead(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:
            return datetime(2099, 1, 1, tzinfo=UTC)

    with monkeypatch.context() as patched:
        patched.setattr("warehouse.audit_log.datetime", Ahead)
        record(layout, "keys.made", {})


def test_a_release_of_a_clock_that_ran_ahead_is_forgotten_after_an_erasure(
    published: tuple[Settings, Manifest, dict[Table, Path]],
) -> None:
    settings, first, tables = published
    ahead = publish(settings, tables, MadeOf({"a": "1"}), "1", lambda: datetime(2099, 1, 1, tzinfo=UTC))
    erased_at = datetime.now(UTC).isoformat(timespec="seconds")
    soon = datetime.now(UTC) + timedelta(minutes=1)
    present = publish(settings, tables, MadeOf({"a": "2"}), "1", lambda: soon, erased_at=erased_at)
    kept = {folder.name for folder in (settings.home / "releases").iterdir()}
    assert present.release_id in kept
    assert not kept & {first.release_id, ahead.release_id}
