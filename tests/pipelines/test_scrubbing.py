import duckdb
import pytest

from pipelines.scrubbing import StepError, scrubbed
from warehouse.errors import DeliveryError

NAME = "Invented Person Zzyzx"


def test_a_library_error_is_told_without_its_text() -> None:
    with pytest.raises(StepError, match="ConversionException") as caught, scrubbed("intake"):
        duckdb.sql(f"select '{NAME}'::integer").fetchall()
    assert NAME not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_an_error_for_users_passes_as_it_is() -> None:
    with pytest.raises(DeliveryError, match="line 3"), scrubbed("intake"):
        raise DeliveryError("line 3")
