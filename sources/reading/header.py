"""Whether a file's columns are those of its contract: every one of them, and no other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from sources.contract import SourceContract
from warehouse.errors import DeliveryError


def check_columns(contract: SourceContract, found: Sequence[str], where: str) -> None:
    """Raise `DeliveryError` with everything in which the names `found` differ from the contract's.

    Where none of the names is known they may be a person's values, so they are not repeated.
    """
    wanted = [column.name for column in contract.columns]
    if not set(wanted) & {name.strip() for name in found}:
        known = {name.casefold() for name in wanted} & {name.casefold() for name in found}
        if not known:
            raise DeliveryError(
                f"{where}: none of the {len(wanted)} columns of the contract {contract.id} is there. "
                "Is this the right extract, and does it begin with a header?"
            )
    faults = list(_differences(wanted, found))
    if faults:
        raise DeliveryError(f"{where}: the columns are not those of the contract {contract.id}: {'; '.join(faults)}.")


def _differences(wanted: list[str], found: Sequence[str]) -> Iterator[str]:
    times = Counter(found)
    missing = [name for name in wanted if name not in times]
    extra = [name for name in times if name not in wanted]
    written = {name.casefold(): name for name in extra}
    recased = {name: written[name.casefold()] for name in missing if name.casefold() in written}
    for name, other in recased.items():
        yield f"{name} is written {other} (capitals count; mend the contract or the file)"
    absent = [name for name in missing if name not in recased]
    if absent:
        yield f"missing {_listed(absent)} (deliver the file again with it)"
    unknown = [name for name in extra if name not in recased.values()]
    if unknown:
        yield f"unknown {_listed(unknown)} (map it in the contract, or ignore it by name)"
    repeated = [name for name, count in times.items() if count > 1]
    if repeated:
        yield f"more than once {_listed(repeated)} (each name may stand once)"


def _listed(names: list[str]) -> str:
    return ("columns " if len(names) > 1 else "column ") + ", ".join(name or "(without a name)" for name in names)
