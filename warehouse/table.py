"""What a declared table is: its columns, grain, key and the personal data it holds."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

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
    "blob": pa.binary(),
    "varchar[]": pa.list_(pa.string()),
}


@dataclass(frozen=True)
class Column:
    """One column: its SQL type, what it says, whether it may be null, and its personal-data class.

    `dci` is the field of the Digital Convergence Initiative's data objects that it holds, `codes` the list of
    `warehouse/code_lists/code_lists.csv` that its values come from.
    """

    name: str
    type: str
    description: str
    nullable: bool = True
    personal: Personal = "none"
    dci: str = ""
    codes: str = ""

    @property
    def comment(self) -> str:
        """What the column says and what it is, in one line, as the database's own comment."""
        facts = (
            f"personal data: {self.personal}" if self.personal != "none" else "",
            f"DCI {self.dci}" if self.dci else "",
            f"code list {self.codes}" if self.codes else "",
        )
        told = "; ".join(fact for fact in facts if fact)
        return f"{self.description} [{told}]" if told else self.description


@dataclass(frozen=True)
class Whole:
    """How the cell that a cell is a part of is found: by fixed values of columns, or by the column that names a parent.

    `parent` is (column, column that holds the parent's value of it): a municipality and the region it lies in. In the
    columns `otherwise` the whole has values of its own.
    """

    values: tuple[tuple[str, str], ...] = ()
    parent: tuple[str, str] | None = None
    otherwise: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cells:
    """What makes a table an aggregate: a cell for each value of the columns `by`, with the people in it counted.

    Where a cell is withheld, `count` and `measures` are null. Cells add up along every column but those `apart`.
    `wholes` says which other cells a cell is a part of: where the whole is withheld, so are the parts.
    """

    count: str
    by: tuple[str, ...]
    measures: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()
    wholes: tuple[Whole, ...] = ()


@dataclass(frozen=True)
class Table:
    """One declared table. `grain` says what a row is; `key` names the columns that are unique together.

    `references` maps a column to the (table, column) that must hold its value. A table that `may_be_empty` says
    nothing wrong by having no rows; any other must have some. `cells` marks an aggregate. `purpose` is what it is
    for: only sources whose contracts allow it may be used. `together` names the column whose rows lie side by side in
    a release, where the key does not begin with it: what is asked of one person is then read from one place.
    """

    name: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    references: tuple[tuple[str, str, str], ...] = ()
    may_be_empty: bool = False
    cells: Cells | None = None
    purpose: str = "registry"
    together: str = ""

    @property
    def order(self) -> tuple[str, ...]:
        """The columns that its rows are sorted by."""
        return (self.together, *self.key) if self.together else self.key

    @property
    def schema(self) -> pa.Schema:
        """The Arrow schema, field for field."""
        return pa.schema([pa.field(column.name, ARROW_TYPES[column.type], column.nullable) for column in self.columns])

    @property
    def comment(self) -> str:
        """Grain, key and references in one line, as the database's own comment."""
        references = ", ".join(f"{column} in {table}.{referred}" for column, table, referred in self.references)
        told = f"{self.grain} Key: {', '.join(self.key)}."
        return f"{told} References: {references}." if references else told

    @property
    def declaration(self) -> str:
        """All that is declared, as a JSON document: every Parquet file carries it in its metadata."""
        columns = [
            {
                "name": column.name,
                "type": column.type,
                "description": column.description,
                "nullable": column.nullable,
                "personal_data": column.personal,
                "dci": column.dci or None,
                "code_list": column.codes or None,
            }
            for column in self.columns
        ]
        references = [
            {"column": column, "table": table, "referred": referred} for column, table, referred in self.references
        ]
        declared: dict[str, Any] = {"name": self.name, "grain": self.grain, "key": list(self.key)}
        return json.dumps(declared | {"references": references, "columns": columns}, ensure_ascii=False)

    @property
    def column_names(self) -> tuple[str, ...]:
        """The columns' names in order."""
        return tuple(column.name for column in self.columns)

    @property
    def names_people(self) -> bool:
        """Whether its rows bear ids of persons, records or events; one that does not tells of many together."""
        return any(column.personal == "pseudonym" for column in self.columns)

    def without(self, *personal: Personal) -> tuple[str, ...]:
        """The names of the columns whose personal-data class is not one of `personal`."""
        return tuple(column.name for column in self.columns if column.personal not in personal)
