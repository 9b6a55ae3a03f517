"""DCI JSON-LD: objects of the standard's shape, and nothing else passes its schema."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import duckdb
import pytest
from jsonschema import Draft202012Validator

from warehouse.exports.dci import SCHEMA, beneficiary, group, member, person

ID = "0123456789abcdef" * 2
ROW: dict[str, Any] = {
    "id": ID,
    "identifiers": [{"scheme": "mx.curp", "value": "QUXX870305MDFRML09"}, {"scheme": "local.health", "value": "P-1"}],
    "phones": ["+525512345678"],
    "emails": ["x@example.org"],
    "place": {"line": "CALLE 1", "locality": None, "postal_code": "01000"},
    "last_updated": date(2026, 10, 1),
    "given_names": "XIMENA DEL CARMEN",
    "surname_1": "QUIROGA",
    "surname_2": "LUNA",
    "birth_date": date(1987, 3, 5),
    "death_date": None,
    "sex": "female",
    "municipality": "09010",
    "region": "MX-CMX",
    "country": "MX",
    "education_level": "3",
    "occupation": None,
    "employment_status": "employed",
    "disability": "no",
    "language": None,
    "related": [{"type": "MTH", "member": "f" * 32}],
}
EMPTY = dict.fromkeys(ROW) | {"id": ID}


def faults(kind: str, document: Mapping[str, Any]) -> list[str]:
    schema = json.loads(SCHEMA.read_text()) | {"$ref": f"#/$defs/{kind}"}
    return [error.message for error in Draft202012Validator(schema).iter_errors(document)]


def test_a_person_is_told_in_the_standards_words() -> None:
    told = person(ROW)
    assert faults("Person", told) == []
    assert told["identifier"] == [
        {"@type": "Identifier", "identifier_type": "UIN", "identifier_value": "QUXX870305MDFRML09"}
    ]
    assert told["name"] == {
        "@type": "Name", "surname": "QUIROGA LUNA", "given_name": "XIMENA", "second_name": "DEL CARMEN",
    }  # fmt: skip
    assert told["birth_date"] == "1987-03-05"
    assert "death_date" not in told
    assert told["address"][0]["sub_region_code"] == "09010"


def test_a_member_holds_its_person_and_codes() -> None:
    told = member(ROW)
    assert faults("Member", told) == []
    assert (told["employment_status"], told["education_level"]) == ("1", "3")
    assert told["is_disabled"] is False
    assert told["related_person"] == [
        {
            "@type": "RelatedPerson",
            "relationship_type": "MTH",
            "related_member": {"@id": f"urn:padron:member:{'f' * 32}"},
        }
    ]
    assert told["demographic_info"]["@id"] == f"urn:padron:person:{ID}"


def test_a_person_of_whom_nothing_is_known_is_still_one() -> None:
    assert faults("Person", person(EMPTY)) == []
    assert faults("Member", member(EMPTY)) == []
    assert person(EMPTY)["sex"] == "unknown"
    assert "is_disabled" not in member(EMPTY), "silence is no denial"


def test_groups_and_beneficiaries_fit() -> None:
    home = {"id": ID, "group_type": "3", "municipality": "09010", "region": None, "head": ID, "members": [ID],
            "poverty": None}  # fmt: skip
    assert faults("Group", group(home)) == []
    assert faults("Group", group(home | {"municipality": None, "head": None})) == []
    assert (group(home)["group_type"], group(home)["group_head_info"]) == ("3", {"@id": f"urn:padron:member:{ID}"})
    scored = group(home | {"poverty": {"score": -0.4, "source": "social_development"}})
    assert faults("Group", scored) == []
    assert (scored["poverty_score"], scored["poverty_score_type"]) == (-0.4, "social_development")
    assert "poverty_score" not in group(home)
    paid = [{"type": "1", "amount": 600.0, "currency": "MXN"}]
    row = {
        "id": ID, "member": ID, "programme": "P1", "start_date": date(2026, 1, 1), "status": "1", "end_date": None,
        "benefits": paid,
    }  # fmt: skip
    assert faults("Beneficiary", beneficiary(row)) == []
    assert faults("Beneficiary", beneficiary(row | {"benefits": None, "status": None, "start_date": None})) == []


SCORES = """
set variable grouping = 'declared';
create macro pseudonym(id) as upper(id);
create table withheld_ids as select 'd' as id;
create table households as select unnest(['h1', 'h2', 'h3']) as household_id, 'declared' as grouping, '2' as group_type,
    null::varchar as municipality, null::varchar as region, null::varchar as head_entity_id;
create table household_members as from (values ('h1', 'a'), ('h1', 'b'), ('h2', 'c'), ('h2', 'd'), ('h3', 'e'))
    as said(household_id, entity_id);
create table listed_sources as from (values ('social', ['registry', 'poverty']), ('other', ['registry']))
    as said(source, purposes);
create table answered as from (values
    ('a', 'social', 'poverty_score', 12.5, date '2025-01-01'),
    ('b', 'social', 'poverty_score', 30.0, date '2026-01-01'),
    ('b', 'social', 'residents', 4.0, date '2026-05-01'), ('d', 'social', 'poverty_score', 5.0, date '2026-01-01'),
    ('e', 'other', 'poverty_score', 7.0, date '2026-01-01')
) as said(entity_id, source, question, answer, told_on);
"""


def test_a_group_has_the_score_told_last_where_its_source_may_be_asked(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(SCORES)
    query = SCHEMA.with_name("dci_groups.sql").read_text(encoding="utf-8")
    found = {row["id"]: row["poverty"] for row in connection.sql(query).to_arrow_table().to_pylist()}
    assert found == {"H1": {"score": 30.0, "source": "social"}, "H2": None, "H3": None}


MUST_NOT_PASS = [
    ("Person", {"sex": "F"}),
    ("Person", {"birth_date": "5/3/1987"}),
    ("Person", {"surname_2": "LUNA"}),
    ("Person", {"name": None}),
    ("Person", {"@id": "urn:padron:person:p1"}),
    ("Person", {"phone_number": ["55 12"]}),
    ("Person", {"identifier": [{"@type": "Identifier", "identifier_type": "CURP", "identifier_value": "1"}]}),
]


@pytest.mark.parametrize(("kind", "change"), MUST_NOT_PASS)
def test_what_the_standard_does_not_know_does_not_pass(kind: str, change: dict[str, Any]) -> None:
    assert faults(kind, person(ROW) | change)
