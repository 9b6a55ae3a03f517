"""Persons, members, groups and beneficiaries as JSON-LD of the Digital Convergence Initiative, one object a line.

Fields and code lists are those of the SPDCI schemas (2026-04); the shapes are held against `dci.schema.json`, written
from their field tables. They have no field for a second surname: both go into `surname`, parted by a space. A group
is a household by the grouping that is asked for, its score of poverty the one that a source told last whose contract
allows that purpose; `poverty_score_type` names the source, for each register has a scale of its own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from warehouse.audit_log import record
from warehouse.code_lists.lists import codes_of, mapped_codes
from warehouse.errors import StorageError
from warehouse.handover import folder_handed_over
from warehouse.layout import PRIVATE_FILE, Layout
from warehouse.marts.mart import RegistryInputs, create_views
from warehouse.privacy.keyring import Key
from warehouse.privacy.pseudonyms import teach_pseudonyms
from warehouse.published.people import HOUSEHOLD_MEMBERS, HOUSEHOLDS, RELATIONSHIPS
from warehouse.session import identifier, open_session
from warehouse.settings import Settings
from warehouse.storage import read_table

CORE = "https://schema.spdci.org/core/v1/data"
SOCIAL = "https://schema.spdci.org/extensions/social/v1/data"
SCHEMA = Path(__file__).with_name("dci.schema.json")
BATCH_ROWS = 10_000
GROUPINGS = ("declared", "address", "family", "combined")
DISABLED = {"yes": True, "no": False}
"""What sources say of a disability; anything else tells the standard nothing."""

Row = Mapping[str, Any]


def write_dci(
    settings: Settings,
    key: Key,
    inputs: RegistryInputs,
    recipient: str,
    out: Path,
    withheld: Iterable[str] = (),
    grouping: str = "declared",
) -> dict[str, int]:
    """Write each kind of object to its file in the new folder `out`; return how many of each.

    Groups are the households of one `grouping` of `GROUPINGS`.

    These files identify people: they are for `recipient` alone, and the audit log says so. Raises `StorageError`.
    """
    if grouping not in GROUPINGS:
        raise StorageError(f"There is no such grouping of households. Choose one of {', '.join(GROUPINGS)}.")
    counts = {}
    with folder_handed_over(out) as folder, open_session(settings) as connection:
        create_views(connection, inputs)
        teach_pseudonyms(connection, key)
        connection.execute("create or replace temp table withheld_ids (id varchar)")
        if ids := [[name] for name in sorted(withheld)]:
            connection.executemany("insert into withheld_ids values (?)", ids)
        for table in (RELATIONSHIPS, HOUSEHOLDS, HOUSEHOLD_MEMBERS):
            rows = read_table(table, Layout(settings.home).mart(table))
            connection.execute(f"create or replace temp view {identifier(table.name)} as select * from {rows}")
        connection.execute("set variable grouping = $1", [grouping])
        for kind, (query, made) in OBJECTS.items():
            objects = (made(row) for row in _rows(connection, query))
            counts[kind] = _write(folder / f"{kind}.jsonl", objects)
        told = {"recipient": recipient, "key": key.id, "form": "dci", "grouping": grouping}
        record(Layout(settings.home), "extract.written", {**told, "rows": sum(counts.values())})
    return counts


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> Iterator[Row]:
    text = Path(__file__).with_name(f"{query}.sql").read_text(encoding="utf-8")
    for batch in connection.sql(text).to_arrow_reader(BATCH_ROWS):
        yield from batch.to_pylist()


def _write(path: Path, objects: Iterable[dict[str, Any]]) -> int:
    count = 0
    path.touch(PRIVATE_FILE)
    with path.open("w", encoding="utf-8") as file:
        for each in objects:
            file.write(json.dumps(each, ensure_ascii=False) + "\n")
            count += 1
    return count


def person(row: Row) -> dict[str, Any]:
    """DCI Person (DO.SR.01) of a row of `dci_persons.sql`."""
    return _filled(
        {
            "@context": CORE,
            "@type": "Person",
            "@id": f"urn:padron:person:{row['id']}",
            "identifier": _identifiers(row),
            "name": _name(row),
            "sex": mapped_codes("sex").get(row["sex"] or "", "unknown"),
            "birth_date": _day(row["birth_date"]),
            "death_date": _day(row["death_date"]),
            "address": _addresses(row),
            "phone_number": row["phones"],
            "email": row["emails"],
            "last_updated": _day(row["last_updated"]),
        }
    )


def member(row: Row) -> dict[str, Any]:
    """DCI Member (DO.SR.03) of a row of `dci_persons.sql`."""
    return _filled(
        {
            "@context": SOCIAL,
            "@type": "Member",
            "@id": f"urn:padron:member:{row['id']}",
            "member_identifier": _identifiers(row),
            "demographic_info": person(row),
            "related_person": [_related(kin) for kin in row["related"] or ()],
            "is_disabled": DISABLED.get(row["disability"] or ""),
            "employment_status": _code("employment_status", row["employment_status"]),
            "occupation": _code("occupation", _coarsest(row["occupation"])),
            "language_code": row["language"],
            "education_level": _code("education_level", _coarsest(row["education_level"])),
            "last_updated": _day(row["last_updated"]),
        }
    )


def group(row: Row) -> dict[str, Any]:
    """DCI Group (DO.SR.02) of a row of `dci_groups.sql`."""
    poverty = row["poverty"] or {}
    return _filled(
        {
            "@context": SOCIAL,
            "@type": "Group",
            "@id": f"urn:padron:group:{row['id']}",
            "group_type": row["group_type"],
            "address": _addresses(row),
            "poverty_score": poverty.get("score"),
            "poverty_score_type": poverty.get("source"),
            "group_head_info": {"@id": f"urn:padron:member:{row['head']}"} if row["head"] else None,
            "group_size": len(row["members"]),
            "member_list": [{"@id": f"urn:padron:member:{name}"} for name in row["members"]],
        }
    )


def beneficiary(row: Row) -> dict[str, Any]:
    """DCI Beneficiary of a row of `dci_beneficiaries.sql`."""
    return _filled(
        {
            "@context": SOCIAL,
            "@type": "Beneficiary",
            "@id": f"urn:padron:beneficiary:{row['id']}",
            "member": {"@id": f"urn:padron:member:{row['member']}"},
            "programme_identifier": [row["programme"]],
            "enrollment_date": _day(row["start_date"]),
            "enrollment_status": row["status"],
            "status_change_date": [_day(row["end_date"])] if row["end_date"] else None,
            "benefits": [_benefit(paid) for paid in row["benefits"] or ()],
        }
    )


OBJECTS: dict[str, tuple[str, Callable[[Row], dict[str, Any]]]] = {
    "persons": ("dci_persons", person),
    "members": ("dci_persons", member),
    "groups": ("dci_groups", group),
    "beneficiaries": ("dci_beneficiaries", beneficiary),
}
"""File → the query of its rows and what makes an object of a row."""


def _identifiers(row: Row) -> list[dict[str, str]]:
    """The identifiers of a kind that the standard knows; a source's own key is none of them."""
    kinds = mapped_codes("identifier_type")
    return [
        {"@type": "Identifier", "identifier_type": kinds[each["scheme"]], "identifier_value": each["value"]}
        for each in row["identifiers"] or ()
        if each["scheme"] in kinds
    ]


