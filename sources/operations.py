"""What the rows of a delta do: put a record in its new form, or delete it."""

from __future__ import annotations

from sources.contract import SourceContract
from warehouse.session import identifier, literal


def is_delete_sql(contract: SourceContract) -> str:
    """An SQL expression over raw rows: the row deletes its record. Of a source without operations none does."""
    operation = contract.reading.operation
    if operation is None:
        return "false"
    return f"coalesce(trim({identifier(operation.column)}) in ({_listed(operation.delete)}), false)"


def operation_fault_sql(contract: SourceContract) -> str:
    """An SQL expression: why the row's operation cannot be read, or null. A blank one is an upsert."""
    operation = contract.reading.operation
    if operation is None or not operation.upsert:
        return "cast(null as varchar)"
    known = _listed((*operation.upsert, *operation.delete))
    fault = literal(f"the operation in column {operation.column} is none of the contract's; mend it, or add its code")
    return f"case when trim({identifier(operation.column)}) not in ({known}) then {fault} end"


def _listed(codes: tuple[str, ...]) -> str:
    return ", ".join(literal(code) for code in codes)
