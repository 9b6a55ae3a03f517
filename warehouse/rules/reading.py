"""Packs read from their files, strictly, with all faults of all files told at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from warehouse.errors import RuleError
from warehouse.rules.days import UNTOLD, faults_of_days
from warehouse.rules.pack import Pack

PACKS = Path(__file__).resolve().parents[1] / "programmes"
"""The packs that come with the project."""

T = TypeVar("T", bound=BaseModel)


@cache
def read_packs(folder: Path = PACKS) -> tuple[Pack, ...]:
    """Every pack (`*.yaml`) of `folder`, sorted by programme and version; raise `RuleError` with every fault."""
    loaded, unread = _loaded_files(folder)
    packs, faults = _checked(Pack, loaded)
    faults = [*(f"{fault}; it {UNTOLD} it can be" if loaded else fault for fault in unread), *faults]
    faults += faults_of_days(loaded)
    if faults:
        raise RuleError(str(folder), faults)
    return tuple(sorted(packs, key=lambda pack: pack.key))


def read_documents(kind: type[T], folder: Path) -> tuple[list[T], list[str]]:
    """Every YAML file of `folder` as a `kind`, and the faults of those that are none."""
    loaded, unread = _loaded_files(folder)
    documents, faults = _checked(kind, loaded)
    return documents, [*unread, *faults]


def read_pack(file: Path) -> Pack:
    """The pack in `file`, a draft perhaps; raise `RuleError` with every fault."""
    document = _loaded(file)
    packs, faults = _checked(Pack, {file.name: document})
    if faults := [*faults, *faults_of_days({file.name: document})]:
        raise RuleError(file.name, [fault.removeprefix(f"{file.name}: ") for fault in faults])
    return packs[0]


def _loaded_files(folder: Path) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """The document of every YAML file of `folder` by the file's name, and why others have none."""
    files = sorted((*folder.glob("*.yaml"), *folder.glob("*.yml")))
    documents, faults = {}, [] if files else ["holds no file; put one there, as <name>.yaml"]
    for file in files:
        try:
            documents[file.name] = _loaded(file)
        except RuleError as error:
            faults += [f"{file.name}: {fault}" for fault in error.faults]
    return documents, faults


def _loaded(file: Path) -> dict[str, Any]:
    try:
        document = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except OSError as error:
        raise RuleError(file.name, [f"cannot be read: {error.strerror}"]) from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise RuleError(file.name, ["is not YAML in UTF-8"]) from None
    if not isinstance(document, dict):
        raise RuleError(file.name, ["must hold named values, such as programme and rules"])
    return document


def _checked(kind: type[T], documents: Mapping[str, Mapping[str, Any]]) -> tuple[list[T], list[str]]:
    """The `documents` that are a `kind`, and the faults of the others."""
    read, faults = [], []
    for name, document in documents.items():
        try:
            read.append(kind.model_validate(document))
        except ValidationError as error:
            faults += [f"{name}: {fault}" for fault in _told(error)]
    return read, faults


def _told(error: ValidationError) -> Iterator[str]:
    for fault in error.errors(include_url=False):
        place = ".".join(str(part) for part in fault["loc"])
        message = fault["msg"].removeprefix("Value error, ")
        yield f"{place}: {message}" if place else message
