"""recordlinkage as the oracle: the SQL engine proposes the same pairs and gives each the same levels and weight."""

from __future__ import annotations

import json
import string
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from linkage_febrl import SETS, write_febrl
from linkage_records import Row, clusters, link_folder, record, write_records
from linkage_town import write_town

from linkage.engines import candidates, classifier, conditions, frames, relations, vectors
from linkage.engines.choice import MODULES
from linkage.features.building import build_features, present_features
from linkage.model.declaration import Model
from linkage.model.file import load_model
from linkage.model.reduction import reduced
from linkage.model.vocabulary import KEY_PARTS
from linkage.pairs import block_policy, blocking, comparison
from linkage.weights import scoring
from linkage.weights.training import train
from warehouse.errors import LinkageError
from warehouse.session import scan

# Every test that a condition may hold and the default model does not use, so that the oracle sees them all.
OTHER_WORDS = {
    "name": "other words",
    "known": ["given", "birth_year"],
    "levels": [
        {"name": "one edit", "when": {"edits": {"field": "given", "at_most": 1}}},
        {"name": "two years", "when": {"distance": {"field": "birth_year", "at_most": 2}}},
        {"name": "exactly", "when": {"distance": {"field": "birth_year", "exactly": [3, 10]}}},
        {"name": "shared", "when": {"all": [{"identifier": "shared"}, {"not": {"identifier": "agrees"}}]}},
        {"name": "two names", "when": {"names_in_common": {"at_least": 2, "share": 0.5}}},
        {"name": "exchanged", "when": {"exchanged": {"fields": ["given", "surname_1"], "at_least": 0.8}}},
        {"name": "default day", "when": {"all": [{"holds": "birth_is_default"}, {"differs": "sex"}]}},
        {"name": "far", "when": {"any": [{"distance": {"field": "birth_year", "at_least": 40}}, {"missing": "sex"}]}},
        {"name": "different"},
    ],
}
EVERY_PART = {
    "max_block": 6,
    "least_block": 2,
    "passes": [{"name": part, "key": [part], "refine": ["given_any", "sex"]} for part in KEY_PARTS],
}


def small_model(**sections: object) -> Model:
    """The default model with smaller blocks, so that the oracle, which is slow, has fewer pairs to see."""
    document = load_model().model_dump(by_alias=True, exclude_unset=True)
    document["blocking"] |= {"max_block": 4, "least_block": 2}
    document["training"] |= {"random_pairs": 20_000}
    return Model.model_validate(document | sections)


def prepare(connection: duckdb.DuckDBPyConnection, folder: Path, model: Model) -> tuple[Path, Model]:
    features = folder / "features.parquet"
    inputs = scan(folder / "records.parquet"), scan(folder / "ids.parquet")
    build_features(connection, *inputs, model, [], None, folder / "nodes.parquet", features)
    return features, reduced(model, present_features(connection, features))


def assert_same(connection: duckdb.DuckDBPyConnection, one: Path, other: Path) -> None:
    """The same rows in both files."""
    tables = [connection.sql(f"select * from {scan(path)} order by node_l, node_r").df() for path in (one, other)]
    pd.testing.assert_frame_equal(*tables)


def hold_to_reference(connection: duckdb.DuckDBPyConnection, folder: Path, model: Model) -> tuple[Path, Model]:
    """Pairs and levels; returns what `hold_weights` goes on with."""
    features, model = prepare(connection, folder, model)
    report = blocking.propose_pairs(connection, features, model.blocking, folder / "pairs.parquet")
    assert candidates.propose_pairs(connection, features, model.blocking, folder / "oracle_pairs.parquet") == report
    assert_same(connection, folder / "pairs.parquet", folder / "oracle_pairs.parquet")
    comparison.compare_pairs(connection, features, folder / "pairs.parquet", model, folder / "vectors.parquet")
    vectors.compare_pairs(connection, features, folder / "pairs.parquet", model, folder / "oracle_vectors.parquet")
    assert_same(connection, folder / "vectors.parquet", folder / "oracle_vectors.parquet")
    return features, model


