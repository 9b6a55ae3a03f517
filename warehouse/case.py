"""The case: all that every sector knows of one person and of the household, in one place, with names from the vault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from warehouse.errors import RightsError
from warehouse.session import literal

GROUPING = "combined"
"""Of the ways to form households, the one that takes what every source says."""

SECTIONS = {
    "next step": "Next steps",
    "guarantee": "Guarantees",
    "compliance": "Co-responsibilities",
    "approaching": "Approaching",
    "entitlement": "Entitlements",
    "programme": "Programmes",
    "benefit": "Benefits",
    "work": "Work",
    "contribution": "Contributions and pensions",
    "service": "Services",
    "income": "Income declared",
    "poverty": "Poverty",
    "flag": "To look into",
    "source": "Who knows the person",
    "conflict": "Where sources contradict each other",
}
"""Each section of the view `case_rows`, in the order in which a case worker reads, and its title."""

IDENTITY = "given_names, surname_1, surname_2, birth_date, phone, email, address, locality"


@dataclass(frozen=True)
class CaseRow:
    """One thing known, as the view `case_rows` tells it."""

    section: str
    item: str
    status: str
    detail: str | None
    since: date | None
    until: date | None
    sources: Sequence[str]
    rule_status: str | None
    citation: str | None


@dataclass(frozen=True)
class CasePerson:
    """One person of a case: who it is, what ties them to the household, and what is known."""

    entity_id: str
    name: str
    born: date | None
    age: int | None
    facts: Mapping[str, str]
    identifiers: Sequence[tuple[str, str]]
    tie: str
    rows: Sequence[CaseRow]

    def of(self, section: str) -> list[CaseRow]:
        """The rows of one section."""
        return [row for row in self.rows if row.section == section]


@dataclass(frozen=True)
class Case:
    """A person and the other members of the household, as the release of the day `as_of` knows them."""

    release_id: str
    as_of: date
    person: CasePerson
    household: Sequence[CasePerson]


def read_case(vault: duckdb.DuckDBPyConnection, release_id: str, entity_id: str) -> Case:
    """The case of the person `entity_id`, from the session that `warehouse.privacy.vault.open_vault` gives.

    Raises `RightsError` where the release does not show the person.
    """
    found = vault.sql(f"select pseudonym from vault_persons where entity_id = {literal(entity_id)}").fetchall()
    shown = found and vault.sql(f"select 1 from persons where entity_id = {literal(found[0][0])}").fetchall()
    if not shown:
        raise RightsError("The current release does not show that person. Run `padron build` and open the case again.")
    name = str(found[0][0])
    ((as_of,),) = vault.sql("select as_of_date from present").fetchall()
    ties = _ties(vault, name)
    people = [_person(vault, member, ties[member], as_of) for member in ties]
    return Case(release_id, as_of, people[0], people[1:])


def _ties(vault: duckdb.DuckDBPyConnection, name: str) -> dict[str, str]:
    """The person and then the other members, the oldest first, each with what they are to the person or household."""
    rows = vault.sql(f"""
        select member.entity_id, coalesce(
            case kin.relationship_type when 'MTH' then 'mother' when 'FTH' then 'father' end,
            if(child.entity_id is not null, 'child', null), if(member.is_head, 'head of the household', 'member')
        )
        from household_members as own
        join household_members as member using (household_id)
        left join persons on persons.entity_id = member.entity_id
        left join relationships as kin on kin.entity_id = own.entity_id and kin.related_entity_id = member.entity_id
        left join relationships as child
            on child.entity_id = member.entity_id and child.related_entity_id = own.entity_id
        where own.entity_id = {literal(name)} and own.grouping = '{GROUPING}' and member.entity_id <> own.entity_id
        order by birth_year nulls last, member.entity_id
    """).fetchall()
    return {name: "the person", **{str(member): str(tie) for member, tie in rows}}


def _person(vault: duckdb.DuckDBPyConnection, name: str, tie: str, as_of: date) -> CasePerson:
    who = _one(vault, f"select entity_id, {IDENTITY} from vault_persons where pseudonym = {literal(name)}")
    told = _one(vault, f"""
        select sex, coalesce(place.name, municipality) as municipality, coalesce(area.name, region) as region,
            persons.country, death_year, disability, ethnicity, language, education_level as education, occupation
        from persons
        left join territories as place on place.code = municipality
        left join territories as area on area.code = region
        where entity_id = {literal(name)}
    """)  # fmt: skip
    rows = vault.sql(f"""
        select section, item, status, detail, since, until, sources, rule_status, citation
        from case_rows where entity_id = {literal(name)}
        order by section, since desc nulls last, item, status, detail
    """).fetchall()
    numbers = vault.sql(f"""
        select distinct scheme, identifier_std from vault_identifiers
        where entity_id = {literal(who["entity_id"])} and is_valid order by all
    """).fetchall()
    contacts = {column: who[column] for column in ("address", "locality", "phone", "email")}
    return CasePerson(
        entity_id=name,
        name=" ".join(who[part] for part in ("given_names", "surname_1", "surname_2") if who[part]) or "Name unknown",
        born=who["birth_date"],
        age=_age(who["birth_date"], as_of),
        facts={label: str(value) for label, value in {**told, **contacts}.items() if value is not None},
        identifiers=[(str(scheme), str(number)) for scheme, number in numbers],
        tie=tie,
        rows=[CaseRow(*row) for row in rows],
    )


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> dict[str, Any]:
    relation = connection.sql(query)
    return dict(zip(relation.columns, relation.fetchall()[0], strict=True))


def _age(born: date | None, as_of: date) -> int | None:
    return None if born is None else as_of.year - born.year - ((as_of.month, as_of.day) < (born.month, born.day))
