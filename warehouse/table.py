"""What a declared table is: its columns, grain, key and the personal data it holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

Personal = Literal["none", "pseudonym", "sensitive", "identifying"]

ARROW_TYPES: dict[str, pa.DataType] = {
    "varchar": pa.string(),
    "date": pa.date32(),
    "integer": pa.int32(),
    "bigint": pa.int64(),
    "double": pa.float64(),
    "boolean": pa.bool_(),
    "timestamp": pa.timestamp("us"),
    "varchar[]": pa.list_(pa.string()),
}


@dataclass(frozen=True)
class Column:
    """One column: its SQL type, what it says, whether it may be null, and its personal-data class."""

    name: str
    type: str
    description: str
    nullable: bool = True
    personal: Personal = "none"


@dataclass(frozen=True)
class Table:
    """One declared table. `grain` says what a row is; `key` names the columns that are unique together.

    `references` maps a column to the (table, column) that must hold its value.
    """

    name: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    references: tuple[tuple[str, str, str], ...] = ()

    @property
    def schema(self) -> pa.Schema:
        """The Arrow schema, field for field."""
        return pa.schema([pa.field(column.name, ARROW_TYPES[column.type], column.nullable) for column in self.columns])

    @property
    def column_names(self) -> tuple[str, ...]:
        """The columns' names in order."""
        return tuple(column.name for column in self.columns)

    def without(self, *personal: Personal) -> tuple[str, ...]:
        """The names of the columns whose personal-data class is not one of `personal`."""
        return tuple(column.name for column in self.columns if column.personal not in personal)
