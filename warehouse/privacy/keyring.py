"""The keys of an installation: one for the vault, one for each recipient of pseudonyms.

They lie in a file of their owner's alone (`PADRON_KEY_FILE`, by default `keys/keyring.json` in the home), or in
the environment variable `PADRON_KEYRING`, which then holds the same JSON document. Keep a copy apart from this
machine: without the vault's key nobody reads the vault again, without a recipient's key pseudonyms change.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from warehouse.audit_log import record
from warehouse.errors import KeyringError
from warehouse.handover import handed_over
from warehouse.layout import Layout, private_folder
from warehouse.settings import Settings

VAULT = "vault"
ANALYSTS = "analysts"
KEY_BYTES = 32
VARIABLE = "PADRON_KEYRING"


@dataclass(frozen=True)
class Key:
    """256 bits for one use. `id` is the name and a number that grows with each rotation."""

    name: str
    id: str
    made_at: str
    material: bytes

    def __repr__(self) -> str:
        return f"Key({self.id})"


@dataclass(frozen=True)
class Keyring:
    """Every key, oldest first; of one name the last one counts."""

    keys: tuple[Key, ...]

    def current(self, name: str) -> Key:
        """The key that counts for `name`; raise `KeyringError` where there is none."""
        named = [key for key in self.keys if key.name == name]
        if not named:
            raise KeyringError(f"There is no key for {name}. Make one: padron keys new {name}")
        return named[-1]

    def by_id(self, key_id: str) -> Key:
        """The key of that id; raise `KeyringError` where it is not held."""
        for key in self.keys:
            if key.id == key_id:
                return key
        raise KeyringError(f"The key {key_id} is not held here. Ask the vault's owner for it.")


def key_path(settings: Settings) -> Path:
    """Where the key file lies."""
    return settings.key_file or settings.home / "keys" / "keyring.json"


def open_keyring(settings: Settings, environment: Mapping[str, str] = os.environ) -> Keyring:
    """The installation's keys, made on first use; raise `KeyringError` for a file that cannot be trusted."""
    if document := environment.get(VARIABLE):
        return _parsed(document, VARIABLE)
    path = key_path(settings)
    if not path.exists():
        ring = Keyring(tuple(_made(name, 1) for name in (VAULT, ANALYSTS)))
        _write(settings, ring)
        record(Layout(settings.home), "keys.made", {"keys": [key.id for key in ring.keys]})
        return ring
    if path.stat().st_mode & 0o077:
        raise KeyringError(f"{path}: others may read it. Take that right away: chmod 600 {path}")
    return _parsed(path.read_text(encoding="utf-8"), str(path))


def add_key(settings: Settings, name: str) -> Key:
    """Make a key for a new recipient `name`; raise `KeyringError` where it has one."""
    ring = open_keyring(settings)
    if any(key.name == name for key in ring.keys):
        raise KeyringError(f"{name} has a key already. To replace it: padron keys rotate {name}")
    return _added(settings, ring, name, "keys.added")


def renew_key(settings: Settings, name: str) -> Key:
    """Make the next key of `name`; the ones before it stay held until `drop_keys`."""
    ring = open_keyring(settings)
    ring.current(name)
    return _added(settings, ring, name, "keys.rotated")


def drop_keys(settings: Settings, name: str) -> None:
    """Forget every key of `name` but the current one."""
    ring = open_keyring(settings)
    current = ring.current(name)
    _write(settings, Keyring(tuple(key for key in ring.keys if key.name != name or key == current)))


def _added(settings: Settings, ring: Keyring, name: str, action: str) -> Key:
    if VARIABLE in os.environ:
        raise KeyringError(f"The keys are in {VARIABLE} and cannot be changed here. Change them where they are kept.")
    numbers = [int(key.id.rpartition("-")[2]) for key in ring.keys if key.name == name]
    key = _made(name, max(numbers, default=0) + 1)
    _write(settings, Keyring((*ring.keys, key)))
    record(Layout(settings.home), action, {"key": key.id})
    return key


def _made(name: str, number: int) -> Key:
    if not name or not all(letter.isalnum() or letter in "._:" for letter in name):
        raise KeyringError("A key's name is made of letters, digits, dots, colons and underscores.")
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    return Key(name, f"{name}-{number}", moment, secrets.token_bytes(KEY_BYTES))


def _write(settings: Settings, ring: Keyring) -> None:
    path = key_path(settings)
    private_folder(path.parent)
    keys = [
        {"name": key.name, "id": key.id, "made_at": key.made_at, "material": base64.b64encode(key.material).decode()}
        for key in ring.keys
    ]
    with handed_over(path) as partial:
        partial.write_text(json.dumps({"keys": keys}, indent=2) + "\n", encoding="utf-8")


def _parsed(document: str, where: str) -> Keyring:
    try:
        keys = [
            Key(key["name"], key["id"], key["made_at"], base64.b64decode(key["material"], validate=True))
            for key in json.loads(document)["keys"]
        ]
    except (ValueError, KeyError, TypeError):
        keys = []
    if not keys or any(len(key.material) != KEY_BYTES for key in keys):
        raise KeyringError(f"{where}: not a keyring of this project. Restore it from its copy.")
    return Keyring(tuple(keys))