def _name(row: Row) -> dict[str, Any]:
    given, _, second = (row["given_names"] or "").partition(" ")
    surname = " ".join(filter(None, (row["surname_1"], row["surname_2"])))
    return _filled({"@type": "Name", "surname": surname, "given_name": given, "second_name": second})


def _addresses(row: Row) -> list[dict[str, Any]]:
    place = row.get("place") or {}
    address = _filled(
        {
            "@type": "Address",
            "address_line_1": place.get("line"),
            "locality": place.get("locality"),
            "sub_region_code": row["municipality"],
            "region_code": row["region"],
            "postal_code": place.get("postal_code"),
            "country_code": row.get("country"),
        }
    )
    return [address] if len(address) > 1 else []


def _related(kin: Row) -> dict[str, Any]:
    """DCI RelatedPerson (DO.SR.04): what the other is to this member."""
    return {
        "@type": "RelatedPerson",
        "relationship_type": kin["type"],
        "related_member": {"@id": f"urn:padron:member:{kin['member']}"},
    }


def _benefit(paid: Row) -> dict[str, Any]:
    value = _filled({"amount": paid["amount"], "currency": paid["currency"]})
    return {"@type": "Benefit", "benefit_type": paid["type"], "benefit_value": value}


def _code(code_list: str, value: str | None) -> str | None:
    code = mapped_codes(code_list).get(value or "", value)
    return code if code in codes_of(code_list) else None


def _coarsest(code: str | None) -> str | None:
    """The group that a code of ISCO-08 or ISCED 2011 lies in by its first digit, which is what the DCI lists."""
    return code and code[0]


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _filled(document: dict[str, Any]) -> dict[str, Any]:
    """The document without what is not known; a person's list of identifiers stays, even empty."""
    always = {"identifier", "member_identifier"}
    return {name: value for name, value in document.items() if name in always or value not in (None, "", [])}
