"""Five million records standardised: seconds, processor seconds and peak memory, step by step.

python tests/benchmarks/standardise.py [--rows 5000000] [--people 50000] [--memory-limit 6GB]

The records are those of invented people, repeated with other keys: names and addresses as many times the same as in a
population that size is likely, and dates and numbers each their own.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import duckdb
from measured import shown_cost

from sources.catalogue import read_catalogue
from sources.receiving import receive
from sources.standardise.standardise import standardise
from sources.synthetic.sample import write_sample
from warehouse.layout import Layout
from warehouse.published.reference import DELIVERIES
from warehouse.session import open_session
from warehouse.settings import SAMPLE_SOURCES, Settings
from warehouse.storage import read_rows, row_count

CONTRACT = "social_development.beneficiaries"


def main() -> None:
    """Print one line for the whole."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--people", type=int, default=50_000)
    parser.add_argument("--memory-limit", default="6GB")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = Settings(folder / "home", SAMPLE_SOURCES, folder / "landing", memory_limit=options.memory_limit)
        write_sample(settings.landing, folder / "truth", options.people, settings.seed)
        contract, layout = read_catalogue(SAMPLE_SOURCES).contract(CONTRACT), Layout(settings.home)
        with open_session(settings) as connection:
            receive(connection, contract, settings)
            (row,) = read_rows(DELIVERIES, layout.deliveries(contract.id))
            raw = layout.raw(contract.id, row["delivery_id"])
            repeat(connection, raw, options.rows)
        with shown_cost(f"{options.rows:,} records"), open_session(settings) as connection:
            counts = standardise(connection, contract, contract.source, layout)
        assert counts.records == options.rows, counts


def repeat(connection: duckdb.DuckDBPyConnection, raw: Path, rows: int) -> None:
    """Repeat the raw rows at `raw` until there are `rows`, each with a key and a telephone number of its own."""
    times, grown = -(-rows // row_count(raw)), raw.with_suffix(".grown")
    connection.execute(f"""
        copy (
            select r.* replace (
                r."FOLIO" || '-' || n as "FOLIO", r."HOGAR" || '-' || n as "HOGAR",
                case when r."TELEFONO" is not null
                    then '55' || lpad((20000000 + (hash(r."FOLIO", n) % 79999999))::varchar, 8, '0') end as "TELEFONO",
                strftime(date '1940-01-01' + (hash(r."FOLIO", n) % 30000)::integer, '%d/%m/%Y') as "FECHA_NACIMIENTO",
                r."DOMICILIO" || ' ' || n as "DOMICILIO"
            )
            from '{raw}' as r, range({times}) as numbers(n) limit {rows}
        ) to '{grown}' (format parquet)
    """)
    grown.replace(raw)


if __name__ == "__main__":
    main()
