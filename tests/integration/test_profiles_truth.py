"""Productive profiles, held against what the sample's people really do."""

import duckdb
import pytest
from held_against_truth import LEAST, quality


@pytest.mark.parametrize(("column", "question"), [("is_trained", "trained"), ("seeks_work", "seeks_work")])
def test_who_was_trained_and_who_seeks_work(truth: duckdb.DuckDBPyConnection, column: str, question: str) -> None:
    """Of those who answered. One answer in a hundred is entered the wrong way round: few are trained, so many of the
    yeses are mistakes, and the noes are what can be held to account.
    """
    told = f"select person_id from productive_profiles join who using (entity_id) where {column}"
    precision, recall = quality(
        truth,
        f"{told} = false",
        f"""select person_id from true_events
            where kind = 'answer' and detail = '{question}' and amount = 0 and person_id in ({told} is not null)""",
    )
    assert precision >= LEAST
    assert recall >= LEAST
