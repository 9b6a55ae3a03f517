"""Population statistics: what linkage takes from all records together, frozen beside the trained parameters.

How frequent a value is, which identifier schemes are compared, which blocks are too large: each is read off the whole
population by a full run. While they stand as they are, a pair's evidence is a matter of its own records alone, so a
delivery can be linked by itself and the result is that of a full run under the same statistics.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from linkage.features.frequencies import frequent_features
from linkage.model.declaration import Model
from linkage.model.parameters import FREQUENCIES, FrozenModel
from warehouse.layout import PRIVATE_FILE, private_folder
from warehouse.session import identifier, literal
from warehouse.storage import write_parquet

PACKAGE = Path(__file__).parents[1]
FORMAT = 1


@dataclass(frozen=True)
class Statistics:
    """The frozen statistics in `folder`.

    `engine` is the fingerprint of this package, model and sources under which they were taken; `schemes` the identifier
    schemes compared, `seen_schemes` all there were; `has_split` whether any name came in one field; `present` the
    features that any record has; `records` how many there were.
    """

    folder: Path
    engine: str
    schemes: tuple[str, ...]
    seen_schemes: tuple[str, ...]
    has_split: bool
    present: tuple[str, ...]
    records: int

    @property
    def frequencies(self) -> Path:
        """ln(f / Σf²) of each field and hashed value; the row without a value is for values not seen then."""
        return self.folder / FREQUENCIES.name

    @property
    def stop_keys(self) -> Path:
        """The blocking keys (pass, is_refined, key) whose blocks were too large to keep."""
        return self.folder / "stop_keys.parquet"

    @property
    def prints(self) -> Path:
        """What each record was (record_id, print)."""
        return self.folder / "prints.parquet"

    def write(self) -> None:
        """Write what is not a table, whole or not at all."""
        path = private_folder(self.folder) / "statistics.json"
        partial = path.with_suffix(".partial")
        document = {"format": FORMAT, **asdict(self)}
        del document["folder"]
        partial.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
        partial.chmod(PRIVATE_FILE)
        partial.replace(path)

    @classmethod
    def read(cls, folder: Path) -> Statistics | None:
        """The statistics in `folder`, or None where there are none that this version can read."""
        try:
            document = json.loads((folder / "statistics.json").read_text(encoding="utf-8"))
            if document.pop("format") != FORMAT:
                return None
            told: dict[str, Any] = {
                name: tuple(value) if isinstance(value, list) else value for name, value in document.items()
            }
            found = cls(folder=folder, **told)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None
        whole = all(path.exists() for path in (found.frequencies, found.stop_keys, found.prints))
        return found if whole else None


def freeze(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    model: Model,
    duplicate_free: tuple[str, ...],
    schemes: Sequence[str],
    present: set[str],
    frozen: FrozenModel | None,
) -> None:
    """Write what the features of the whole population tell, while their tables are there; blocking adds its own.

    The frequencies of a `frozen` model are kept as they are.
    """
    private_folder(folder)
    tables = [
        f"select {literal(field)} as field, value, ratio from {identifier('of ' + field)}"
        for field in frequent_features(model)
    ]
    nothing = "select null::varchar as field, null::ubigint as value, null::float as ratio limit 0"
    frequencies = " union all ".join([*tables, f"({nothing})"])
    statistics = Statistics(
        folder,
        engine_fingerprint(model, duplicate_free),
        tuple(schemes),
        tuple(_column(connection, "select distinct scheme from stated_identifiers order by scheme")),
        bool(_column(connection, "select has_split from record_counts")[0]),
        tuple(sorted(present)),
        int(_column(connection, "select records from record_counts")[0]),
    )
    if frozen is None:
        write_parquet(connection, f"{frequencies} order by all", statistics.frequencies)
    elif frozen.frequencies != statistics.frequencies:
        shutil.copyfile(frozen.frequencies, statistics.frequencies)
    write_parquet(connection, "select record_id, print from now_prints", statistics.prints)
    statistics.write()


def _column(connection: duckdb.DuckDBPyConnection, query: str) -> list[Any]:
    return [value for (value,) in connection.sql(query).fetchall()]


def engine_fingerprint(model: Model, duplicate_free: tuple[str, ...]) -> str:
    """A hash of all that decides what linkage makes of given records: this package, the model, the sources' terms."""
    digest = hashlib.sha256()
    for path in sorted([*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.sql")]):
        digest.update(path.read_bytes())
    digest.update(model.model_dump_json().encode())
    digest.update("\n".join(sorted(duplicate_free)).encode())
    return digest.hexdigest()[:16]
