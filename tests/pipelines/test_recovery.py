"""Runs that were killed are told apart from runs that work, and no longer hold up what comes after them."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta

import dagster as dg
import pytest
from dagster._core.events import EngineEventData

from pipelines import killed as killed_runs
from pipelines.failures import failures
from pipelines.killed import recover
from pipelines.resources import Installation
from pipelines.worker import Worker
from warehouse.lock import only_run
from warehouse.settings import Settings


@dg.job(name="registry")
def registry() -> None: ...


def started(instance: dg.DagsterInstance) -> str:
    """A run that Dagster takes for running."""
    run = instance.create_run_for_job(registry, status=dg.DagsterRunStatus.STARTED)
    return run.run_id


def status(instance: dg.DagsterInstance, run_id: str) -> dg.DagsterRunStatus:
    run = instance.get_run_by_id(run_id)
    assert run is not None
    return run.status


def kill_while_holding(settings: Settings, run_id: str) -> None:
    """A process that holds the lock for the run, and is killed."""
    code = (
        "import os, signal\nfrom warehouse.lock import only_run\nfrom warehouse.settings import Settings\n"
        f"with only_run(Settings.from_environment(), run_id={run_id!r}):\n    os.kill(os.getpid(), signal.SIGKILL)"
    )
    result = subprocess.run([sys.executable, "-c", code], env=os.environ | settings.as_environment(), check=False)
    assert result.returncode == -signal.SIGKILL


def test_a_killed_run_is_ended_and_one_that_begins_is_left(settings: Settings) -> None:
    with dg.instance_for_test() as instance:
        killed, begins = started(instance), started(instance)
        kill_while_holding(settings, killed)
        assert recover(settings, instance) == 1
        assert status(instance, killed) == dg.DagsterRunStatus.FAILURE
        assert status(instance, begins) == dg.DagsterRunStatus.STARTED
        assert recover(settings, instance) == 0


def test_a_run_that_works_is_left_alone(settings: Settings) -> None:
    with dg.instance_for_test() as instance:
        works = started(instance)
        with only_run(settings, run_id=works):
            assert recover(settings, instance) == 0
        assert status(instance, works) == dg.DagsterRunStatus.STARTED


def told_of_process(instance: dg.DagsterInstance, run_id: str, pid: int) -> None:
    """Have the run's history say, as Dagster does, that process `pid` executes it."""
    run = instance.get_run_by_id(run_id)
    instance.report_engine_event(f"Started process for run (pid: {pid}).", run, EngineEventData.in_process(pid))


@pytest.fixture
def ended() -> int:
    """The number of a process that is no more."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was noted of a run just now counts at once."""
    monkeypatch.setattr(killed_runs, "SETTLING_TAKES", timedelta(seconds=-5))


def test_a_run_whose_process_is_gone_before_it_took_the_lock_is_ended(
    settings: Settings, settled: None, ended: int
) -> None:
    with dg.instance_for_test() as instance:
        gone, begins, unknown = (started(instance) for _ in range(3))
        told_of_process(instance, gone, ended)
        told_of_process(instance, begins, ended)
        told_of_process(instance, begins, os.getpid())
        assert recover(settings, instance) == 1
        assert status(instance, gone) == dg.DagsterRunStatus.FAILURE
        assert status(instance, begins) == dg.DagsterRunStatus.STARTED, "the last process that was told of counts"
        assert status(instance, unknown) == dg.DagsterRunStatus.STARTED


def test_a_run_that_has_just_begun_is_left_for_a_while(settings: Settings, ended: int) -> None:
    with dg.instance_for_test() as instance:
        gone = started(instance)
        told_of_process(instance, gone, ended)
        assert recover(settings, instance) == 0
        assert status(instance, gone) == dg.DagsterRunStatus.STARTED


def test_a_run_that_never_told_of_a_process_is_ended_after_a_longer_while(
    settings: Settings, settled: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with dg.instance_for_test() as instance:
        never_begun, lives = started(instance), started(instance)
        told_of_process(instance, lives, os.getpid())
        assert recover(settings, instance) == 0
        monkeypatch.setattr(killed_runs, "STARTING_TAKES", timedelta(seconds=-5))
        assert recover(settings, instance) == 1
        assert status(instance, never_begun) == dg.DagsterRunStatus.FAILURE
        assert status(instance, lives) == dg.DagsterRunStatus.STARTED, "a process that lives is waited for"


def test_a_process_is_told_from_a_later_one_of_the_same_number(ended: int) -> None:
    now = time.time()
    assert Worker(os.getpid(), now).is_alive
    assert not Worker(os.getpid(), now - 7 * 86_400).is_alive, "this process began after the one that told of itself"
    assert not Worker(ended, now).is_alive


def test_a_process_that_nobody_has_waited_for_is_gone() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.read()  # its end closes what it writes to
    time.sleep(0.2)
    assert not Worker(process.pid, time.time()).is_alive
    process.wait()


def test_the_next_run_ends_the_one_that_was_killed_before_it(settings: Settings) -> None:
    @dg.asset
    def table(installation: Installation) -> None: ...

    with dg.instance_for_test() as instance:
        killed = started(instance)
        kill_while_holding(settings, killed)
        result = dg.materialize([table], instance=instance, resources={"installation": Installation.of(settings)})
        assert result.success
        assert status(instance, killed) == dg.DagsterRunStatus.FAILURE


def test_a_second_run_in_the_same_home_waits_or_is_told(settings: Settings) -> None:
    @dg.asset
    def table(installation: Installation) -> None: ...

    with only_run(settings), dg.instance_for_test() as instance:
        result = dg.materialize(
            [table], instance=instance, resources={"installation": Installation.of(settings)}, raise_on_error=False
        )
    assert not result.success
    (failed,) = [event for event in result.all_events if event.is_run_failure]
    error = failed.job_failure_data.error
    assert error is not None
    first = error.to_string().splitlines()[0]
    assert first.startswith("pipelines.beginning.NotBegunError: "), first
    assert "another run is working there. Wait until it has ended, or choose another home." in first
    assert "resource" not in first
    assert failures(result.all_events) == (error.cause.message.partition(": ")[2].strip(),)


def test_a_run_of_the_daemon_waits_for_the_one_that_works(settings: Settings) -> None:
    ended = []

    @dg.asset
    def table(installation: Installation) -> None:
        ended.append("second")

    def work() -> None:
        with only_run(settings):
            holds.set()
            time.sleep(1.0)
            ended.append("first")

    holds = threading.Event()
    first = threading.Thread(target=work)
    first.start()
    holds.wait()
    with dg.instance_for_test() as instance:
        patient = {"installation": Installation.of(settings, patience_seconds=60)}
        assert dg.materialize([table], instance=instance, resources=patient).success
    first.join()
    assert ended == ["first", "second"]
