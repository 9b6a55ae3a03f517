"""Thirty expectations put to a million rows: seconds, processor seconds and peak memory, beside pandas in Great
Expectations on a sample of the same rows.

python tests/benchmarks/validation.py [--rows 1000000] [--memory-limit 1GB] [--peer-rows 100000]
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import duckdb
from measured import shown_cost

from quality.bound import Bound
from quality.expectation import Expectation, at_least_one_row, not_null, unique
from quality.validation import validate
from warehouse.settings import Settings

ROW_SQL = """
select 'f.csv' as _file, i + 2 as _line, 'K' || lpad(i::varchar, 9, '0') as "KEY",
    case when i % 20 > 0 then 'AAAA' || lpad((i % 990000)::varchar, 6, '0') || 'HDFBBB05' end as "CURP",
    'NOMBRE ' || i % 3000 as "NAME", 'APELLIDO Ñ' || i % 20000 as "SURNAME",
    case when i % 9 > 0 then 'OTRO ' || i % 15000 end as "SECOND",
    strftime(date '1940-01-01' + (i % 30000)::integer, '%d/%m/%Y') as "BORN", ['H', 'M', 'X'][1 + i % 3] as "SEX",
    lpad((i % 2500)::varchar, 5, '0') as "PLACE", (5500000000 + i)::varchar as "PHONE", (i % 9)::varchar as "LEVEL"
from range({rows}) as numbers(i)
"""
COLUMNS = ("KEY", "CURP", "NAME", "SURNAME", "SECOND", "BORN", "SEX", "PLACE", "PHONE", "LEVEL")
FORMS = {
    "KEY": "^K[0-9]{9}$", "CURP": "^[A-Z]{4}[0-9]{6}[HM][A-Z]{5}[0-9A-Z][0-9]$", "BORN": "^[0-9]{2}/[0-9]{2}/[0-9]{4}$",
    "PLACE": "^[0-9]{5}$", "PHONE": "^[0-9]{10}$", "LEVEL": "^[0-8]$", "NAME": "^[A-Z]", "SURNAME": "^[A-Z]",
}  # fmt: skip
SETS = {"SEX": ["H", "M"], "LEVEL": [str(level) for level in range(9)]}


def thirty() -> list[Expectation]:
    """Thirty expectations of the kinds that contracts make."""
    some = Bound("mustBeLessThan", (50,), "percent")
    made = [at_least_one_row("critical"), unique(("KEY",)), unique(("CURP",), "warning"), unique(("NAME", "PHONE"))]
    made += [not_null(column) for column in COLUMNS]
    for column, regex in FORMS.items():
        given = {"column": column, "regex": regex}
        name, kind = f"{column}_form".lower(), "ExpectColumnValuesToMatchRegex"
        made.append(Expectation(name, kind, given, "warning", column, some))
    for column, values in SETS.items():
        given = {"column": column, "value_set": values}
        made.append(Expectation(f"{column}_set".lower(), "ExpectColumnValuesToBeInSet", given, "warning", column, some))
    for column in ("NAME", "SURNAME", "SECOND", "PLACE", "PHONE", "CURP"):
        given = {"column": column, "min_value": 1, "max_value": 40}
        name, kind = f"{column}_length".lower(), "ExpectColumnValueLengthsToBeBetween"
        made.append(Expectation(name, kind, given, "warning", column, some))
    assert len(made) == 30, len(made)
    return made


def main() -> None:
    """Print one line a way."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--memory-limit", default="1GB")
    parser.add_argument("--peer-rows", type=int, default=100_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = Settings(folder, folder, folder, memory_limit=options.memory_limit)
        whole, sample = folder / "whole.parquet", folder / "sample.parquet"
        for path, rows in ((whole, options.rows), (sample, options.peer_rows)):
            with duckdb.connect() as connection:
                connection.execute(f"copy ({ROW_SQL.format(rows=rows)}) to '{path}' (format parquet, compression zstd)")
        with shown_cost("importing Great Expectations"):
            validate(thirty()[:1], sample, ("_file", "_line"), settings)
        with shown_cost(f"padron, {options.rows:,} rows"):
            outcomes = validate(thirty(), whole, ("_file", "_line"), settings)
        assert all(outcome.error is None for outcome in outcomes), "every expectation was evaluated"
        assert {outcome.name: outcome.unexpected for outcome in outcomes}["sex_set"] == options.rows // 3
        with shown_cost(f"pandas, {options.peer_rows:,} rows"):
            in_pandas(sample)


def in_pandas(path: Path) -> None:
    """The same column expectations as Great Expectations judges them on a pandas frame."""
    import great_expectations as gx  # noqa: PLC0415 (takes seconds)
    import pandas as pd  # noqa: PLC0415
    from great_expectations import expectations as kinds  # noqa: PLC0415

    context = gx.get_context(mode="ephemeral")
    batch = context.data_sources.add_pandas("p").add_dataframe_asset("a").add_batch_definition_whole_dataframe("w")
    objects = [getattr(kinds, each.kind)(**each.arguments) for each in thirty() if each.kind.startswith("ExpectColumn")]
    suite = gx.ExpectationSuite("s", expectations=objects)
    batch.get_batch({"dataframe": pd.read_parquet(path)}).validate(suite, result_format="SUMMARY")


if __name__ == "__main__":
    main()
