"""Model files, read strictly and laid over the default model.

An unknown word, a level that cannot be reached or a pass made of nothing is a fault, and all faults of a file are told
at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from linkage.model.conditions import Strict
from linkage.model.declaration import BlockingPass, Comparison, Model
from linkage.model.faults import comparison_faults, pass_faults
from linkage.model.overlay import laid_over, overlay_faults
from warehouse.errors import ModelError

DEFAULT_MODEL = Path(__file__).with_name("default.yaml")

Part = TypeVar("Part", bound=Strict)


def load_model(path: Path | None = None) -> Model:
    """Read the model at `path`, laid over the default model (`linkage.model.overlay`), or the default model itself.

    Raises `ModelError` with every fault.
    """
    document, faults = _read(DEFAULT_MODEL), list[str]()
    if path is not None:
        given = _read(path)
        faults = overlay_faults(document, given)
        document = laid_over(document, given)
        if isinstance(given.get("parameters"), str):
            document["parameters"] = str(path.parent / given["parameters"])
    try:
        model = Model.model_validate(document)
    except ValidationError as error:
        faults += [*_faults(error), *_faults_of_what_stands(document)]
    if faults:
        raise ModelError(str(path or DEFAULT_MODEL.name), list(dict.fromkeys(faults)))
    return model


def _read(path: Path) -> dict[str, Any]:
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except OSError as error:
        raise ModelError(str(path), [f"the file cannot be read: {error.strerror}"]) from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise ModelError(str(path), ["the file is not YAML in UTF-8"]) from None
    if not isinstance(document, dict):
        raise ModelError(str(path), ["the file must hold sections such as comparisons and blocking"])
    return document


def _faults(error: ValidationError) -> Iterator[str]:
    for fault in error.errors():
        place = ".".join(str(part) for part in fault["loc"])
        for message in fault["msg"].removeprefix("Value error, ").splitlines():
            yield f"{place}: {message}" if place else message


def _faults_of_what_stands(document: dict[str, Any]) -> Iterator[str]:
    """What is wrong with the comparisons and passes that can be read, beside those that cannot."""
    blocking = document.get("blocking")
    yield from comparison_faults(tuple(_standing(Comparison, document.get("comparisons"))))
    passes = blocking.get("passes") if isinstance(blocking, dict) else None
    yield from pass_faults(tuple(_standing(BlockingPass, passes)))


def _standing(kind: type[Part], items: Any) -> Iterator[Part]:
    for item in items if isinstance(items, list) else []:
        with suppress(ValidationError):
            yield kind.model_validate(item)
