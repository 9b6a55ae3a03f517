"""A home with invented records that were linked, made without a run of the whole pipeline.

Two pairs wait for review: the one in doubt, of `NAMES`, and one that is surely two people.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from linkage.link import link
from linkage.model.declaration import Training
from linkage.model.file import load_model
from linkage.places import Places
from sources.catalogue import read_catalogue
from warehouse.layout import Layout
from warehouse.published.reference import DELIVERIES
from warehouse.session import open_session
from warehouse.settings import SAMPLE_SOURCES, Settings
from warehouse.storage import read_table, write_rows
from warehouse.tables import RECORD_IDENTIFIERS, RECORDS, REVIEW_QUEUE

SOUNDS = ["BA", "DE", "FI", "GO", "LU", "MA", "NE", "PI", "RO", "TU"]
QUICK = load_model().model_copy(update={"training": Training(random_pairs=20_000)})
NAMES = ("ZZYXA", "QUORBA")  # of the pair in doubt


def make_linked_home(home: Path) -> Settings:
    """Write and link the records; the first two sources hold sixty people each, and a pair in doubt."""
    settings = Settings(home=home, sources=SAMPLE_SOURCES, landing=home / "landing", memory_limit="1GB")
    layout = Layout(home)
    contracts = read_catalogue(settings.sources).with_persons
    with open_session(settings) as connection:
        for place, contract in enumerate(contracts):
            rows = _rows(place, contract.id, contract.source) if place < 2 else []
            delivered = [{"contract_id": contract.id, "delivery_id": "first"}] if rows else []
            write_rows(connection, DELIVERIES, delivered, layout.deliveries(contract.id))
            write_rows(connection, RECORDS, rows, layout.standard(RECORDS, contract.id))
            write_rows(connection, RECORD_IDENTIFIERS, [], layout.standard(RECORD_IDENTIFIERS, contract.id))
        records, identifiers = (
            read_table(table, *(layout.standard(table, contract.id) for contract in contracts))
            for table in (RECORDS, RECORD_IDENTIFIERS)
        )
        link(connection, records, identifiers, Places.under(layout), QUICK, seed=7)
        sources = sorted(contract.source for contract in contracts[:2])
        queue = [_queued(*sources, *row) for row in ((60, 60, 0.4, "doubtful", 2), (1, 2, -3.0, "doubtful", 2))]
        write_rows(connection, REVIEW_QUEUE, queue, Places.under(layout).review_queue)
    return settings


def _queued(one: str, other: str, left: int, right: int, weight: float, reason: str, stake: int) -> dict[str, Any]:
    pair = {"record_id_l": f"{one}-{left}", "record_id_r": f"{other}-{right}"}
    return pair | {"match_weight": weight, "reason": reason, "records_at_stake": stake}


def _rows(place: int, contract_id: str, source: str) -> list[dict[str, Any]]:
    people = [_person(number) for number in range(60)]
    doubtful = ("=ZZYXA", "QUORBA", "PONCE") if place else ("ZZYXA", "QUORBA", "")
    people.append((*doubtful, dt.date(1980, 5, 17) if place else None))
    origin = {"source": source, "contract_id": contract_id, "delivery_id": "first", "faults": []}
    return [origin | _record(source, number, *person) for number, person in enumerate(people)]


def _person(number: int) -> tuple[str, str, str, dt.date | None]:
    one, two, three = (SOUNDS[(number * step + number // 10) % 10] for step in (1, 3, 7))
    surnames = f"{two}{three}REZ{SOUNDS[number // 10]}", f"{three}{one}MOS{SOUNDS[number % 7]}"
    return f"{one}{two}NA", *surnames, dt.date(1950 + number, 1 + number % 12, 2 + number % 26)


def _record(source: str, number: int, given: str, one: str, two: str, born: dt.date | None) -> dict[str, Any]:
    return {
        "record_id": f"{source}-{number}",
        "record_key": f"key{number}",
        "given_names": given,
        "given_names_std": given.lstrip("="),
        "surname_1": one,
        "surname_1_std": one,
        "surname_2": two or None,
        "surname_2_std": two or None,
        "birth_date": born,
        "birth_year": born.year if born else None,
        "birth_date_is_default": False if born else None,
    }
