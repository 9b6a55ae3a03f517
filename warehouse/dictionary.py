"""The data dictionary: every declared table and column as a Markdown document."""

from __future__ import annotations

from collections.abc import Iterable

from warehouse.code_lists.lists import CLASSIFICATIONS, code_list_rows
from warehouse.table import Column, Table

CLASSES = {
    "none": "says nothing of anyone",
    "pseudonym": "stands for a person, record or event and is no name of it",
    "sensitive": "describes a person whom it does not name",
    "identifying": "names a person or leads to one",
}


def dictionary(published: Iterable[Table], stages: Iterable[Table]) -> str:
    """The document: the `published` tables whole, and of the `stages` between what they hold of people."""
    return "\n".join([
        "# Data dictionary",
        "",
        "Made of the declarations in `warehouse/` by `make docs`; the same words are the comments inside the database",
        "and the metadata of every Parquet file. Classes of personal data:",
        "",
        *(f"- `{name}`: {meaning}" for name, meaning in CLASSES.items()),
        "",
        "## Published tables",
        "",
        *(line for table in published for line in _table(table)),
        "## Code lists",
        "",
        "Codes of the Digital Convergence Initiative, and the registry's own values that stand for them. The table",
        "`code_lists` holds ISCO-08 (`isco_08`, occupations, one to four digits) and ISCED 2011 (`isced_2011`,",
        "attainment, one to three digits) besides; they are too long for this page.",
        "",
        *_code_lists(),
        "## Tables between the stages",
        "",
        "They stay inside the home folder. Their columns that identify people:",
        "",
        "| table | a row is | key | identifying columns |",
        "|---|---|---|---|",
        *(_stage(table) for table in stages),
        "",
    ])  # fmt: skip


def _table(table: Table) -> list[str]:
    references = [f"`{column}` → `{other}.{referred}`" for column, other, referred in table.references]
    return [
        f"### {table.name}",
        "",
        table.grain,
        "",
        f"Key: {_names(table.key)}." + (f" References: {', '.join(references)}." if references else ""),
        "",
        "| column | type | null | personal data | what it says | DCI field | code list |",
        "|---|---|---|---|---|---|---|",
        *(_column(column) for column in table.columns),
        "",
    ]


def _column(column: Column) -> str:
    null = "yes" if column.nullable else "no"
    dci = f"`{column.dci}`" if column.dci else ""
    codes = f"[{column.codes}](#code-lists)" if column.codes else ""
    return f"| `{column.name}` | {column.type} | {null} | {column.personal} | {column.description} | {dci} | {codes} |"


def _code_lists() -> list[str]:
    rows = ["| list | code | meaning | registry value |", "|---|---|---|---|"]
    rows += [
        f"| {row['code_list']} | `{row['code']}` | {row['label']} | {row['registry_value'] or ''} |"
        for row in code_list_rows()
        if row["code_list"] not in CLASSIFICATIONS
    ]
    return [*rows, ""]


def _stage(table: Table) -> str:
    identifying = [column.name for column in table.columns if column.personal == "identifying"]
    return f"| {table.name} | {table.grain} | {_names(table.key)} | {_names(identifying)} |"


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
