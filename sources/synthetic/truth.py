"""The truth, written apart: who everyone is, which record is whose, what really happened. No pipeline step reads it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sources.synthetic.arrays import NEVER, NOBODY, Ints, Text, blanked, optional_dates
from sources.synthetic.fields.contact import household
from sources.synthetic.given_names import given_names
from sources.synthetic.places import places
from sources.synthetic.population import COUNTRIES
from sources.synthetic.rolls import Roll
from sources.synthetic.surnames import surnames
from sources.synthetic.vocabulary import Vocabulary
from sources.synthetic.world import World
from warehouse.layout import PRIVATE_FILE, private_folder

RECORDS = pa.schema([("source", pa.string()), ("record_key", pa.string()), ("person_id", pa.string())])
FAULTS = pa.schema([("source", pa.string()), ("record_key", pa.string()), ("fault", pa.string())])
HOMES = pa.schema([("source", pa.string()), ("record_key", pa.string()), ("household_id", pa.int64())])
EVENTS = pa.schema([
    ("kind", pa.string()), ("person_id", pa.string()), ("start_date", pa.date32()), ("end_date", pa.date32()),
    ("period", pa.string()), ("amount", pa.float64()), ("country", pa.string()), ("detail", pa.string()),
])  # fmt: skip


@dataclass(frozen=True)
class Ledger:
    """Four open tables of the truth: the records delivered, their faults and their homes, the events behind them."""

    world: World
    writers: dict[str, pq.ParquetWriter]

    def enter(self, source: str, roll: Roll) -> None:
        """Enter every row of a roll: whose record it is, and what is wrong with it."""
        self._write("records", source=source, record_key=roll.keys, person_id=self.ids(roll.person))
        for fault, mask in roll.faults.items():
            rows = pa.array(np.flatnonzero(mask))
            self._write("faults", source=source, record_key=roll.keys.take(rows), fault=fault)

    def housed(self, source: str, roll: Roll) -> None:
        """Enter for every row of a roll the household in which the person lived when the row was written."""
        self._write("homes", source=source, record_key=roll.keys, household_id=pa.array(household(roll)))

    def happened(self, kind: str, person: Ints, **columns: pa.Array | str) -> None:
        """Enter events of one kind; `columns` as in `EVENTS`, one value for all where it is a string."""
        empty = {name: pa.nulls(len(person), EVENTS.field(name).type) for name in EVENTS.names[2:]}
        self._write("events", **{"kind": kind, "person_id": self.ids(person), **empty, **columns})

    def ids(self, person: Ints) -> Text:
        """The ids of persons by position; null for `NOBODY`."""
        return self.world.person_ids.take(pa.array(np.maximum(person, 0), mask=person == NOBODY))

    def _write(self, table: str, **columns: pa.Array | str) -> None:
        rows = next(len(values) for values in columns.values() if not isinstance(values, str))
        if rows == 0:
            return
        schema = self.writers[table].schema
        full = {name: pa.repeat(v, rows) if isinstance(v := columns[name], str) else v for name in schema.names}
        self.writers[table].write_table(pa.table(full, schema=schema))


@contextmanager
def open_ledger(folder: Path, world: World) -> Iterator[Ledger]:
    """The ledger in `folder`, with the persons and households already written."""
    private_folder(folder)
    _write_table(folder / "persons.parquet", _persons(world))
    _write_table(folder / "memberships.parquet", _memberships(world))
    _write_table(folder / "households.parquet", _households(world))
    with ExitStack() as stack:
        writers = {}
        for name, schema in (("records", RECORDS), ("faults", FAULTS), ("homes", HOMES), ("events", EVENTS)):
            writers[name] = stack.enter_context(
                pq.ParquetWriter(folder / f"{name}.parquet", schema, compression="zstd")
            )
            (folder / f"{name}.parquet").chmod(PRIVATE_FILE)
        yield Ledger(world, writers)


def _write_table(path: Path, table: pa.Table) -> None:
    pq.write_table(table, path, compression="zstd")
    path.chmod(PRIVATE_FILE)


def _persons(world: World) -> pa.Table:
    people, ids = world.people, world.person_ids
    kin, names = people.kin, people.names

    def relative(position: Ints) -> Text:
        return ids.take(pa.array(np.maximum(position, 0), mask=position == NOBODY))

    def word(vocabulary: Vocabulary, codes: Ints) -> Text:
        return vocabulary.written(codes)

    return pa.table({
        "person_id": ids,
        "given_name_1": word(given_names().vocabulary, names.given_1),
        "given_name_2": word(given_names().vocabulary, names.given_2),
        "surname_1": word(surnames().vocabulary, names.surname_1),
        "surname_2": word(surnames().vocabulary, names.surname_2),
        "sex": pa.array(["male", "female"]).take(pa.array(kin.sex)),
        "birth_date": optional_dates(kin.birth),
        "death_date": optional_dates(np.where(people.alive, NEVER, kin.death)),
        "birth_municipality": places().codes.take(pa.array(people.birthplace, mask=people.birthplace == NOBODY)),
        "birth_country": pa.array(COUNTRIES).take(pa.array(people.country)),
        "arrival_date": optional_dates(people.arrival),
        "is_indigenous": pa.array(people.indigenous),
        "mother_id": relative(kin.mother),
        "father_id": relative(kin.father),
        "partner_id": relative(kin.partner),
        "union_date": optional_dates(kin.union),
        "is_separated": pa.array(kin.separated),
        "curp": blanked(~world.life.has_curp, people.numbers.curp),
        "rfc": people.numbers.rfc,
        "nss": people.numbers.nss,
        "is_twin": pa.array(_twins(kin.mother, kin.birth)),
    })  # fmt: skip


def _twins(mother: Ints, birth: Ints) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    birthday = np.where(mother == NOBODY, -1 - np.arange(len(mother)), mother * 10**6 + birth)
    _, group, size = np.unique(birthday, return_inverse=True, return_counts=True)
    return np.asarray(size[group] > 1)


def _memberships(world: World) -> pa.Table:
    living = np.flatnonzero(world.people.alive)
    homes = world.people.homes
    return pa.table({
        "household_id": pa.array(homes.household[living]),
        "person_id": world.person_ids.take(pa.array(living)),
        "is_head": pa.array(homes.head[homes.household[living]] == living),
        "moved_date": optional_dates(homes.moved[living]),
    })  # fmt: skip


def _households(world: World) -> pa.Table:
    homes = world.people.homes
    size = np.bincount(homes.household[world.people.alive], minlength=homes.count)
    lived_in = np.flatnonzero(size)
    return pa.table({
        "household_id": pa.array(lived_in),
        "size": pa.array(size[lived_in]),
        "municipality": places().codes.take(pa.array(homes.municipality[lived_in])),
        "is_poor": pa.array(world.life.poor[lived_in]),
        **{name: pa.array(values[lived_in]) for name, values in world.interviews.of_household.items()},
    })  # fmt: skip
