"""The vault: who the people of a release are, in Parquet files encrypted under the vault's key.

Parquet modular encryption with AES-GCM: each file has data keys of its own, wrapped by the vault's key, so that
whoever holds no key reads neither values nor column names. The vault lies beside the releases, one folder each.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.parquet.encryption as pe
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from warehouse.audit_log import record
from warehouse.errors import KeyringError, StorageError
from warehouse.layout import PRIVATE_FILE, Layout, private_folder
from warehouse.lock import publishing
from warehouse.marts.mart import RegistryInputs
from warehouse.privacy.keyring import ANALYSTS, VAULT, Key, Keyring, drop_keys, open_keyring, renew_key
from warehouse.privacy.pseudonyms import teach_pseudonyms
from warehouse.session import identifier, literal
from warehouse.settings import Settings
from warehouse.storage import read_table
from warehouse.switch import make_durable
from warehouse.table import Table
from warehouse.tables import PERSONS, RECORD_IDENTIFIERS, RECORDS, SPINE

NONCE_BYTES = 12
BATCH_ROWS = 122_880


class KeyringClient(pe.KmsClient):  # type: ignore[misc]
    """Wraps a file's data keys under the keys of a keyring, by AES-GCM with the key's id bound in."""

    def __init__(self, ring: Keyring) -> None:
        super().__init__()
        self.ring = ring

    def wrap_key(self, key_bytes: bytes, master_key_identifier: str) -> bytes:
        """The data key, encrypted under the master key."""
        nonce = os.urandom(NONCE_BYTES)
        master = AESGCM(self.ring.by_id(master_key_identifier).material)
        return base64.b64encode(nonce + master.encrypt(nonce, key_bytes, master_key_identifier.encode()))

    def unwrap_key(self, wrapped_key: bytes, master_key_identifier: str) -> bytes:
        """The data key again; raise `KeyringError` where the master key is another one."""
        wrapped = base64.b64decode(wrapped_key)
        master = AESGCM(self.ring.by_id(master_key_identifier).material)
        try:
            return master.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], master_key_identifier.encode())
        except InvalidTag:
            raise KeyringError(f"{master_key_identifier} is not the key that this file was written under.") from None


def vault_queries(inputs: RegistryInputs) -> dict[str, str]:
    """The vault's tables by name: persons, records and identifiers, each row with the ids that it joins on."""
    spine = read_table(SPINE, inputs.spine)
    people = f"select entity_id, pseudonym(entity_id) as pseudonym, {_identifying(PERSONS)} from "
    records = f"select entity_id, record_id, spine.source, {_identifying(RECORDS)} from "
    joined = f"join (select record_id, entity_id, source from {spine}) as spine using (record_id)"
    queries = {"persons": people + read_table(PERSONS, inputs.persons)}
    if inputs.records:
        queries["records"] = f"{records} {read_table(RECORDS, *inputs.records)} as records {joined}"
        queries["identifiers"] = (
            f"select entity_id, record_id, scheme, identifier_std, is_valid from "
            f"{read_table(RECORD_IDENTIFIERS, *inputs.identifiers)} {joined}"
        )
    return queries


def _identifying(table: Table) -> str:
    return ", ".join(identifier(column.name) for column in table.columns if column.personal == "identifying")


def write_vault(connection: duckdb.DuckDBPyConnection, ring: Keyring, queries: Mapping[str, str], folder: Path) -> None:
    """Write each of `queries` as an encrypted Parquet file in `folder`, durable when this returns."""
    teach_pseudonyms(connection, ring.current(ANALYSTS))
    private_folder(folder)
    for name, query in queries.items():
        reader = connection.sql(f"{query} order by all").to_arrow_reader(BATCH_ROWS)
        _write(folder / f"{name}.parquet", reader.schema, reader, ring)
    make_durable(folder)


@contextmanager
def open_vault(settings: Settings, reason: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB session over the current release's vault and database, for those who hold the key.

    The vault's tables are the views `vault_persons`, `vault_records` and `vault_identifiers`; the published tables
    have their own names, and `vault_persons.pseudonym` is their `entity_id`. The audit log tells who opened it and
    why, on the disk before the key is used: where the log cannot be written nothing opens, and an attempt with
    another key is in it too. Raises `KeyringError` without the right key.
    """
    layout = Layout(settings.home)
    folder = layout.vault(layout.current.resolve().name)
    if not folder.is_dir():
        raise StorageError(f"{folder}: the current release has no vault. Run `padron build` first.")
    record(layout, "vault.opened", {"release": folder.name, "reason": reason})
    ring = open_keyring(settings)
    tables = {path.stem: _read(path, ring) for path in sorted(folder.glob("*.parquet"))}
    with duckdb.connect() as connection:
        database = layout.current.resolve() / "registry.duckdb"
        connection.execute(f"attach {literal(database)} as registry (read_only)")
        connection.execute("use registry")
        for name, table in tables.items():
            connection.register(f"vault_{name}", table)
        yield connection


def rotate_vault(settings: Settings) -> Key:
    """Write every vault anew under a new key, then forget the old one; return the new key.

    Stopped in the middle, old and new key are both held, and each file opens under the one it was written with.
    """
    layout = Layout(settings.home)
    with publishing(settings):
        key = renew_key(settings, VAULT)
        ring = open_keyring(settings)
        for path in sorted((layout.home / "vault").glob("*/*.parquet")):
            table = _read(path, ring)
            _write(path, table.schema, table.to_batches(), ring)
            make_durable(path.parent)
        drop_keys(settings, VAULT)
    return key


def _write(
    path: Path, schema: pa.Schema, batches: Iterator[pa.RecordBatch] | list[pa.RecordBatch], ring: Keyring
) -> None:
    factory, connection = _factory(ring), pe.KmsConnectionConfig()
    properties = factory.file_encryption_properties(
        connection,
        pe.EncryptionConfiguration(
            footer_key=ring.current(VAULT).id,
            uniform_encryption=True,
            encryption_algorithm="AES_GCM_V1",
            cache_lifetime=timedelta(minutes=5),
            data_key_length_bits=256,
        ),
    )
    partial = path.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    partial.touch(PRIVATE_FILE)
    with pq.ParquetWriter(partial, schema, compression="zstd", encryption_properties=properties) as writer:
        for batch in batches:
            writer.write_batch(batch)
    make_durable(partial)
    partial.replace(path)


def _read(path: Path, ring: Keyring) -> pa.Table:
    properties = _factory(ring).file_decryption_properties(
        pe.KmsConnectionConfig(), pe.DecryptionConfiguration(cache_lifetime=timedelta(minutes=5))
    )
    try:
        return pq.ParquetFile(path, decryption_properties=properties).read()
    except (OSError, ValueError):
        raise KeyringError(
            f"{path}: does not open with the keys held here, or is damaged. Use the keyring it was written with."
        ) from None


def _factory(ring: Keyring) -> pe.CryptoFactory:
    return pe.CryptoFactory(lambda _: KeyringClient(ring))
