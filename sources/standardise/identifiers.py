"""Identifiers in comparable form, and whether their form and check digit pass."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from itertools import chain
from typing import cast

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sources.standardise.check_digits import FORMS, Form
from sources.standardise.document_forms import PATTERNS
from sources.standardise.letters import capitals_sql
from sources.standardise.sign_matrix import Codes, Passed
from warehouse.session import literal

ALIASES = {
    "br.nit": "br.nis", "br.pis": "br.nis", "cl.run": "cl.rut", "cr.cedula": "cr.cpf", "ec.cedula": "ec.ci",
    "gt.dpi": "gt.cui", "uy.cedula": "uy.ci", "bo.cedula": "bo.ci", "hn.identidad": "hn.dni", "ni.ci": "ni.cedula",
    "pa.cip": "pa.cedula", "py.cedula": "py.ci", "ve.cedula": "ve.ci",
}  # fmt: skip
DIGITS_WANTED = {
    "br.cpf": 11, "br.nis": 11, "do.cedula": 11, "ec.ci": 10, "gt.cui": 13, "mx.nss": 11, "pe.cui": 8, "pe.dni": 8,
    "sv.dui": 9, "uy.ci": 8, "hn.dni": 13,
}  # fmt: skip
"""Schemes of digits alone, whose leading zeros spreadsheets lose."""

ZEROS_SAY_NOTHING = frozenset({"ar.dni", "cl.rut", "co.cc", "cr.cpf", "py.ci", "ve.ci"})
ZEROS_LOST = 3
TEN = "0123456789"
RUN = 8

ABSENT = (
    "SN|S|N|NA|ND|NI|NT|NULL|NONE|NAN|X+|NO(?:TIENE|APLICA|REGISTRA|INFORMA|CONSTA|DISPONIBLE|ESPECIFICADO)"
    "|NAO(?:TEM|CONSTA|INFORMADO|POSSUI)|(?:SIN|SEM)[A-Z]+|NINGUN[OA]?|NENHUM|PENDIENTE|(?:EN)?TRAMITE|DESCONOCIDO|IGNORADO"
)


def identifiers_query(told: str) -> str:
    """A query over `told` (record_id, scheme, text) giving (record_id, scheme, identifier_std).

    The comparable number is capitals and digits alone. A text that tells of no number gives no row.
    """
    bare = capitals_sql("text")
    for pattern, replacement in ((r"^([0-9]+)\.0$", r"\1"), ("[^0-9A-ZÑ]", "")):
        bare = f"regexp_replace({bare}, {literal(pattern)}, {literal(replacement)}, 'g')"
    canonical_names = " ".join(f"when {literal(name)} then {literal(kept)}" for name, kept in ALIASES.items())
    return f"""
    with bare as (
        select record_id, scheme, case scheme {canonical_names} else scheme end as kept_as, {bare} as number
        from ({told})
    ),
    said as (select * from bare where number <> '' and not regexp_full_match(number, {literal(ABSENT)}))
    select record_id, scheme, {_zeros_sql("kept_as", "number")} as identifier_std from said
    """


def _zeros_sql(scheme: str, number: str) -> str:
    """`number` with the leading zeros that its scheme wants, without those that say nothing."""
    dropping = ", ".join(literal(name) for name in sorted(ZEROS_SAY_NOTHING))
    wanted = " ".join(f"when {literal(name)} then {length}" for name, length in DIGITS_WANTED.items())
    length = f"case {scheme} {wanted} end"
    lost = f"{length} - length({number}) between 1 and {ZEROS_LOST} and regexp_full_match({number}, '[0-9]+')"
    return f"""case
        when {scheme} in ({dropping}) then coalesce(nullif(ltrim({number}, '0'), ''), {number})
        when {lost} then lpad({number}, {length}, '0')
        else {number} end"""


def canonical(scheme: str) -> str:
    """The name under which a scheme's rules are kept."""
    return ALIASES.get(scheme, scheme)


def scheme_name(scheme: str, source: str) -> str:
    """The scheme as the registry names it: a source's own numbers mean nothing beyond it."""
    return f"local.{source}" if scheme == "local" else scheme


