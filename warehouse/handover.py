"""Files that leave the installation for one person's eyes: readable by their owner alone, and whole or not there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from warehouse.errors import StorageError
from warehouse.layout import PRIVATE_FILE


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
