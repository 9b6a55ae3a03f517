"""The international classifications, held against what is published of their structure."""

from collections import Counter

import pytest

from warehouse.code_lists.lists import ISCED_2011, ISCO_08, code_list_rows, codes_of


def titles(code_list: str) -> dict[str, str]:
    return {str(row["code"]): str(row["label"]) for row in code_list_rows() if row["code_list"] == code_list}


def test_isco_08_has_the_groups_that_the_standard_counts() -> None:
    assert Counter(map(len, codes_of(ISCO_08))) == {1: 10, 2: 43, 3: 130, 4: 436}


def test_isced_2011_has_its_levels_and_every_code_its_level() -> None:
    assert {code for code in codes_of(ISCED_2011) if len(code) == 1} == set("012345678")


@pytest.mark.parametrize("code_list", [ISCO_08, ISCED_2011])
def test_every_group_lies_in_a_coarser_one_and_none_but_the_finest_is_empty(code_list: str) -> None:
    codes, finest = codes_of(code_list), max(map(len, codes_of(code_list)))
    assert all(code[:-1] in codes for code in codes if len(code) > 1)
    inner = {code for code in codes if len(code) < finest}
    assert inner == {code[:length] for code in codes if len(code) == finest for length in range(1, finest)}


@pytest.mark.parametrize("code_list", [ISCO_08, ISCED_2011])
def test_one_title_is_borne_by_groups_within_each_other_alone(code_list: str) -> None:
    told = titles(code_list)
    for title in set(told.values()):
        *coarser, finest = sorted((code for code in told if told[code] == title), key=len)
        assert all(finest.startswith(code) for code in coarser), title


@pytest.mark.parametrize(
    ("code_list", "code", "title"),
    [
        (ISCO_08, "0310", "Armed forces occupations, other ranks"),
        (ISCO_08, "2221", "Nursing professionals"),
        (ISCO_08, "634", "Subsistence fishers, hunters, trappers and gatherers"),
        (ISCO_08, "9629", "Elementary workers not elsewhere classified"),
        (ISCED_2011, "020", "Some early childhood education"),
        (ISCED_2011, "75", "Master's or equivalent level, professional"),
    ],
)
def test_codes_bear_the_titles_of_the_standard(code_list: str, code: str, title: str) -> None:
    assert titles(code_list)[code] == title


@pytest.mark.parametrize("code", ["9999", "2215", "27", "1000", "X"])
def test_what_the_standard_does_not_have_is_no_code(code: str) -> None:
    assert code not in codes_of(ISCO_08)