def hold_weights(connection: duckdb.DuckDBPyConnection, folder: Path, features: Path, model: Model) -> None:
    parameters = train(connection, features, folder / "vectors.parquet", model, 7)
    scored = features, folder / "vectors.parquet", model, parameters
    assert scoring.score_pairs(connection, *scored, folder / "edges.parquet") > 0
    classifier.score_pairs(connection, *scored, folder / "oracle_edges.parquet")
    edges = [
        connection.sql(f"select * from {scan(folder / name)} order by node_l, node_r").df()
        for name in ("edges.parquet", "oracle_edges.parquet")
    ]
    pd.testing.assert_frame_equal(*edges, rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("number", SETS)
def test_febrl(session: duckdb.DuckDBPyConnection, tmp_path: Path, number: int) -> None:
    write_febrl(session, tmp_path, number)
    prepared = hold_to_reference(session, tmp_path, small_model())
    if number == 1:
        hold_weights(session, tmp_path, *prepared)


@pytest.mark.slow
@pytest.mark.parametrize("number", SETS)
def test_febrl_with_every_pair_of_the_default_model(
    session: duckdb.DuckDBPyConnection, tmp_path: Path, number: int
) -> None:
    write_febrl(session, tmp_path, number)
    hold_weights(session, tmp_path, *hold_to_reference(session, tmp_path, load_model()))


def test_a_town(session: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tight budget, so that blocks are refined and skipped."""
    monkeypatch.setattr(block_policy, "LEAST_BUDGET", 1500)
    write_town(session, tmp_path, homes=150, seed=11)
    hold_weights(session, tmp_path, *hold_to_reference(session, tmp_path, small_model()))


@pytest.mark.parametrize("budget", [40, 250_000])
def test_every_key_part(
    session: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, budget: int
) -> None:
    monkeypatch.setattr(block_policy, "LEAST_BUDGET", budget)
    write_town(session, tmp_path, homes=60, seed=12)
    model = small_model(blocking=EVERY_PART | {"pairs_per_record": 0.001})
    features, model = prepare(session, tmp_path, model)
    report = blocking.propose_pairs(session, features, model.blocking, tmp_path / "pairs.parquet")
    assert candidates.propose_pairs(session, features, model.blocking, tmp_path / "oracle.parquet") == report
    assert_same(session, tmp_path / "pairs.parquet", tmp_path / "oracle.parquet")
    assert sum(each.refined_blocks for each in report.passes) > 20


def few(*values: str) -> st.SearchStrategy[str | None]:
    """One of few values, or of the words that an edit or two makes of them, or nothing."""
    slip = st.tuples(st.sampled_from(values), st.integers(0, 9), st.sampled_from(string.ascii_uppercase))
    slipped = slip.map(lambda drawn: drawn[0][: drawn[1]] + drawn[2] + drawn[0][drawn[1] + 1 :])
    return st.one_of(st.sampled_from(values), st.sampled_from(values), slipped, st.none())


NAMES = few("ANA", "ANA MARIA", "MARIA ANA", "MARIA", "A", "MARTHA", "MARHTA", "DIXON", "DICKSONX", "BELEN", "VELEN")
SURNAMES = few("PEREZ", "PERES", "GOMEZ PEREZ", "GOMES", "DELGADO", "DELGADILLO", "LOPEZ", "LOPE")
PLACES = few("NORTE", "NORTE CHICO", "SUR", "SURESTE")
NUMBERS = st.lists(
    st.sampled_from(
        [
            "xx.id=123456",
            "xx.id=123465!",
            "xx.id=1234567",
            "xx.id=123457",
            "yy.id=AB1234",
            "yy.id=BA1234",
            "yy.id=AB1243!",
            "local.roll=77",
            "local.roll=78",
            "yy.id=AB123",
            "xx.id=9988776655",
        ]
    ),
    max_size=2,
    unique_by=lambda number: number.split("=")[0],
)
DATES = st.sampled_from(
    ["", "1980-01-01", "1980-02-03", "1980-03-02", "1981-02-03", "1970-02-03", "1980-02-28", "2010-07-01"]
)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "given": NAMES,
            "one": SURNAMES,
            "two": SURNAMES,
            "born": DATES,
            "numbers": NUMBERS,
            "whole": st.booleans(),
            "sex": st.sampled_from([None, "female", "male"]),
            "phone_std": st.sampled_from([None, "+52155512345", "51234"]),
            "email_std": few("ana@example.org", "anna@example.org"),
            "address_std": few("NORTE 12", "12 NORTE", "NORTES 12"),
            "municipality_std": PLACES,
            "locality_std": PLACES,
            "region_std": PLACES,
            "birth_place_std": PLACES,
            "postal_code_std": st.sampled_from([None, "01000", "01001"]),
            "mother_name_std": NAMES,
            "father_name_std": NAMES,
            "household_key": st.sampled_from([None, "roll:1", "roll:2"]),
        }
    ),
    min_size=20,
    max_size=30,
)


def as_record(key: int, drawn: Row) -> Row:
    fields = {name: value for name, value in drawn.items() if name.endswith(("_std", "_key")) or name == "sex"}
    names = f"{drawn['given'] or ''}/{drawn['one'] or ''}/{drawn['two'] or ''}"
    whole = {"full_name": names, "given_names": None} if drawn["whole"] else {}
    return record(str(key), names, drawn["born"], number=" ".join(drawn["numbers"]), **fields, **whole)


@settings(max_examples=6, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(rows=ROWS)
def test_generated_records_reach_the_same_levels(
    session: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory, rows: list[Row]
) -> None:
    folder = tmp_path_factory.mktemp("generated")
    write_records(session, [as_record(key, drawn) for key, drawn in enumerate(rows)], folder)
    comparisons = [*load_model().model_dump(by_alias=True, exclude_unset=True)["comparisons"], OTHER_WORDS]
    features, model = prepare(session, folder, small_model(comparisons=comparisons))
    session.execute(f"""
        copy (
            select l.node as node_l, r.node as node_r, 0::uinteger as passes
            from {scan(features)} as l join {scan(features)} as r on l.node < r.node
        ) to '{folder / "pairs.parquet"}'
    """)
    comparison.compare_pairs(session, features, folder / "pairs.parquet", model, folder / "vectors.parquet")
    vectors.compare_pairs(session, features, folder / "pairs.parquet", model, folder / "oracle.parquet")
    assert_same(session, folder / "vectors.parquet", folder / "oracle.parquet")


def test_the_oracle_knows_every_word() -> None:
    assert conditions.TESTS.keys() == comparison.TESTS.keys()
    assert relations.RELATIONS.keys() == comparison.IDENTIFIERS.keys()


def test_the_model_file_chooses_the_engine(
    session: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both link the same town alike; only one of them minds a bound on the reference."""
    found, passes = {}, json.dumps(small_model().blocking.model_dump())
    for name in MODULES:
        write_town(session, tmp_path / name, homes=40, seed=13)
        (tmp_path / "model.yaml").write_text(f"engine: {name}\nblocking: {passes}")
        model = load_model(tmp_path / "model.yaml")
        found[name] = link_folder(session, tmp_path / name, model)
    assert clusters(session, found["sql"][1]) == clusters(session, found["recordlinkage"][1])
    assert found["sql"][0].edges == found["recordlinkage"][0].edges > 100
    monkeypatch.setattr(frames, "MOST_NODES", 3)
    with pytest.raises(LinkageError, match="too many for the engine recordlinkage"):
        link_folder(session, tmp_path / name, model)


def test_too_many_records_are_refused(
    session: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_records(session, [record(str(key), f"NAME{key}/SURNAME") for key in range(4)], tmp_path)
    features, _ = prepare(session, tmp_path, load_model())
    monkeypatch.setattr(frames, "MOST_NODES", 3)
    with pytest.raises(LinkageError, match=r"4 distinct records are too many .*engine: sql"):
        frames.feature_frame(features)


def test_the_classifier_speaks_recordlinkage(session: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    write_febrl(session, tmp_path, 1)
    features, model = prepare(session, tmp_path, small_model())
    blocking.propose_pairs(session, features, model.blocking, tmp_path / "pairs.parquet")
    comparison.compare_pairs(session, features, tmp_path / "pairs.parquet", model, tmp_path / "vectors.parquet")
    parameters = train(session, features, tmp_path / "vectors.parquet", model, 7)
    compared = session.sql(f"from {scan(tmp_path / 'vectors.parquet')}").df()
    rarity = vectors.rarities(frames.feature_frame(features), compared, model)
    frame = classifier.level_frame(compared, rarity, parameters)
    mixture = classifier.MixtureClassifier(parameters)
    probability = mixture.prob(frame)
    assert mixture.predict(frame).equals(frame.index[probability >= 0.5])
    assert 470 <= np.sum(probability >= 0.5) <= 520  # FEBRL 1 holds 500 pairs
    with pytest.raises(LinkageError, match="trained by linkage"):
        mixture.fit(frame)
