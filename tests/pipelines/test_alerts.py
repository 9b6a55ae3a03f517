"""Alerts, sent to a real mail server and a real web server: what arrives, what is tried again, what never leaks."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
import tenacity
from rich.console import Console
from servers import Hook, Post, mail_server, web_server, write_certificate
from typer.testing import CliRunner

from pipelines.alerts.alert import LONGEST_LINE, MOST_LINES, Alert, AlertError, delivery_overdue, run_failed
from pipelines.alerts.command import alerted
from pipelines.alerts.outbox import deliver_outbox, outbox_path, raise_alert, undelivered
from pipelines.alerts.sensors import failure_sensor, outbox_sensor
from pipelines.alerts.settings import AlertSettings
from pipelines.cli import app
from pipelines.failures import RunError
from pipelines.killed import report_killed
from pipelines.resources import Installation
from warehouse.errors import DeliveryError, SettingsError
from warehouse.settings import Settings

ALERT = Alert("run 1", "Padrón on here: the run failed", ("raw febrl_a: a column is missing", "año"))
MAIL = {"PADRON_ALERT_MAIL_TO": "one@example.org, two@example.org", "PADRON_ALERT_MAIL_FROM": "padron@example.org"}


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tenacity.nap.time, "sleep", lambda _: None)


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def plain(port: int) -> AlertSettings:
    said = {"PADRON_SMTP_HOST": "127.0.0.1", "PADRON_SMTP_PORT": str(port), "PADRON_SMTP_SECURITY": "none"}
    return AlertSettings.from_environment(MAIL | said)


def test_a_mail_arrives_whole(settings: Settings, post: Post, port: int, plain: AlertSettings) -> None:
    with mail_server(post, port):
        raise_alert(settings, ALERT, plain)
    (message,) = post.received
    assert message["Subject"] == ALERT.subject
    assert message["To"] == "one@example.org, two@example.org"
    assert message["From"] == "padron@example.org"
    assert message.get_content().splitlines() == list(ALERT.lines)
    assert undelivered(settings) == []


def test_a_mail_goes_encrypted_and_with_a_login(
    settings: Settings, post: Post, port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = write_certificate(tmp_path / "localhost.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    (tmp_path / "password").write_text("SECRET\n")
    (tmp_path / "password").chmod(0o600)
    account = {"PADRON_SMTP_USER": "padron", "PADRON_SMTP_PASSWORD_FILE": str(tmp_path / "password")}
    to = AlertSettings.from_environment(MAIL | account | {"PADRON_SMTP_PORT": str(port)})
    with mail_server(post, port, certificate, "SECRET"):
        raise_alert(settings, ALERT, to)
    assert post.encrypted == [True]


def test_a_server_without_a_trusted_certificate_gets_nothing(
    settings: Settings, post: Post, port: int, tmp_path: Path
) -> None:
    to = AlertSettings.from_environment(MAIL | {"PADRON_SMTP_PORT": str(port)})
    certificate = write_certificate(tmp_path / "localhost.pem")
    with mail_server(post, port, certificate), pytest.raises(AlertError, match="certificate"):
        raise_alert(settings, ALERT, to)
    assert post.received == []


def test_a_wrong_password_is_told_without_it(settings: Settings, post: Post, port: int) -> None:
    said = {"PADRON_SMTP_HOST": "127.0.0.1", "PADRON_SMTP_PORT": str(port), "PADRON_SMTP_SECURITY": "none"}
    account = {"PADRON_SMTP_USER": "padron", "PADRON_SMTP_PASSWORD": "WRONG-SECRET"}
    to = AlertSettings.from_environment(MAIL | said | account)
    with mail_server(post, port, password="SECRET"), pytest.raises(AlertError, match="PADRON_SMTP_USER") as caught:
        raise_alert(settings, ALERT, to)
    assert "SECRET" not in str(caught.value) + repr(to)


@pytest.mark.parametrize(("busy", "arrives"), [(0, True), (1, True), (2, True), (3, False)])
def test_a_busy_mail_server_is_tried_three_times(
    settings: Settings, post: Post, port: int, plain: AlertSettings, busy: int, arrives: bool
) -> None:
    post.busy = busy
    with mail_server(post, port):
        if arrives:
            raise_alert(settings, ALERT, plain)
        else:
            with pytest.raises(AlertError, match="code 451") as caught:
                raise_alert(settings, ALERT, plain)
            assert "SECRET" not in str(caught.value)
    assert post.attempts == min(busy + 1, 3)
    assert len(post.received) == arrives


def test_a_refused_mail_is_not_tried_again(settings: Settings, post: Post, port: int, plain: AlertSettings) -> None:
    post.refuses = "554 no, quoth SECRET"
    with mail_server(post, port), pytest.raises(AlertError, match="554") as caught:
        raise_alert(settings, ALERT, plain)
    assert post.attempts == 1
    assert "SECRET" not in str(caught.value)


def test_a_webhook_gets_text_and_parts(settings: Settings) -> None:
    hook = Hook()
    with web_server(hook) as url:
        said = {"PADRON_ALERT_WEBHOOK": url, "PADRON_ALERT_WEBHOOK_TOKEN": "SECRET"}
        raise_alert(settings, ALERT, AlertSettings.from_environment(said))
    (document,) = hook.received
    assert document["subject"] == ALERT.subject
    assert document["lines"] == list(ALERT.lines)
    assert document["text"].startswith(ALERT.subject)
    assert hook.tokens == ["Bearer SECRET"]


@pytest.mark.parametrize(
    ("answers", "calls", "arrives"),
    [
        ((204,), 1, True),
        ((503, 429, 200), 3, True),
        ((503,), 3, False),
        ((404,), 1, False),
        ((302,), 1, False),
        ((401,), 1, False),
    ],
)
def test_a_webhook_is_called_again_only_where_that_may_help(
    settings: Settings, answers: tuple[int, ...], calls: int, arrives: bool
) -> None:
    hook = Hook(*answers)
    with web_server(hook) as url:
        to = AlertSettings.from_environment({"PADRON_ALERT_WEBHOOK": url})
        if arrives:
            raise_alert(settings, ALERT, to)
        else:
            with pytest.raises(AlertError, match=str(answers[-1])) as caught:
                raise_alert(settings, ALERT, to)
            assert "SECRET" not in str(caught.value) + repr(to)
    assert len(hook.received) == calls


def test_an_alert_waits_for_a_server_that_is_away(
    settings: Settings, post: Post, port: int, plain: AlertSettings
) -> None:
    with pytest.raises(AlertError, match="cannot be reached"):
        raise_alert(settings, ALERT, plain)
    assert undelivered(settings) == [(ALERT, "mail")]
    with mail_server(post, port):
        deliver_outbox(settings, plain)
        deliver_outbox(settings, plain)
    assert len(post.received) == 1
    assert undelivered(settings) == []


def test_the_same_alert_is_told_once(settings: Settings, post: Post, port: int, plain: AlertSettings) -> None:
    with mail_server(post, port):
        raise_alert(settings, ALERT, plain)
        raise_alert(settings, ALERT, plain)
    assert len(post.received) == 1


def test_one_channel_that_is_away_does_not_hold_up_the_other(settings: Settings, port: int) -> None:
    hook = Hook()
    with web_server(hook) as url:
        said = {"PADRON_ALERT_WEBHOOK": url, "PADRON_SMTP_HOST": "127.0.0.1", "PADRON_SMTP_PORT": str(port)}
        with pytest.raises(AlertError, match="mail server"):
            raise_alert(settings, ALERT, AlertSettings.from_environment(MAIL | said))
    assert len(hook.received) == 1
    assert undelivered(settings) == [(ALERT, "mail")]


def test_without_a_channel_nothing_is_written(settings: Settings) -> None:
    raise_alert(settings, ALERT, AlertSettings())
    assert not outbox_path(settings).exists()


def test_a_long_alert_is_cut() -> None:
    alert = run_failed("1", "registry", ["x" * 5_000, *(f"step {number}: why" for number in range(80))])
    assert len(alert.lines) == MOST_LINES + 1
    assert max(map(len, alert.lines)) <= LONGEST_LINE
    assert "lines more" in alert.lines[-1]


def test_an_overdue_delivery_is_told_once_for_each_day_it_was_due() -> None:
    keys = [delivery_overdue("health.patients", "Ministry", due, "2026-09-30").key for due in ("1", "2", "1")]
    assert len(set(keys)) == 2


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"PADRON_ALERT_MAIL_TO": "nobody"}, "PADRON_ALERT_MAIL_TO"),
        ({"PADRON_ALERT_MAIL_TO": "a@b"}, "PADRON_ALERT_MAIL_FROM"),
        ({"PADRON_ALERT_MAIL_TO": "a@b\nBcc: c@d", "PADRON_ALERT_MAIL_FROM": "a@b"}, "PADRON_ALERT_MAIL_TO"),
        (MAIL | {"PADRON_SMTP_SECURITY": "ssl"}, "starttls, tls, none"),
        (MAIL | {"PADRON_SMTP_PORT": "smtp"}, "PADRON_SMTP_PORT"),
        (MAIL | {"PADRON_SMTP_SECURITY": "none", "PADRON_SMTP_USER": "u", "PADRON_SMTP_HOST": "mx.org"}, "password"),
        (MAIL | {"PADRON_SMTP_PASSWORD": "SECRET", "PADRON_SMTP_PASSWORD_FILE": "f"}, "both set"),
        (MAIL | {"PADRON_SMTP_PASSWORD_FILE": "/nowhere"}, "cannot be read"),
        ({"PADRON_ALERT_WEBHOOK": "SECRET.example.org"}, "PADRON_ALERT_WEBHOOK"),
    ],
)
def test_settings_that_cannot_be_are_told(said: dict[str, str], told: str) -> None:
    with pytest.raises(SettingsError, match=told) as caught:
        AlertSettings.from_environment(said)
    assert "SECRET" not in str(caught.value)


def test_a_secret_that_others_may_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "hook").write_text("https://example.org/SECRET")
    (tmp_path / "hook").chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600"):
        AlertSettings.from_environment({"PADRON_ALERT_WEBHOOK_FILE": str(tmp_path / "hook")})


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hook]:
    """A webhook that the environment names, as for a command or the daemon."""
    hook = Hook()
    with web_server(hook) as url:
        monkeypatch.setenv("PADRON_ALERT_WEBHOOK", url)
        yield hook


def test_a_command_that_fails_tells_why(settings: Settings, hook: Hook) -> None:
    with pytest.raises(RunError), alerted(settings, "padron build", Console()):
        raise RunError("7", "registry", ["raw febrl_a: a column is missing"])
    assert hook.received[0]["lines"][0] == "raw febrl_a: a column is missing"


def test_a_fault_of_the_program_is_told_without_its_text(settings: Settings, hook: Hook) -> None:
    with pytest.raises(ValueError, match="PEREZ"), alerted(settings, "padron build", Console()):
        raise ValueError("no such name: PEREZ")
    assert "ValueError" in hook.received[0]["text"]
    assert "PEREZ" not in hook.received[0]["text"]


def test_a_failing_build_reaches_the_webhook(settings: Settings, hook: Hook, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    result = CliRunner().invoke(app, ["build", "--home", str(settings.home), "--sources", str(tmp_path / "none")])
    assert result.exit_code == 1
    assert "no contract" in hook.received[0]["text"]


@dg.op
def spoilt() -> None:
    raise DeliveryError("people_2026-10.csv: the column sex is missing.")


@dg.op
def broken() -> None:
    raise KeyError("PEREZ")


@pytest.mark.parametrize(
    ("op", "told"), [(spoilt, "the column sex is missing"), (broken, "withheld")], ids=["ours", "another's"]
)
def test_the_daemon_tells_of_a_failed_run_once(settings: Settings, hook: Hook, op: dg.OpDefinition, told: str) -> None:
    @dg.job(name="registry")
    def registry() -> None:
        op()

    with dg.instance_for_test() as instance:
        result = registry.execute_in_process(instance=instance, raise_on_error=False)
        event = next(event for event in result.all_events if event.is_run_failure)
        for _ in range(2):
            with dg.build_run_status_sensor_context(
                "failed_run", dagster_instance=instance, dagster_run=result.dagster_run, dagster_event=event,
                resources={"installation": Installation.of(settings)},
            ).for_run_failure() as context:  # fmt: skip
                failure_sensor()(context)
    (document,) = hook.received
    assert told in document["text"]
    assert "PEREZ" not in document["text"]
    assert "PEREZ" not in outbox_path(settings).read_text()


def test_the_daemon_tells_of_a_run_that_was_killed(settings: Settings, hook: Hook) -> None:
    @dg.job(name="registry")
    def registry() -> None: ...

    with dg.instance_for_test() as instance:
        run = instance.create_run_for_job(registry, status=dg.DagsterRunStatus.STARTED)
        report_killed(instance, run.run_id)
        record = instance.get_records_for_run(run.run_id, of_type=dg.DagsterEventType.RUN_FAILURE).records[0]
        event = record.event_log_entry.dagster_event
        assert event is not None
        with dg.build_run_status_sensor_context(
            "failed_run", dagster_instance=instance, dagster_run=run, dagster_event=event,
            resources={"installation": Installation.of(settings)},
        ).for_run_failure() as context:  # fmt: skip
            failure_sensor()(context)
    assert "was killed" in hook.received[0]["text"]


def test_the_daemon_sends_what_waited(
    settings: Settings, post: Post, port: int, plain: AlertSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(AlertError):
        raise_alert(settings, ALERT, plain)
    said = {"PADRON_SMTP_HOST": "127.0.0.1", "PADRON_SMTP_PORT": str(port), "PADRON_SMTP_SECURITY": "none"}
    for name, value in (MAIL | said).items():
        monkeypatch.setenv(name, value)
    with (
        mail_server(post, port),
        dg.build_sensor_context(resources={"installation": Installation.of(settings)}) as context,
    ):
        outbox_sensor().evaluate_tick(context)
    assert len(post.received) == 1


def test_two_processes_do_not_send_the_same_alert_twice(
    settings: Settings, post: Post, port: int, plain: AlertSettings
) -> None:
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    started = time.monotonic()
    with mail_server(post, port), ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: raise_alert(settings, ALERT, plain), range(8)))
    assert len(post.received) == 1
    assert time.monotonic() - started < 30
