"""What leaves the installation for one person's eyes: readable by its owner alone, and whole or not there."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from warehouse.errors import StorageError
from warehouse.layout import PRIVATE_FILE, private_folder


@contextmanager
def handed_over(path: Path) -> Iterator[Path]:
    """A private file to write; it takes the name `path` once it is whole, over any file of that name.

    Raises `StorageError` where the folder is not there or refuses.
    """
    partial = path.with_name(f".{path.name}.partial")
    try:
        partial.unlink(missing_ok=True)
        partial.touch(PRIVATE_FILE)
        yield partial
        partial.replace(path)
    except OSError as error:
        raise StorageError(f"{path}: cannot be written ({error.strerror}). Choose another place with --out.") from None
    finally:
        if path.parent.is_dir():
            partial.unlink(missing_ok=True)


@contextmanager
def folder_handed_over(path: Path) -> Iterator[Path]:
    """A private folder to fill; it takes the name `path` once it is whole, and is gone where it never is.

    Raises `StorageError` where something of that name is there already, or where the folder refuses.
    """
    if path.exists():
        raise StorageError(f"{path}: is there already. Choose a new folder with --out.")
    partial = path.with_name(f".{path.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        yield private_folder(partial)
        for file in (file for file in partial.rglob("*") if file.is_file()):
            file.chmod(PRIVATE_FILE)
        partial.rename(path)
    except (OSError, duckdb.IOException):
        raise StorageError(f"{path}: could not be written. Free disk space or choose another folder.") from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)
