"""The words this project adds an ODCS contract: the custom properties, read strictly."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any, Literal, TypeVar

from open_data_contract_standard.model import CustomProperty
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from sources import fields
from sources.date_formats import as_strptime
from sources.spellings import delimiter_sign, folded, likely, property_name


def _as_formats(value: Any) -> Any:
    formats = [value] if isinstance(value, str) else value
    return [as_strptime(text) if isinstance(text, str) else text for text in formats or ()]


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _as_field(value: Any) -> Any:
    return FIELDS.get(folded(value), value) if isinstance(value, str) else value


def _as_text(value: Any) -> Any:
    return {str(key): str(item) for key, item in value.items()} if isinstance(value, dict) else value


FIELDS = {folded(name): name for name in fields.allowed(None)}
"""Every field, by its letters alone: recordKey and RECORD_KEY are record_key."""


class Terms(BaseModel):
    """A closed set of custom properties, named in camel case as ODCS asks."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel)


class Coverage(Terms):
    """Whom the source is complete for; only a complete source's silence means anything."""

    complete: bool
    territory: str | None = None
    since: date | None = None


class SourceTerms(Terms):
    """Custom properties of a whole contract."""

    role: Literal["persons", "events"] | None = None
    kind: str | None = None
    level_of_government: Literal["national", "subnational", "municipal", "non_state"] = "national"
    legal_basis: str | None = None
    purposes: Annotated[tuple[str, ...], BeforeValidator(_as_list)] = ()
    retention_months: int | None = Field(default=None, ge=1)
    commitments: Annotated[tuple[str, ...], BeforeValidator(_as_list)] = ()
    duplicate_free: bool = False
    coverage: Coverage = Coverage(complete=False)
    trust: dict[str, Annotated[int, Field(ge=1)]] = {}


class Operation(Terms):
    """The column of a delta that says what became of a record, and the codes it says it by."""

    column: str
    upsert: Annotated[tuple[str, ...], BeforeValidator(_as_list)] = ()
    delete: Annotated[tuple[str, ...], BeforeValidator(_as_list)]


class ServerTerms(Terms):
    """Custom properties of the landing server: how the files are written."""

    delimiter: Annotated[str, BeforeValidator(delimiter_sign)] = Field(default=",", min_length=1, max_length=1)
    encoding: str = "utf-8"
    quote: str = Field(default='"', max_length=1)
    header: bool = True
    sheet: str | None = None
    decimal: Literal[".", ","] = "."
    delivers: Literal["snapshot", "delta", "append"] | None = None
    snapshot_path: str | None = None
    operation: Operation | None = None
    parts: int | None = Field(default=None, ge=1)
    query: str | None = None
    connection: str | None = None
    connection_file: str | None = None
    widths: tuple[Annotated[int, Field(ge=1)], ...] = ()


class ColumnTerms(Terms):
    """Custom properties of one column: the field it maps to and how its values are written."""

    maps_to: Annotated[str, BeforeValidator(_as_field)] = ""
    scheme: str | None = None
    format: Annotated[tuple[str, ...], BeforeValidator(_as_formats)] = ()
    codes: Annotated[dict[str, str], BeforeValidator(_as_text)] = {}
    start: int | None = Field(default=None, ge=0)
    width: int | None = Field(default=None, ge=1)
    end: int | None = Field(default=None, ge=1)


T = TypeVar("T", bound=Terms)


def read_terms(kind: type[T], properties: Iterable[CustomProperty] | None, where: str, faults: list[str]) -> T:
    """The custom `properties` as `kind`; every fault is added to `faults` and its property left out."""
    known = {folded(name): to_camel(name) for name in kind.model_fields}
    named = [(property_name(str(item.property), known), item.value) for item in properties or ()]
    names = [name for name, _ in named]
    faults += [
        f"{where}: the custom property {name} is given twice." for name in sorted(set(names)) if names.count(name) > 1
    ]
    values = dict(named)
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False)
    faults += [_told(kind, where, str(fault["type"]), fault["loc"], str(fault["msg"])) for fault in found]
    faulty = {str(fault["loc"][0]) for fault in found}
    sound = {name: value for name, value in values.items() if name not in faulty}
    return kind.model_validate(sound)


def _told(kind: type[Terms], where: str, fault: str, path: tuple[int | str, ...], message: str) -> str:
    name = ".".join(str(part) for part in path)
    if fault == "extra_forbidden":
        known = [to_camel(name) for name in kind.model_fields]
        return f"{where}: unknown custom property {name}{likely(name, known)}; known are {', '.join(known)}."
    return f"{where}: custom property {name}: {message}."
