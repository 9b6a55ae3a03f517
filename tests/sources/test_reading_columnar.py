from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from invented import COLUMNS, Clinic

from warehouse.errors import DeliveryError

KEY, NAME, BORN = COLUMNS
SERVER = {"format": "parquet"}


def parquet(**columns: Any) -> bytes:
    file = BytesIO()
    pq.write_table(pa.table(columns), file)
    return file.getvalue()


MIDNIGHT, MORNING = datetime(1990, 2, 1), datetime(1990, 2, 1, 3, 4, 5)


@pytest.mark.parametrize(
    ("cell", "kind", "text"),
    [
        (7, pa.int32(), "7"),
        (2**62 + 1, pa.int64(), str(2**62 + 1)),
        (7.0, pa.float64(), "7"),
        (2.5, pa.float64(), "2.5"),
        (0.1, pa.float32(), "0.1"),
        (Decimal("7.00"), pa.decimal128(10, 2), "7"),
        (Decimal("7.50"), pa.decimal128(10, 2), "7.50"),
        (True, pa.bool_(), "true"),
        ("007", pa.string(), "007"),
        ("MUÑOZ", pa.dictionary(pa.int8(), pa.string()), "MUÑOZ"),
        (" ", pa.string(), None),
        (date(1990, 2, 1), pa.date32(), "1990-02-01"),
        (MIDNIGHT, pa.timestamp("ns"), "1990-02-01"),
        (MORNING, pa.timestamp("us"), "1990-02-01 03:04:05"),
        (MIDNIGHT.replace(tzinfo=UTC), pa.timestamp("us", "UTC"), "1990-02-01"),
        (None, pa.null(), None),
    ],
)
def test_typed_columns_are_read_as_text(clinic: Clinic, cell: Any, kind: pa.DataType, text: str | None) -> None:
    content = parquet(NAME=pa.array([cell], kind), KEY=["1"])
    assert clinic.take("a.parquet", content, columns=(KEY, NAME), server=SERVER).accepted == [(1, "1", text)]


def test_rows_are_numbered_through_the_file_and_quarantined_whole(clinic: Clinic) -> None:
    content = parquet(KEY=[1, None, 1], NAME=["ANA", "LUZ", "EVA"], BORN=[date(1990, 2, 1)] * 3)
    taken = clinic.take("a.parquet", content, server=SERVER)
    assert [row[0] for row in taken.accepted] == [1]
    assert "KEY is blank" in taken.reasons[2]
    assert "already stands on line 1 of a.parquet" in taken.reasons[3]
    assert taken.quarantined[0][2] == '{"KEY":null,"NAME":"LUZ","BORN":"1990-02-01"}'


def test_a_name_that_looks_like_a_pattern_or_partition_is_a_name(clinic: Clinic) -> None:
    content = parquet(KEY=["1"], NAME=["ANA"], BORN=["x"])
    clinic.deliver("NAME=LUZ/a*[1].parquet", content)
    taken = clinic.take_in(clinic.contract(server={**SERVER, "path": "clinic/*/*"}))
    assert taken.accepted == [(1, "1", "ANA", "x")]


def flipped(content: bytes) -> bytes:
    """Damaged pages under an untouched footer."""
    return content[:4] + bytes(len(content) // 4) + content[4 + len(content) // 4 :]


PEOPLE = {"KEY": [str(n) for n in range(99)], "NAME": ["ANA"] * 99, "BORN": ["x"] * 99}
REFUSED = {
    "cut short": (parquet(**PEOPLE)[:-9], "is damaged, cut short or no Parquet file"),
    "damaged pages": (flipped(parquet(**PEOPLE)), "is damaged, cut short or no Parquet file"),
    "text": (b"KEY,NAME,BORN\n", "is damaged, cut short or no Parquet file"),
    "no rows": (parquet(KEY=[], NAME=[], BORN=[]), "holds no rows"),
    "missing column": (parquet(KEY=[1], NAME=["ANA"]), "schema: .* missing column BORN"),
    "extra column": (parquet(**PEOPLE, MORE=[1] * 99), "unknown column MORE"),
    "capitals": (parquet(KEY=[1], NAME=["ANA"], born=["x"]), "BORN is written born"),
    "list": (parquet(KEY=[1], NAME=[["ANA"]], BORN=["x"]), "column NAME holds list.*, which is no plain value"),
    "bytes": (parquet(KEY=[1], NAME=[b"ANA"], BORN=["x"]), "column NAME holds binary, which is no plain value"),
}


@pytest.mark.parametrize(("content", "told"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_not_the_table_is_refused(clinic: Clinic, content: bytes, told: str) -> None:
    with pytest.raises(DeliveryError, match=rf"a\.parquet: .*{told}"):
        clinic.take("a.parquet", content, server=SERVER)
