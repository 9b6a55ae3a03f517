"""Productive profiles, held against what the sample's people really do."""

from pathlib import Path

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


@pytest.mark.parametrize(("column", "question"), [("is_trained", "trained"), ("seeks_work", "seeks_work")])
def test_no_answer_is_another_persons(
    truth: duckdb.DuckDBPyConnection, sample_home: Path, column: str, question: str
) -> None:
    """Yes and no are what the person said: where the profile is wrong, the answer was entered the wrong way round."""
    events = sample_home / "lake" / "standard" / "social_development.questionnaire" / "events.parquet"
    ((right, all_, yes),) = truth.sql(f"""
        select count(*) filter (said), count(*), count(*) filter ({column})
        from (
            select {column}, list_contains(list(amount), {column}::integer) as said
            from productive_profiles join who using (entity_id)
            join (select person_id, amount from '{events}' join known using (record_id) where unit = '{question}')
                using (person_id)
            where {column} is not null group by entity_id, {column}
        )
    """).fetchall()
    assert yes > 50
    assert right / all_ >= 0.995
