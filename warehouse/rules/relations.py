"""Packs and agreements as relations that the marts' queries join."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa

from warehouse.rules.agreement import Agreement, PensionLaw
from warehouse.rules.incompatibility import Incompatibility
from warehouse.rules.life_cycle import LifeCycle
from warehouse.rules.metrics import METRICS
from warehouse.rules.minimum_wage import MinimumWage
from warehouse.rules.pack import MONTHS, Pack, Rule
from warehouse.rules.poverty_line import PovertyLine
from warehouse.rules.questions import QUESTIONS

RULES = pa.schema([
    ("programme", pa.string()), ("version", pa.string()), ("rule_id", pa.string()), ("title", pa.string()),
    ("country", pa.string()), ("kind", pa.string()), ("unit", pa.string()), ("domain", pa.string()),
    ("age_min", pa.int32()), ("age_max_exclusive", pa.int32()), ("sex", pa.string()), ("metric", pa.string()),
    ("evidence", pa.string()), ("measure", pa.string()), ("comparator", pa.string()), ("threshold", pa.float64()),
    ("currency", pa.string()), ("period", pa.string()), ("period_months", pa.int32()), ("grace", pa.int32()),
    ("services", pa.list_(pa.string())), ("exempt_reasons", pa.list_(pa.string())),
    ("exempt_education_from", pa.int32()), ("met_by", pa.list_(pa.string())), ("effect", pa.string()),
    ("dimension", pa.string()), ("minors", pa.bool_()), ("line", pa.string()), ("includes", pa.string()),
    ("nth", pa.int32()),
    ("valid_from", pa.date32()), ("valid_to", pa.date32()), ("citation", pa.string()), ("citation_url", pa.string()),
    ("status", pa.string()),
])  # fmt: skip
NAMES = pa.schema([("programme", pa.string()), ("version", pa.string()), ("code", pa.string())])
AGREEMENTS = pa.schema([
    ("agreement", pa.string()), ("in_force", pa.date32()), ("short_period_days", pa.int32()),
    ("past_periods", pa.string()), ("third_countries", pa.bool_()), ("status", pa.string()), ("citation", pa.string()),
])  # fmt: skip
PARTIES = pa.schema([("agreement", pa.string()), ("country", pa.string()), ("position", pa.int32())])
STAGES = pa.schema([
    ("scheme", pa.string()), ("stage", pa.string()), ("age_min", pa.int32()), ("age_max_exclusive", pa.int32()),
    ("status", pa.string()), ("citation", pa.string()),
])  # fmt: skip
TRANSITIONS = pa.schema([("scheme", pa.string()), ("transition", pa.string()), ("age", pa.int32())])
BIRTHS = pa.schema([("scheme", pa.string()), ("transition", pa.string()), ("services", pa.list_(pa.string()))])
KINDS = pa.schema([("agreement", pa.string()), ("scheme", pa.string()), ("rank", pa.int32())])
UNITS = pa.schema([("agreement", pa.string()), ("unit", pa.string()), ("unit_days", pa.float64())])
PENSIONS = pa.schema([
    ("country", pa.string()), ("minimum_days", pa.int32()), ("counted_days", pa.int32()), ("pension_age", pa.int32()),
    ("status", pa.string()), ("citation", pa.string()),
])  # fmt: skip
WAGES = pa.schema([
    ("country", pa.string()), ("valid_from", pa.date32()), ("monthly", pa.float64()), ("currency", pa.string()),
    ("status", pa.string()), ("citation", pa.string()),
])  # fmt: skip
LINES = pa.schema([
    ("country", pa.string()), ("line", pa.string()), ("area", pa.string()), ("valid_from", pa.date32()),
    ("monthly", pa.float64()), ("currency", pa.string()), ("status", pa.string()), ("citation", pa.string()),
])  # fmt: skip
PAIRS = pa.schema([
    ("one", pa.string()), ("other", pa.string()), ("unit", pa.string()), ("status", pa.string()),
    ("citation", pa.string()),
])  # fmt: skip
ASKED = pa.schema([("question", pa.string()), ("unit", pa.string())])
KIND_RANKS = {"voluntary": 1, "equivalent": 2}
"""A compulsory day is of rank 0 and goes first."""


def register_rules(connection: duckdb.DuckDBPyConnection, packs: Sequence[Pack]) -> None:
    """Register the relations rules and programme_codes."""
    rules = [_rule(pack, rule) for pack in packs for rule in pack.rules]
    codes = [
        {"programme": pack.programme, "version": pack.version, "code": code}
        for pack in packs
        for code in pack.delivered_as
    ]
    connection.register("rules", pa.Table.from_pylist(rules, schema=RULES))
    connection.register("programme_codes", pa.Table.from_pylist(codes, schema=NAMES))


def _rule(pack: Pack, rule: Rule) -> dict[str, Any]:
    metric = METRICS[rule.metric]
    first, last = pack.validity(rule)
    return {
        **rule.model_dump(exclude={"id", "citation", "valid_from", "valid_to"}),
        "programme": pack.programme, "version": pack.version, "rule_id": rule.id, "country": pack.country,
        "evidence": metric.evidence, "measure": metric.measure, "period_months": MONTHS.get(rule.period),
        "valid_from": None if first == date.min else first, "valid_to": None if last == date.max else last,
        "citation": rule.citation.text, "citation_url": rule.citation.url,
    }  # fmt: skip


def register_agreements(
    connection: duckdb.DuckDBPyConnection, agreements: Sequence[Agreement], laws: Sequence[PensionLaw]
) -> None:
    """Register the relations agreements, agreement_parties, agreement_kinds, agreement_units and pension_laws."""
    tables = {
        "agreements": (AGREEMENTS, [_cited(each) for each in agreements]),
        "agreement_parties": (
            PARTIES,
            [
                {"agreement": each.agreement, "country": country, "position": position}
                for each in agreements
                for position, country in enumerate(each.parties)
            ],
        ),
        "agreement_kinds": (
            KINDS,
            [
                {"agreement": each.agreement, "scheme": scheme, "rank": KIND_RANKS[kind]}
                for each in agreements
                for scheme, kind in each.kinds.items()
            ],
        ),
        "agreement_units": (
            UNITS,
            [
                {"agreement": each.agreement, "unit": unit, "unit_days": days}
                for each in agreements
                for unit, days in each.unit_days.items()
            ],
        ),
        "pension_laws": (PENSIONS, [_cited(law) for law in laws]),
    }
    for name, (schema, rows) in tables.items():
        connection.register(name, pa.Table.from_pylist(rows, schema=schema))


def register_life_cycles(connection: duckdb.DuckDBPyConnection, cycles: Sequence[LifeCycle]) -> None:
    """Register the relations stages, age_transitions and birth_transitions."""
    stages = [
        {**stage.model_dump(), "scheme": cycle.scheme, "status": cycle.status, "citation": cycle.citation.text}
        for cycle in cycles
        for stage in cycle.stages
    ]
    transitions = [{**each.model_dump(), "scheme": cycle.scheme} for cycle in cycles for each in cycle.transitions]
    connection.register("stages", pa.Table.from_pylist(stages, schema=STAGES))
    for name, schema in (("age_transitions", TRANSITIONS), ("birth_transitions", BIRTHS)):
        told = "age" if schema is TRANSITIONS else "services"
        rows = [{**row, "services": list(row["services"])} for row in transitions if row[told] not in (None, ())]
        connection.register(name, pa.Table.from_pylist(rows, schema=schema))


def register_minimum_wages(connection: duckdb.DuckDBPyConnection, wages: Sequence[MinimumWage]) -> None:
    """Register the relation minimum_wages."""
    connection.register("minimum_wages", pa.Table.from_pylist([_cited(wage) for wage in wages], schema=WAGES))


def register_poverty_lines(connection: duckdb.DuckDBPyConnection, lines: Sequence[PovertyLine]) -> None:
    """Register the relations poverty_lines and questions."""
    connection.register("poverty_lines", pa.Table.from_pylist([_cited(line) for line in lines], schema=LINES))
    asked = [{"question": name, "unit": question.unit} for name, question in QUESTIONS.items()]
    connection.register("questions", pa.Table.from_pylist(asked, schema=ASKED))


def register_incompatibilities(connection: duckdb.DuckDBPyConnection, pairs: Sequence[Incompatibility]) -> None:
    """Register the relation incompatible_pairs."""
    connection.register("incompatible_pairs", pa.Table.from_pylist([_cited(pair) for pair in pairs], schema=PAIRS))


def _cited(document: Agreement | PensionLaw | MinimumWage | PovertyLine | Incompatibility) -> dict[str, Any]:
    return {**document.model_dump(exclude={"citation"}), "citation": document.citation.text}
