"""Ten million rows of CSV taken in: seconds and peak memory, beside DuckDB's own reader of the same file.

python tests/benchmarks/intake.py [--rows 10000000] [--memory-limit 2GB]

DuckDB's reader is the floor: it neither keeps the delivered text, nor tells damaged rows apart, nor
counts them, nor looks for repeated keys.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import duckdb
import yaml
from measured import shown_cost

from sources.contract import SourceContract, read_contract
from sources.delivery import find_deliveries
from sources.reading.intake import take_in
from warehouse.layout import Layout
from warehouse.session import open_session
from warehouse.settings import Settings

COLUMNS = {
    "KEY": "record_key", "NAME": "given_names", "SURNAME": "surname_1", "BORN": "birth_date", "SEX": "sex",
    "PLACE": "municipality", "NOTE": "ignore",
}  # fmt: skip
TERMS = {"birth_date": {"format": "%d/%m/%Y"}, "sex": {"codes": {"H": "male", "M": "female"}}}
ROW_SQL = """
select 'K' || lpad(i::varchar, 9, '0') as "KEY", 'NOMBRE ' || i % 3000 as "NAME",
    'APELLIDO Ñ' || i % 20000 as "SURNAME",
    strftime(date '1940-01-01' + (i % 30000)::integer, '%d/%m/%Y') as "BORN", ['H', 'M'][1 + i % 2] as "SEX",
    lpad((i % 2500)::varchar, 5, '0') as "PLACE", case when i % 50 = 0 then 'una nota, con coma' end as "NOTE"
from range({rows}) as numbers(i)
"""


def main() -> None:
    """Print one line a reader."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--memory-limit", default="2GB")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = Settings(folder / "home", folder, folder / "landing", memory_limit=options.memory_limit)
        contract = invented_contract(folder)
        file = settings.landing / "big" / "people.csv"
        write_extract(file, options.rows)
        print(f"{options.rows:,} rows, {file.stat().st_size / 2**20:,.0f} MiB")  # noqa: T201
        with shown_cost("padron take_in"), open_session(settings) as connection:
            (delivery,) = find_deliveries(contract, settings.landing)
            intake = take_in(connection, contract, delivery, Layout(settings.home))
        assert intake.rows_delivered == intake.rows_accepted == options.rows
        with shown_cost("duckdb read_csv"), open_session(settings) as connection:
            connection.execute(
                f"copy (from read_csv('{file}', all_varchar = true)) to '{folder / 'peer.parquet'}' (compression zstd)"
            )


def invented_contract(folder: Path) -> SourceContract:
    """A contract for the invented extract."""
    properties = [
        {
            "name": name,
            "logicalType": "string",
            "customProperties": [
                {"property": word, "value": value} for word, value in {"mapsTo": field, **TERMS.get(field, {})}.items()
            ],
        }
        for name, field in COLUMNS.items()
    ]
    document = {
        "apiVersion": "v3.1.0", "kind": "DataContract", "id": "big.people", "name": "big", "version": "1.0.0",
        "status": "active", "servers": [{"server": "landing", "type": "local", "path": "big/*.csv", "format": "csv"}],
        "customProperties": [{"property": "role", "value": "persons"}],
        "schema": [{"name": "people", "properties": properties}],
    }  # fmt: skip
    file = folder / "contract.yaml"
    file.write_text(yaml.safe_dump(document), encoding="utf-8")
    return read_contract(file)


def write_extract(file: Path, rows: int) -> None:
    """Write the invented extract."""
    file.parent.mkdir(parents=True)
    with duckdb.connect() as connection:
        connection.execute(f"copy ({ROW_SQL.format(rows=rows)}) to '{file}' (header, delimiter ',')")


if __name__ == "__main__":
    main()