def judge(connection: duckdb.DuckDBPyConnection, identifiers: str, table: str) -> None:
    """Make the temporary `table` (scheme, identifier_std, is_valid) of the distinct ones that the query gives."""
    connection.execute(
        f"create or replace temp table {table} (scheme varchar, identifier_std varchar, is_valid boolean)"
    )
    schemes = connection.sql(f"select distinct scheme from ({identifiers}) order by all").fetchall()
    for (scheme,) in schemes:
        values = connection.sql(
            f"select distinct identifier_std from ({identifiers}) where scheme = {literal(scheme)}"
        ).to_arrow_table()["identifier_std"]
        judged = pa.table({"identifier_std": values, "is_valid": is_valid(scheme, values)})
        connection.register("judged", judged)
        connection.execute(f"insert into {table} select {literal(scheme)}, identifier_std, is_valid from judged")
        connection.unregister("judged")


def is_valid(scheme: str, numbers: pa.ChunkedArray) -> Passed:
    """Which of the comparable `numbers` pass their scheme's rules and are no placeholder.

    python-stdnum is necessary, not sufficient: it lets 111.111.111-11 pass. Numbers of a scheme without
    known rules pass unless they are placeholders.
    """
    scheme = canonical(scheme)
    pattern = LOCAL_PLACEHOLDER if scheme.startswith("local") else PLACEHOLDER
    placeholder = _matched(numbers, pattern)
    return _passed(scheme, numbers) & ~placeholder


def _passed(scheme: str, numbers: pa.ChunkedArray) -> Passed:
    if scheme in FORMS:
        return _by_form(FORMS[scheme], numbers)
    if scheme in PATTERNS:
        return _matched(numbers, f"^(?:{PATTERNS[scheme]})$")
    return _by_stdnum(scheme, numbers)


def _matched(numbers: pa.ChunkedArray, pattern: str) -> Passed:
    matched = pc.match_substring_regex(numbers, pattern).to_numpy(zero_copy_only=False)
    return cast(Passed, matched.astype(np.bool_))


def _by_form(form: Form, numbers: pa.ChunkedArray) -> Passed:
    ascii_numbers = pc.replace_substring(numbers, "Ñ", "&")
    lengths = pc.binary_length(ascii_numbers).to_numpy()
    passed = np.zeros(len(numbers), dtype=np.bool_)
    for length in form.lengths:
        rows = np.flatnonzero(lengths == length)
        passed[rows] = form.check(_codes(ascii_numbers.take(pa.array(rows)), length))
    return passed


def _codes(numbers: pa.ChunkedArray, length: int) -> Codes:
    """The ASCII codes of numbers that are all of this `length`, one row a number."""
    fixed = (
        pa.concat_arrays(numbers.cast(pa.binary(length)).chunks) if len(numbers) else pa.array([], pa.binary(length))
    )
    codes = np.frombuffer(fixed.buffers()[1] or b"", dtype=np.uint8)
    return codes[: len(fixed) * length].reshape(-1, length)


def _by_stdnum(scheme: str, numbers: pa.ChunkedArray) -> Passed:
    check = _stdnum_check(scheme)
    if check is None:
        return np.ones(len(numbers), dtype=np.bool_)
    return np.fromiter(map(check, numbers.to_pylist()), dtype=np.bool_, count=len(numbers))


def _stdnum_check(scheme: str) -> Callable[[str], bool] | None:
    country, _, name = scheme.partition(".")
    if not (country.isalpha() and name.isidentifier()) or country == "local":
        return None
    try:
        return cast(Callable[[str], bool], importlib.import_module(f"stdnum.{country}.{name}").is_valid)
    except ModuleNotFoundError:
        return None


def _placeholders() -> str:
    """Eight equal digits in a row or nine in sequence, a whole number of such, and the numbers for any foreigner."""
    runs = [digit * RUN for digit in TEN]
    rising = [(TEN + TEN)[start : start + RUN + 1] for start in range(len(TEN))]
    whole = [f"{digit}{{4,}}" for digit in TEN] + [TEN[1:stop] for stop in range(5, 10)]
    anywhere = chain(runs, rising, (sequence[::-1] for sequence in rising))
    return f"^(?:{'|'.join(whole)}|0+|X.X.010101.*)$|{'|'.join(anywhere)}"


PLACEHOLDER = _placeholders()
LOCAL_PLACEHOLDER = "^(?:0+|9{5,})$"
