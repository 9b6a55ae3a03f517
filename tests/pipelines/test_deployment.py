"""The files of docs/deployment are what a service manager, Compose and Dagster accept, and hold no secret."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from pipelines.cli import app
from warehouse.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
FILES = ROOT / "docs" / "deployment"
UNITS = sorted(FILES.glob("*.service"))
COMPOSE = yaml.safe_load((FILES / "compose.yaml").read_text(encoding="utf-8"))
STARTED = {
    "padron-webserver.service": "webserver --port 3000 --json-logs",
    "padron-daemon.service": "daemon --json-logs",
    "padron-metrics.service": "serve-metrics --port 9464",
    "padron-backup.service": "backup --to /srv/backup",
}


def variables(file: Path) -> dict[str, str]:
    lines = (line for line in file.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#"))
    return dict(line.split("=", 1) for line in lines)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    programs = Path(sys.executable).parent
    for unit in (*UNITS, *FILES.glob("*.timer")):
        text = unit.read_text(encoding="utf-8").replace("/opt/padron/.venv/bin", str(programs))
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", *sorted(map(str, tmp_path.iterdir()))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_starts_a_verb_that_there_is(unit: Path) -> None:
    text = unit.read_text(encoding="utf-8")
    (words,) = re.findall(r"^ExecStart=/opt/padron/\.venv/bin/padron (.+)$", text, re.MULTILINE)
    assert words == STARTED[unit.name]
    shown = CliRunner().invoke(app, [words.split()[0], "--help"])
    assert shown.exit_code == 0
    assert all(option in shown.output for option in words.split() if option.startswith("--"))
    for guard in ("User=padron", "NoNewPrivileges=yes", "ProtectSystem=strict", "UMask=0077"):
        assert guard in text


def test_the_settings_are_read_by_the_program() -> None:
    told = variables(FILES / "padron.env")
    settings = Settings.from_environment(told)
    assert str(settings.home) == told["PADRON_HOME"] != str(settings.key_file)
    known = settings.as_environment()
    assert {name for name in told if name.startswith("PADRON_")} <= set(known)


def test_secrets_are_named_and_never_given() -> None:
    (secret,) = variables(FILES / "secrets.env").values()
    assert "CHANGE-ME" in secret
    for file in FILES.iterdir():
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"(?i)^\s*(\w*password|\w*token|\w*secret)\s*[:=][ \t]*\S", text, re.MULTILINE), file.name
        assert file.name == "secrets.env" or "postgresql://padron:CHANGE" not in text


def test_compose_shows_nothing_to_the_network() -> None:
    services = COMPOSE["services"]
    assert set(services) == {"postgres", "webserver", "daemon", "metrics"}
    for name, service in services.items():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", [])), name
        assert name == "postgres" or {"image", "command", "env_file", "volumes", "depends_on"} <= set(service)
        assert "--host" not in service.get("command", []), "the loopback address is what the program does by itself"
    assert set(services["postgres"]["secrets"]) == set(COMPOSE["secrets"])


@pytest.mark.parametrize("name", ["webserver", "daemon", "metrics"])
def test_compose_starts_verbs_that_there_are(name: str) -> None:
    verb, *options = COMPOSE["services"][name]["command"]
    shown = CliRunner().invoke(app, [verb, "--help"])
    assert shown.exit_code == 0
    assert all(option in shown.output for option in options if option.startswith("--"))


def test_every_volume_of_the_settings_is_mounted() -> None:
    mounted = [volume.split(":")[1] for volume in COMPOSE["services"]["daemon"]["volumes"]]
    for name in ("PADRON_HOME", "PADRON_SOURCES", "PADRON_LANDING", "PADRON_KEY_FILE"):
        place = variables(FILES / "padron.env")[name]
        assert any(place == folder or place.startswith(f"{folder}/") for folder in mounted), name


def context(folder: Path) -> Path:
    """A copy of what Docker's builder is sent: what the file beside the Dockerfile lets through, of what is here."""
    lines = (FILES / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    told = [line for line in lines if not line.startswith("#")]
    assert told[0] == "*"
    for name in (line[1:] for line in told if line.startswith("!")):
        source = ROOT / name
        assert source.exists(), name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    return folder


def instructions() -> dict[str, list[str]]:
    """The Dockerfile's instructions, each with what it is told, continued lines joined."""
    text = (FILES / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    found: dict[str, list[str]] = {}
    for line in (line for line in text.splitlines() if line and not line.startswith("#")):
        word, _, told = line.partition(" ")
        found.setdefault(word, []).append(" ".join(told.split()))
    return found


def test_the_image_is_made_as_every_other_installation_is(tmp_path: Path) -> None:
    """What is copied is there, and the one command that installs it finds all that it needs."""
    folder = context(tmp_path)
    told = instructions()
    assert told["COPY"] == [". ."]
    packages, install = told["RUN"]
    assert install.startswith("make .venv/ready PYTHON=python3.11 &&")
    assert " make " in packages
    made = subprocess.run(
        ["make", "-n", ".venv/ready", "PYTHON=python3.11"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stderr
    assert "--editable ." in made.stdout
    assert not {".git", ".venv", "var", "tests"} & {path.name for path in folder.iterdir()}


def test_the_program_runs_from_what_the_image_holds(tmp_path: Path) -> None:
    folder = context(tmp_path)
    program = "import sys; from pipelines.cli import app; sys.stderr.write(sys.modules['pipelines'].__file__); app()"
    done = subprocess.run(
        [sys.executable, "-c", program, "sample", "--people", "20", "--home", str(folder / "home")],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith(str(folder))
    assert list((folder / "home" / "landing").rglob("*.csv"))


def test_compose_finds_the_files_that_it_names() -> None:
    services = COMPOSE["services"]
    named = {name for service in services.values() for name in service.get("env_file", [])}
    assert named == {"padron.env", "secrets.env"}
    assert all((FILES / name).exists() for name in named)
    (password,) = COMPOSE["secrets"].values()
    assert password["file"] == "./postgres_password", "named in the file's head as one to be made"
    assert all(set(service.get("depends_on", {})) <= set(services) for service in services.values())


@pytest.mark.parametrize("name", ["webserver", "metrics"])
def test_a_service_is_asked_for_its_health_where_it_answers(name: str) -> None:
    service = COMPOSE["services"][name]
    kind, _, _, program = service["healthcheck"]["test"]
    compile(program, name, "exec")
    port = service["command"][service["command"].index("--port") + 1]
    assert kind == "CMD"
    assert f"http://127.0.0.1:{port}/" in program


def test_the_proxy_asks_for_a_login_before_the_ui() -> None:
    text = (FILES / "nginx.conf").read_text(encoding="utf-8")
    assert re.search(r"auth_basic_user_file \S+;", text)
    assert "proxy_pass http://127.0.0.1:3000;" in text
    assert "listen 443 ssl;" in text
    reports, port = re.findall(r"location (\S+) \{[^}]*proxy_pass http://127\.0\.0\.1:(\d+);", text)[1]
    assert (reports, f"serve-metrics --port {port}") == ("/reports/", STARTED["padron-metrics.service"])
    assert text.index("auth_basic_user_file") < text.index("location"), "the login stands before both"
    assert "listen 80" not in text
