import pytest
from open_data_contract_standard.model import DataQuality

from quality.bound import Bound, read_bound
from quality.place import RuleError


@pytest.mark.parametrize(
    ("rule", "admitted", "refused"),
    [
        ({"mustBe": 5}, [5], [4, 6]),
        ({"mustNotBe": 5}, [4, 6], [5]),
        ({"mustBeGreaterThan": 5}, [6], [5, 4]),
        ({"mustBeGreaterOrEqualTo": 5}, [5, 6], [4]),
        ({"mustBeLessThan": 5}, [4], [5, 6]),
        ({"mustBeLessOrEqualTo": 5}, [4, 5], [6]),
        ({"mustBeBetween": [2, 5]}, [2, 3, 5], [1, 6]),
        ({"mustNotBeBetween": [2, 5]}, [1, 6], [2, 3, 5]),
    ],
)
@pytest.mark.parametrize(("unit", "rows"), [("rows", 7), ("percent", 100), (None, 0)])
def test_each_comparison_admits_what_it_says(rule, admitted, refused, unit, rows):
    bound = read_bound(DataQuality(**rule, unit=unit))
    assert [bound.admits(value, rows) for value in admitted] == [True] * len(admitted)
    assert [bound.admits(value, rows) for value in refused] == [False] * len(refused)


@pytest.mark.parametrize(
    ("measured", "rows", "limit", "admitted"),
    [(1, 1000, 0.1, True), (7, 100, 7, True), (1, 3, 33.3, False), (29, 100, 29, True), (3, 7, 42.9, True)],
)
def test_percentages_are_of_all_rows_and_exact_at_the_limit(measured, rows, limit, admitted):
    assert Bound("mustBeLessOrEqualTo", (limit,), "percent").admits(measured, rows) is admitted


def test_a_percentage_of_no_rows_cannot_be_judged():
    with pytest.raises(ZeroDivisionError):
        Bound("mustBeLessThan", (5,), "percent").admits(0, 0)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({}, "0 comparisons"),
        ({"mustBe": 1, "mustBeLessThan": 3}, "2 comparisons"),
        ({"mustBe": "none"}, "mustBe needs a number"),
        ({"mustBe": True}, "mustBe needs a number"),
        ({"mustBeBetween": [5, 2]}, "the smaller first"),
        ({"mustBe": 1, "unit": "kilo"}, "unknown unit kilo"),
    ],
)
def test_what_is_no_bound_is_refused(rule, said):
    with pytest.raises(RuleError, match=said):
        read_bound(DataQuality(**rule))


def test_a_bound_reads_as_a_sentence():
    assert str(Bound("mustNotBeBetween", (1, 2.5), "percent")) == "must not be between 1 and 2.5 percent of the rows"
