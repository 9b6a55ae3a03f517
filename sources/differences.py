"""What differs between two versions of a contract, and whether what was made under the old one still holds.

A difference breaks where a delivery written to the old contract would be refused, read otherwise or lose rows,
where a published table would mean something else, or where somebody loses a promise.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from sources.contract import ContractColumn, SourceContract
from sources.service_levels import service_levels
from sources.terms import ServerTerms

PROTECTION = ("public", "internal", "confidential", "restricted")


@dataclass(frozen=True)
class Difference:
    """One difference: where in the contract, what changed, whether it breaks, and why."""

    where: str
    what: str
    breaks: bool
    why: str


def differences(old: SourceContract, new: SourceContract) -> list[Difference]:
    """Every difference that matters to who delivers or who uses the data, in the order of the document."""
    return [
        *_identity(old, new),
        *_reading(old, new),
        *_terms(old, new),
        *_times(old, new),
        *_columns(old, new),
    ]


def major(contract: SourceContract) -> str:
    """The first part of the contract's version."""
    return str(contract.odcs.version or "").lstrip("v").partition(".")[0]


def _changed(where: str, old: object, new: object, breaks: bool, why: str) -> Iterator[Difference]:
    if old != new:
        yield Difference(where, f"{_told(old)} → {_told(new)}", breaks, why)


def _told(value: object) -> str:
    if value is None or value == "" or value == ():
        return "nothing"
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _identity(old: SourceContract, new: SourceContract) -> Iterator[Difference]:
    yield from _changed("id", old.id, new.id, True, "events are named by it, so all get new ids")
    yield from _changed("name", old.source, new.source, True, "records are named by it, so all get new ids")
    for where in ("role", "kind"):
        before, after = getattr(old.terms, where), getattr(new.terms, where)
        yield from _changed(where, before, after, True, "its rows become another kind of thing")


def _reading(old: SourceContract, new: SourceContract) -> Iterator[Difference]:
    refused = "files written to the old contract are refused or read otherwise"
    yield from _changed("server type", old.server.type, new.server.type, True, "deliveries come another way")
    yield from _changed("path", old.server.path, new.server.path, True, "files under the old names are not found")
    yield from _changed("format", old.format, new.format, True, refused)
    for name in ServerTerms.model_fields:
        yield from _changed(name, getattr(old.reading, name), getattr(new.reading, name), True, refused)


def _terms(old: SourceContract, new: SourceContract) -> Iterator[Difference]:
    before, after = old.terms, new.terms
    yield from _without("purposes", before.purposes, after.purposes, "tables made for it may no longer use the source")
    yield from _without("commitments", before.commitments, after.commitments, "a promise is withdrawn")
    shorter = (after.retention_months or 10**6) < (before.retention_months or 10**6)
    why = "data must be deleted sooner" if shorter else "data may be kept longer"
    yield from _changed("retentionMonths", before.retention_months, after.retention_months, shorter, why)
    yield from _changed(
        "duplicateFree", before.duplicate_free, after.duplicate_free, True, "other records may be joined into a person"
    )
    yield from _changed(
        "coverage", str(before.coverage), str(after.coverage), True, "the source's silence comes to mean something else"
    )
    yield from _changed("legalBasis", before.legal_basis, after.legal_basis, False, "the record of processing changes")
    yield from _changed(
        "trust", str(dict(before.trust)), str(dict(after.trust)), False, "golden values may come of another source"
    )


def _without(where: str, old: tuple[str, ...], new: tuple[str, ...], why: str) -> Iterator[Difference]:
    yield from (Difference(where, f"{each} is gone", True, why) for each in old if each not in new)
    yield from (Difference(where, f"{each} is new", False, "more than before") for each in new if each not in old)


def _times(old: SourceContract, new: SourceContract) -> Iterator[Difference]:
    before, after = service_levels(old), service_levels(new)
    for where, earlier, later in (("frequency", before.every, after.every), ("latency", before.latency, after.latency)):
        slower = (later or timedelta.max) > (earlier or timedelta.max)
        yield from _changed(where, earlier, later, slower, "news comes later" if slower else "news comes sooner")


def _columns(old: SourceContract, new: SourceContract) -> Iterator[Difference]:
    before = {column.name: column for column in old.columns}
    after = {column.name: column for column in new.columns}
    for name, column in before.items():
        if name in after:
            yield from _column(column, after[name])
        else:
            yield Difference(f"column {name}", "is gone", True, "files that still hold it are refused")
    for name in after:
        if name not in before:
            yield Difference(f"column {name}", "is new", True, "files that do not hold it yet are refused")


def _column(old: ContractColumn, new: ContractColumn) -> Iterator[Difference]:
    where = f"column {old.name}"
    if old.field != new.field:
        gained = old.field == "ignore"
        why = "the registry learns more" if gained else "the field means something else, or is lost"
        yield Difference(where, f"mapsTo {old.field} → {new.field}", not gained, why)
    yield from _changed(f"{where} scheme", old.terms.scheme, new.terms.scheme, True, "its numbers are judged otherwise")
    if old.required != new.required:
        why = "rows without it go to quarantine" if new.required else "rows without it are accepted"
        yield Difference(where, f"is {'now' if new.required else 'no longer'} required", new.required, why)
    yield from _codes(where, old, new)
    yield from _formats(where, old, new)
    for name in ("start", "width"):
        yield from _changed(
            f"{where} {name}", getattr(old.terms, name), getattr(new.terms, name), True, "lines are cut elsewhere"
        )
    yield from _classification(where, old, new)


def _codes(where: str, old: ContractColumn, new: ContractColumn) -> Iterator[Difference]:
    for code, meaning in old.terms.codes.items():
        after = new.terms.codes.get(code)
        if after is None:
            yield Difference(where, f"code {code} is gone", True, "values with it can no longer be read")
        elif after != meaning:
            yield Difference(where, f"code {code}: {meaning} → {after}", True, "the same value means something else")
    for code in new.terms.codes:
        if code not in old.terms.codes:
            yield Difference(where, f"code {code} is new", not old.terms.codes, "more values can be read")


def _formats(where: str, old: ContractColumn, new: ContractColumn) -> Iterator[Difference]:
    before, after = old.terms.format, new.terms.format
    kept = after[: len(before)] == before and bool(before)
    why = "more dates can be read" if kept else "the same text may be read as another date, or not at all"
    yield from _changed(f"{where} format", before, after, not kept, why)


def _classification(where: str, old: ContractColumn, new: ContractColumn) -> Iterator[Difference]:
    before, after = old.odcs.classification, new.odcs.classification
    weaker = _protection(after) < _protection(before)
    why = "its values are protected less" if weaker else "its values are protected more"
    yield from _changed(f"{where} classification", before, after, weaker, why)


def _protection(classification: str | None) -> int:
    return PROTECTION.index(classification) if classification in PROTECTION else len(PROTECTION)


def breaks(found: list[Difference]) -> bool:
    """Whether any of the differences breaks."""
    return any(difference.breaks for difference in found)
