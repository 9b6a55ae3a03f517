"""Workbooks, Parquet files and archives with mutated bytes: refused with a reason, or every row accounted for."""

import gzip

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from invented import COLUMNS, Clinic
from test_odd_formats import FORMATS, as_zip

from sources.contract import SourceContract
from sources.delivery import find_deliveries
from sources.reading.intake import take_in
from warehouse.errors import DeliveryError

EXTRACTS = {
    "xlsx": ("xlsx", "a.xlsx", FORMATS["xlsx"][0]()),
    "parquet": ("parquet", "a.parquet", FORMATS["parquet"][0]()),
    "gz": ("csv", "a.csv.gz", gzip.compress(FORMATS["csv"][0](), mtime=0)),
    "zip": ("csv", "a.csv.zip", as_zip(FORMATS["csv"][0]())),
}
MUTATIONS = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 4), st.binary(min_size=0, max_size=4)), min_size=1, max_size=3
)


def mutated(data: bytes, mutations: list[tuple[float, int, bytes]]) -> bytes:
    """The file with some bytes cut out and others put in, anywhere in it."""
    for place, cut, piece in mutations:
        start = int(place * len(data))
        data = data[:start] + piece + data[start + cut :]
    return data


@pytest.fixture(params=EXTRACTS)
def extract(request: pytest.FixtureRequest, clinic: Clinic) -> tuple[SourceContract, str, bytes]:
    form, name, data = EXTRACTS[request.param]
    return clinic.contract(columns=COLUMNS, server={"path": "clinic/*", "format": form}), name, data


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mutations=MUTATIONS)
def test_every_mutation_is_told_or_conserved(
    clinic: Clinic, extract: tuple[SourceContract, str, bytes], mutations: list[tuple[float, int, bytes]]
) -> None:
    contract, name, data = extract
    clinic.deliver(name, mutated(data, mutations))
    try:
        (delivery,) = find_deliveries(contract, clinic.landing)
        intake = take_in(clinic.connection, contract, delivery, clinic.layout)
    except DeliveryError as error:
        assert name in str(error)
        assert not any(value in str(error) for value in ("MUÑOZ", "HYPERLINK", "01/02/1990"))
    else:
        assert intake.rows_delivered == intake.rows_accepted + intake.rows_quarantined > 0
