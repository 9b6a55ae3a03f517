import pytest

from quality.conservation import ROWS_CONSERVED, RowCounts, rows_conserved


def test_rows_are_conserved_when_each_was_accepted_or_quarantined():
    outcome = rows_conserved([RowCounts("2026-10", 100, 90, 10), RowCounts("2026-11", 0, 0, 0)])
    assert (outcome.success, outcome.evaluated, outcome.unexpected, outcome.sample) == (True, 100, 0, ())
    assert (outcome.name, outcome.severity) == (ROWS_CONSERVED.name, "critical")


@pytest.mark.parametrize(
    ("accepted", "quarantined", "astray"), [(89, 10, 1), (90, 11, 1), (0, 0, 100), (100, 100, 100)]
)
def test_rows_lost_or_doubled_are_counted_and_their_delivery_named(accepted, quarantined, astray):
    outcome = rows_conserved([RowCounts("sound", 5, 5, 0), RowCounts("off", 100, accepted, quarantined)])
    assert (outcome.success, outcome.unexpected, outcome.sample, outcome.blocks) == (False, astray, ("off",), True)


def test_one_delivery_too_many_does_not_make_up_for_one_too_few():
    outcome = rows_conserved([RowCounts("a", 10, 11, 0), RowCounts("b", 10, 9, 0)])
    assert (outcome.success, outcome.unexpected, outcome.sample) == (False, 2, ("a", "b"))


def test_without_a_delivery_nothing_is_known():
    outcome = rows_conserved([])
    assert not outcome.success
    assert outcome.error == "there is no delivery to count."
