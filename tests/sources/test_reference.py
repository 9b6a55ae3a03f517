"""The reference lists beside the contracts, read strictly."""

from pathlib import Path

import pytest

from sources.reference import ListedProgramme, as_table, listed_programmes, listed_territories
from warehouse.errors import ContractError
from warehouse.settings import SAMPLE_SOURCES

HEADER = "source,programme,name,programme_type,social_protection_function,contribution_type,benefit_type\n"


def test_the_sample_lists_are_sound() -> None:
    programmes = listed_programmes(SAMPLE_SOURCES)
    assert {each.programme: each.programme_type for each in programmes}["familias"] == "2"
    assert as_table(ListedProgramme, programmes).num_rows == len(programmes) == 6
    assert {each.level for each in listed_territories(SAMPLE_SOURCES)} == {"country", "region", "municipality"}


def test_without_lists_there_is_nothing(tmp_path: Path) -> None:
    assert listed_programmes(tmp_path) == listed_territories(tmp_path) == ()


FAULTS = [
    ("a code of no list", "s,a,,99,,,\n", "line 2, column programme_type"),
    ("a line that is too long", "s,a,,,,,,more\n", "line 2"),
    ("a line that is too short", "s,a\n", "line 2, column name"),
    ("a programme listed twice", "s,a,,,,,\ns,a,,,,,\n", "line 3: s a is listed twice"),
]


@pytest.mark.parametrize(("fault", "lines", "told"), FAULTS, ids=[fault for fault, *_ in FAULTS])
def test_a_faulty_list_is_told_by_line(tmp_path: Path, fault: str, lines: str, told: str) -> None:
    (tmp_path / "programmes.csv").write_text(HEADER + lines)
    with pytest.raises(ContractError, match=told):
        listed_programmes(tmp_path)


def test_a_parent_must_be_listed(tmp_path: Path) -> None:
    (tmp_path / "territories.csv").write_text("code,level,name,parent_code,country\n01001,municipality,,01,MX\n")
    with pytest.raises(ContractError, match="parent_code of 01001"):
        listed_territories(tmp_path)
