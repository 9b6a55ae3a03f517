"""The verbs of whoever keeps watch and holds the keys: rollback, the audit log, the vault and its key."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from warehouse.audit_log import read_audit
from warehouse.layout import Layout
from warehouse.manifest import MadeOf
from warehouse.release.publishing import publish
from warehouse.session import open_session
from warehouse.settings import Settings
from warehouse.storage import write_rows
from warehouse.table import Column, Table

TOWNS = Table("towns", "One town.", ("town",), (Column("town", "varchar", "Which.", False),))
NAME = "XIMENA QUIROGA"
QUERY = f"select 'p1' as entity_id, pseudonym('p1') as pseudonym, '{NAME}' as full_name"


@pytest.fixture
def home(settings: Settings) -> Path:
    """A home of two releases, of one town and of two, with a vault each."""
    path = Layout(settings.home).mart(TOWNS)
    for day, towns in enumerate(("a", "ab")):
        with open_session(settings) as connection:
            write_rows(connection, TOWNS, [{"town": town} for town in towns], path)
        moment = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(days=day)
        publish(settings, {TOWNS: path}, MadeOf({}), "1", lambda moment=moment: moment, {"persons": QUERY})  # type: ignore[misc]
    return settings.home


def said(home: Path, *words: str, status: int = 0) -> str:
    result = CliRunner().invoke(app, [*words, "--home", str(home)])
    assert result.exit_code == status, result.output
    return " ".join(result.output.split())


def towns(home: Path) -> int:
    return 2 if "│ 2" in said(home, "query", "select count(*) as towns from towns") else 1


def test_going_back_to_the_release_before(home: Path) -> None:
    assert towns(home) == 2
    assert "published at 2026-11-01" in said(home, "rollback", "--why", "a wrong file")
    assert towns(home) == 1
    assert "before the current" in said(home, "rollback", "--why", "again", status=1)
    assert read_audit(Layout(home))[-1].facts["reason"] == "a wrong file"


def test_the_chain_is_followed_and_a_break_told(home: Path) -> None:
    assert "the chain is whole" in said(home, "audit", "verify")
    assert "release.published" in said(home, "audit", "show", "--last", "1")
    log = Layout(home).state / "audit.jsonl"
    log.write_text(log.read_text().replace('"tables": 1', '"tables": 2', 1))
    assert "broken at line" in said(home, "audit", "verify", status=1)


def test_the_vault_is_asked_with_a_reason_and_under_a_new_key(home: Path) -> None:
    assert "vault-2" in said(home, "keys", "rotate", "vault")
    assert NAME in said(home, "vault", "select full_name from vault_persons", "--why", "court order 12")
    assert read_audit(Layout(home))[-1].facts["reason"] == "court order 12"
    listed = said(home, "keys", "list")
    assert "vault-2" in listed
    assert "vault-1" not in listed
    assert "--why" in said(home, "vault", "select 1", status=2), "nobody is identified without a reason"
