"""Whether a run has anything to do: every part of a release that may change, and what changes nothing."""

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import dagster as dg
import pytest

from linkage.review.judgements import judgements_path
from pipelines import inputs
from pipelines.automation import nightly_schedule, settled_sensor
from pipelines.resources import Installation
from pipelines.stamp import begin_run, end_run, news, read_stamp
from sources.catalogue import Catalogue, read_catalogue
from warehouse.layout import Layout
from warehouse.manifest import MadeOf
from warehouse.privacy.keyring import renew_key
from warehouse.privacy.rights import grant
from warehouse.published.registry import PUBLISHED
from warehouse.referrals import note_sent
from warehouse.release.publishing import publish
from warehouse.session import open_session
from warehouse.settings import Settings
from warehouse.storage import write_rows
from warehouse.table import Column, Table
from warehouse.tables import LINKS, PERSONS, REVIEW_QUEUE, SPINE

CONTRACTS = Path(__file__).parents[1] / "integration" / "febrl"
TOWNS = Table("towns", "One town.", ("code",), (Column("code", "varchar", "Its code.", False),))
FILE = Path("febrl_a") / "dataset4a.csv"


def catalogue_of(settings: Settings) -> Catalogue:
    return read_catalogue(settings.sources)


def publish_towns(settings: Settings, *codes: str) -> None:
    path = Layout(settings.home).mart(TOWNS)
    with open_session(settings) as connection:
        write_rows(connection, TOWNS, [{"code": code} for code in codes], path)
    publish(settings, {TOWNS: path}, MadeOf({}), "1")


@pytest.fixture
def done(tmp_path: Path) -> Settings:
    """An installation after a whole run; what lies between the stages is there by name alone."""
    home = tmp_path / "home"
    shutil.copytree(CONTRACTS, tmp_path / "contracts")
    settings = Settings(home=home, sources=tmp_path / "contracts", landing=home / "landing", memory_limit="1GB")
    (settings.landing / FILE).parent.mkdir(parents=True)
    (settings.landing / FILE).write_text("delivered")
    layout = Layout(home)
    begin_run(settings, "first", "registry")
    publish_towns(settings, "a")
    made = [layout.linkage(table) for table in (SPINE, LINKS, REVIEW_QUEUE)]
    for path in [*made, layout.registry(PERSONS), *(layout.mart(table) for table in PUBLISHED)]:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    end_run(settings, "first")
    return settings


def test_the_first_run_has_work(settings: Settings) -> None:
    assert news(settings, Catalogue(())) == ("no whole run before this one",)


def test_nothing_new_is_no_work(done: Settings) -> None:
    assert news(done, catalogue_of(done)) == ()


def test_a_file_that_was_only_touched_is_nothing_new(done: Settings) -> None:
    os.utime(done.landing / FILE)
    (done.landing / "notes.txt").write_text("no contract names it")
    assert news(done, catalogue_of(done)) == ()


def deliver(settings: Settings) -> None:
    (settings.landing / FILE).write_text("corrected")


def rename_delivery(settings: Settings) -> None:
    (settings.landing / FILE).rename((settings.landing / FILE).with_name("dataset4a.csv.gz"))


def take_delivery_away(settings: Settings) -> None:
    (settings.landing / FILE).unlink()


def promise_another_digest(settings: Settings) -> None:
    (settings.landing / f"{FILE}.sha256").write_text("0" * 64)


def link_outside(settings: Settings) -> None:
    (settings.landing / FILE).unlink()
    (settings.landing / FILE).symlink_to("/etc/hostname")


def change_contract(settings: Settings) -> None:
    contract = next(settings.sources.rglob("*.yaml"))
    contract.write_text(contract.read_text() + "\n# a remark\n")


def list_programmes(settings: Settings) -> None:
    (settings.sources / "programmes.csv").write_text("source,programme\n")


def judge(settings: Settings) -> None:
    judgements_path(Layout(settings.home)).write_text("{}\n")


def erase(settings: Settings) -> None:
    grant(Layout(settings.home), "erase", ["r1"], "request 44")


def hand_referrals_over(settings: Settings) -> None:
    note_sent(Layout(settings.home), [("r1", "health", "not_enrolled")])


def rotate_key(settings: Settings) -> None:
    renew_key(settings, "analysts")


def publish_by_hand(settings: Settings) -> None:
    publish_towns(settings, "a", "b")


def damage_release(settings: Settings) -> None:
    (Layout(settings.home).current / "parquet" / "towns.parquet").write_bytes(b"")


def lose_release(settings: Settings) -> None:
    Layout(settings.home).current.unlink()


def lose_table(settings: Settings) -> None:
    Layout(settings.home).linkage(SPINE).unlink()


