"""The keys: made once, for their owner alone, and never shown."""

from pathlib import Path

import pytest

from warehouse.audit_log import read_audit
from warehouse.errors import KeyringError
from warehouse.layout import Layout
from warehouse.privacy.keyring import ANALYSTS, VAULT, add_key, key_path, open_keyring, renew_key
from warehouse.settings import Settings


def test_keys_are_made_on_first_use_and_kept(settings: Settings) -> None:
    first = open_keyring(settings)
    assert {key.name for key in first.keys} == {VAULT, ANALYSTS}
    assert open_keyring(settings) == first
    assert key_path(settings).stat().st_mode & 0o777 == 0o600
    assert key_path(settings).parent.stat().st_mode & 0o777 == 0o700


def test_a_key_is_never_shown(settings: Settings) -> None:
    key = open_keyring(settings).current(VAULT)
    told = repr(open_keyring(settings)) + (Layout(settings.home).state / "audit.jsonl").read_text()
    assert key.material.hex() not in told
    assert repr(key.material) not in told


def test_a_recipient_has_a_key_of_its_own_and_gets_another(settings: Settings) -> None:
    with pytest.raises(KeyringError, match="padron keys new health"):
        open_keyring(settings).current("health")
    first = add_key(settings, "health")
    with pytest.raises(KeyringError, match="rotate"):
        add_key(settings, "health")
    second = renew_key(settings, "health")
    assert (first.id, second.id) == ("health-1", "health-2")
    assert open_keyring(settings).current("health") == second
    assert len({key.material for key in open_keyring(settings).keys}) == 4
    assert [entry.action for entry in read_audit(Layout(settings.home))] == ["keys.made", "keys.added", "keys.rotated"]


def test_keys_come_from_the_environment(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    ring = open_keyring(settings)
    document = key_path(settings).read_text()
    monkeypatch.setenv("PADRON_KEYRING", document)
    key_path(settings).unlink()
    assert open_keyring(settings, {"PADRON_KEYRING": document}) == ring
    with pytest.raises(KeyringError, match="cannot be changed here"):
        add_key(settings, "health")


def readable(path: Path) -> None:
    path.chmod(0o640)


def cut(path: Path) -> None:
    path.write_text(path.read_text()[:-20])


def shortened(path: Path) -> None:
    path.write_text('{"keys": [{"name": "vault", "id": "vault-1", "made_at": "", "material": "AAAA"}]}')


@pytest.mark.parametrize(
    ("spoil", "told"), [(readable, "chmod 600"), (cut, "not a keyring"), (shortened, "not a keyring")]
)
def test_a_key_file_that_cannot_be_trusted_is_told(settings: Settings, spoil: object, told: str) -> None:
    open_keyring(settings)
    spoil(key_path(settings))  # type: ignore[operator]
    with pytest.raises(KeyringError, match=told):
        open_keyring(settings)


@pytest.mark.parametrize("name", ["", "../x", "two words"])
def test_a_name_that_cannot_be_a_key_is_told(settings: Settings, name: str) -> None:
    with pytest.raises(KeyringError, match="made of letters"):
        add_key(settings, name)
