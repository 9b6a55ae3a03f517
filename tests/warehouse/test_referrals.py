"""Referrals: what needs whom, and that nobody is told of a person it does not know."""

from datetime import date
from typing import Any

import pytest
from coordination_world import contract, derived

from warehouse.published.coordination import REFERRALS
from warehouse.rules.reading import read_packs

FLOOR = {"programme": "int.social_protection_floor", "version": "2012", "rule_status": "verified", "citation": "R202"}
FAMILIES = {"programme": "mx.familias", "version": "2019", "rule_status": "unverified", "citation": "rules"}
CONTRACTS = [
    contract("births", "civil_registry"), contract("schools", "education"),
    contract("schools", "education", "attendance"),
    contract("clinics", "health"), contract("social", "social_development"),
    contract("social", "social_development", "enrolment"), contract("pensions", "social_security"),
    contract("pensions", "social_security", "contribution"),
    contract("town", "town", level_of_government="municipal"), contract("jobs", "labour", purposes=["registry"]),
]  # fmt: skip
UNMET = [{"entity_id": "a", "guarantee": "children", "status": "unmet", "reason": "none", **FLOOR}]


def known(*sources: str) -> dict[str, list[dict[str, Any]]]:
    """One person, known to these sources, each having seen the person a year after the one before."""
    records = [
        {"record_id": f"{source}-a", "source": source, "updated_date": date(2001 + year, 1, 1)}
        for year, source in enumerate(sources)
    ]
    return {
        "records": records,
        "linked_spine": [{"record_id": row["record_id"], "source": row["source"], "entity_id": "a"} for row in records],
    }


def referred(needs: dict[str, list[dict[str, Any]]], *sources: str) -> list[tuple[str, str, str]]:
    offered = [{"source": "social", "programme": "familias"}]
    relations = {"listed_sources": CONTRACTS, "listed_programmes": offered, **known(*sources)}
    rows = derived(REFERRALS, {**relations, **needs}, read_packs())
    return sorted((row["institution"], row["kind"], row["role"]) for row in rows)


@pytest.mark.parametrize(
    ("sources", "told"),
    [
        pytest.param(["social"], [("social_development", "answer")], id="who can answer is asked"),
        pytest.param(
            ["social", "schools"],
            [("education", "answer"), ("social_development", "answer")],
            id="all who can are asked",
        ),
        pytest.param(["clinics", "social"], [("social_development", "answer")], id="others are not told"),
        pytest.param(["clinics", "pensions"], [("social_security", "accompany")], id="else who saw the person last"),
        pytest.param(["town", "clinics"], [("town", "accompany")], id="but a municipality before that"),
        pytest.param(["births"], [], id="the civil registry serves nobody"),
        pytest.param(["jobs"], [], id="a contract that does not allow it is left out"),
        pytest.param([], [], id="nobody knows the person"),
    ],
)
def test_whom_an_unmet_guarantee_is_put_to(sources: list[str], told: list[tuple[str, str]]) -> None:
    found = referred({"coverage_gaps": UNMET}, *sources)
    assert found == [(institution, "unmet_guarantee", role) for institution, role in told]


PAID_TWICE = {"entity_id": "a", "kind": "paid_twice", "subject": "x"}
DUTY = {
    "entity_id": "a",
    "rule_id": "attendance_6_17",
    "period": "2026-09",
    "period_start": date(2026, 9, 1),
    **FAMILIES,
}


@pytest.mark.parametrize(
    ("needs", "told"),
    [
        pytest.param({"coverage_gaps": [{**UNMET[0], "status": "met"}]}, [], id="a guarantee that is met"),
        pytest.param({"coverage_gaps": [{**UNMET[0], "status": "unknown"}]}, [], id="one of which nothing is known"),
        pytest.param({"compliance": [{**DUTY, "status": "compliant"}]}, [], id="a duty that was done"),
        pytest.param(
            {"compliance": [{**DUTY, "status": "not_reported", "reason": "x"}]},
            [("education", "not_reported", "answer")],
            id="who should report is asked to",
        ),
        pytest.param(
            {"compliance": [{**DUTY, "status": "non_compliant", "reason": "x"}]},
            [("social_development", "non_compliant", "answer")],
            id="who runs the programme reviews",
        ),
        pytest.param(
            {"eligibility": [{"entity_id": "a", "status": "eligible_not_enrolled", **FAMILIES}]},
            [("social_development", "not_enrolled", "answer")],
            id="who runs the programme enrols",
        ),
        pytest.param(
            {"eligibility": [{"entity_id": "a", "status": "eligible_enrolled", **FAMILIES}]}, [], id="enrolled already"
        ),
        pytest.param(
            {"concurrences": [{**PAID_TWICE, "sources": ["social", "pensions"]}]},
            [("social_development", "concurrence", "answer")],
            id="only whoever knows the person looks into it",
        ),
    ],
)  # fmt: skip
def test_what_is_a_need_and_whose(needs: dict[str, Any], told: list[tuple[str, str, str]]) -> None:
    assert referred(needs, "schools", "social") == told


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ({}, ("verified", "what the records themselves show")),
        ({"rule_status": "unverified", "citation": "An act"}, ("unverified", "An act")),
        ({"rule_status": "verified", "citation": "An act"}, ("verified", "An act")),
    ],
)
def test_what_a_rule_finds_that_was_not_read_says_so(rule: dict[str, str], told: tuple[str, str]) -> None:
    found = [{**PAID_TWICE, "kind": "incompatible", "sources": ["social"], **rule}]
    (row,) = derived(REFERRALS, {"listed_sources": CONTRACTS, "concurrences": found, **known("social")}, read_packs())
    assert (row["rule_status"], row["citation"]) == told


def test_a_referral_names_the_latest_record_and_keeps_its_id() -> None:
    one = known("social")
    older = {"record_id": "old", "source": "social", "updated_date": date(1999, 1, 1)}
    both = {
        "records": [*one["records"], older],
        "linked_spine": [*one["linked_spine"], {"record_id": "old", "source": "social", "entity_id": "a"}],
    }
    base = {"listed_sources": CONTRACTS, "coverage_gaps": UNMET}
    first, second = (derived(REFERRALS, {**base, **world}, read_packs()) for world in (one, both))
    assert [row["record_id"] for row in second] == ["social-a"]
    assert [row["referral_id"] for row in first] == [row["referral_id"] for row in second]


def test_months_of_silence_are_one_referral() -> None:
    silent = [
        {**DUTY, "status": "not_reported", "reason": "x", "period": f"2026-{m:02}", "period_start": date(2026, m, 1)}
        for m in (7, 8)
    ]
    rows = derived(REFERRALS, {"listed_sources": CONTRACTS, "compliance": silent, **known("schools")}, read_packs())
    assert [(row["periods"], row["subject"]) for row in rows] == [(["2026-08", "2026-07"], "attendance_6_17")]