def begin_and_crash(settings: Settings) -> None:
    begin_run(settings, "second", "registry")


def damage_stamp(settings: Settings) -> None:
    (Layout(settings.home).state / "stamp.json").write_text("{")


CHANGES: list[tuple[Callable[[Settings], None], str]] = [
    (deliver, "deliveries"),
    (rename_delivery, "deliveries"),
    (take_delivery_away, "deliveries"),
    (promise_another_digest, "deliveries"),
    (link_outside, "deliveries"),
    (change_contract, "contracts"),
    (list_programmes, "contracts"),
    (judge, "judgements"),
    (erase, "rights"),
    (hand_referrals_over, "referrals"),
    (rotate_key, "keys"),
    (publish_by_hand, "the current release"),
    (damage_release, "the current release"),
    (lose_release, "the current release"),
    (lose_table, "the tables between the stages"),
    (begin_and_crash, "no whole run before this one"),
    (damage_stamp, "no whole run before this one"),
]


@pytest.mark.parametrize(("change", "told"), CHANGES, ids=[change.__name__ for change, _ in CHANGES])
def test_what_changes_is_work(done: Settings, change: Callable[[Settings], None], told: str) -> None:
    change(done)
    assert news(done, catalogue_of(done)) == (told,)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"seed": 7}, "settings"),
        ({"small_cell": 20}, "settings"),
        ({"birth_band": 5}, "settings"),
        ({"keep_releases": 2}, "settings"),
        ({"model": "model.yaml"}, "linkage model"),
        ({"parameters": "parameters.json"}, "linkage model"),
        ({"truth": "truth.csv"}, "truth"),
    ],
    ids=lambda given: "-".join(given) if isinstance(given, dict) else "",
)
def test_what_is_set_otherwise_is_work(done: Settings, tmp_path: Path, changed: dict[str, Any], told: str) -> None:
    for name, value in changed.items():
        if isinstance(value, str):
            (tmp_path / value).write_text("{}")
            changed = {name: tmp_path / value}
    assert news(replace(done, **changed), catalogue_of(done)) == (told,)


def test_more_threads_and_memory_are_no_work(done: Settings) -> None:
    assert news(replace(done, threads=1, memory_limit="2GB"), catalogue_of(done)) == ()


def test_another_day_is_work_where_a_retention_may_end(done: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    class Tomorrow(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime(2039, 1, 1, tzinfo=UTC)

    monkeypatch.setattr(inputs, "datetime", Tomorrow)
    assert news(done, catalogue_of(done)) == ()
    for contract in done.sources.rglob("*.yaml"):
        text = contract.read_text()
        contract.write_text(text.replace("customProperties:", RETENTION, 1))
    assert set(news(done, catalogue_of(done))) == {"contracts", "day"}


RETENTION = "customProperties:\n  - {property: retentionMonths, value: 24}"


def test_a_run_of_less_than_everything_keeps_the_stamp_only_where_it_starts_from_the_same(done: Settings) -> None:
    begin_run(done, "linked", "link")
    assert news(done, catalogue_of(done)) == ()
    begin_run(replace(done, seed=7), "linked otherwise", "link")
    assert read_stamp(Layout(done.home)) is None


def test_only_the_run_that_began_last_may_end(done: Settings) -> None:
    begin_run(done, "second", "registry")
    begin_run(done, "third", "registry")
    end_run(done, "second")
    assert news(done, catalogue_of(done))
    end_run(done, "third")
    assert news(done, catalogue_of(done)) == ()


def test_the_stamp_holds_no_value(done: Settings) -> None:
    text = (Layout(done.home).state / "stamp.json").read_text()
    assert "delivered" not in text
    assert json.loads(text)["release"]


def test_the_schedule_asks_only_where_there_is_news(done: Settings) -> None:
    schedule = nightly_schedule(catalogue_of(done))

    def asked() -> int:
        with dg.build_schedule_context(resources={"installation": Installation.of(done)}) as context:
            return len(schedule.evaluate_tick(context).run_requests or ())

    assert asked() == 0
    deliver(done)
    assert asked() == 1


def test_a_run_of_the_daemon_is_settled_when_it_has_succeeded(done: Settings) -> None:
    run_id = str(uuid4())
    begin_run(done, run_id, "registry")
    with dg.instance_for_test() as instance:

        @dg.job(name="registry")
        def registry() -> None: ...

        result = registry.execute_in_process(instance=instance, run_id=run_id)
        context = dg.build_run_status_sensor_context(
            "settled", dagster_instance=instance, dagster_run=result.dagster_run, dagster_event=result.all_events[-1],
            resources={"installation": Installation.of(done)},
        )  # fmt: skip
        with context:
            settled_sensor()(context)
    assert news(done, catalogue_of(done)) == ()
