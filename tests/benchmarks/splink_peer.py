"""Splink 5 as its documentation has it: DuckDB, its own comparisons, u by random sampling, m by EM.

Only the clustering threshold is not found as a user would: it is the best one by the truth.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
from measured import Stopwatch, best_threshold
from peer_columns import PAIRS_A_RECORD, affordable_rules, pairs_a_record, prepare
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink import comparison_library as cl

from linkage.evaluation.measures import pairwise
from warehouse.session import literal, scan

SEED = 20141210
U_PAIRS = 1e6  # the default of Splink, and what its tutorial takes
RECALL_OF_STRICT_RULES = 0.7
NAMES_SESSION = [("given_names_std", "surname_1_std"), ("given_names_std", "surname_1_std", "municipality_std")]
DATE_SESSION = [("birth_date",), ("birth_date", "municipality_std"), ("birth_date", "postal_code_std")]
THRESHOLDS = [float(weight) for weight in range(-6, 31, 4)]

COMPARISONS: dict[str, Callable[[str], Any]] = {
    "given_names_std": cl.NameComparison,
    "surname_1_std": cl.NameComparison,
    "surname_2_std": cl.NameComparison,
    "birth_date": lambda name: cl.DateOfBirthComparison(name, input_is_string=False),
    "sex": cl.ExactMatch,
    "phone_std": lambda name: cl.ExactMatch(name).configure(term_frequency_adjustments=True),
    "email_std": cl.EmailComparison,
    "address_std": lambda name: cl.JaroWinklerAtThresholds(name, [0.92, 0.85]).configure(
        term_frequency_adjustments=True
    ),
    "locality_std": lambda name: cl.JaroWinklerAtThresholds(name, [0.9]).configure(term_frequency_adjustments=True),
    "municipality_std": lambda name: cl.ExactMatch(name).configure(term_frequency_adjustments=True),
    "postal_code_std": lambda name: cl.LevenshteinAtThresholds(name, [1]).configure(term_frequency_adjustments=True),
    "birth_place_std": lambda name: cl.ExactMatch(name).configure(term_frequency_adjustments=True),
    "mother_name_std": cl.NameComparison,
    "father_name_std": cl.NameComparison,
}


def run(population: Path, folder: Path) -> None:
    """Link the records in `population` and leave clusters.parquet and measured.json in `folder`."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    told = json.loads((population / "population.json").read_text())
    connection, watch = duckdb.connect(config={"threads": 2}), Stopwatch()
    connection.execute("set enable_progress_bar = false")
    with watch.stage("prepare"):
        present = prepare(connection, population)
        rules = affordable_rules(connection, present)
        linker = _linker(connection, present, rules, told["duplicate_free"])
    with watch.stage("train"):
        _train(connection, linker, present)
    with watch.stage("predict"):
        predicted = linker.inference.predict(threshold_match_weight=THRESHOLDS[0])
    with watch.stage("cluster"):
        linker.clustering.cluster_pairwise_predictions_at_threshold(predicted, threshold_match_weight=0)
    threshold = _tune(connection, linker, predicted, population, folder)
    watch.write(folder, rules=rules, pairs=_rows(connection, predicted.physical_name), threshold=threshold)


def _linker(
    connection: duckdb.DuckDBPyConnection, present: list[str], rules: list[tuple[str, ...]], duplicate_free: list[str]
) -> Linker:
    compared = [_comparison(name) for name in present if name in COMPARISONS or name.startswith("number_")]
    sources = [name for (name,) in connection.sql("select distinct source from people order by source").fetchall()]
    settings = SettingsCreator(
        link_type=_link_type(sources, duplicate_free),
        unique_id_column_name="record_id",
        comparisons=compared,
        blocking_rules_to_generate_predictions=[block_on(*rule) for rule in rules],
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=False,
    )
    api = DuckDBAPI(connection=connection)
    tables = []
    for place, source in enumerate(sources):
        chosen = f"select * exclude (source) from people where source = {literal(source)}"
        connection.execute(f"create table people_{place} as {chosen}")
        tables.append(api.register(f"people_{place}", dataset_display_name=source))
    return Linker(tables, settings, log_level=logging.ERROR)


def _link_type(sources: list[str], duplicate_free: list[str]) -> Any:
    if len(sources) == 1:
        return "dedupe_only"
    return "link_only" if set(sources) <= set(duplicate_free) else "link_and_dedupe"


def _comparison(name: str) -> Any:
    return COMPARISONS.get(name, lambda number: cl.DamerauLevenshteinAtThresholds(number, [1]))(name)


def _train(connection: duckdb.DuckDBPyConnection, linker: Linker, present: list[str]) -> None:
    """Every comparison is trained in a session that does not block on it."""
    numbers = [name for name in present if name.startswith("number_")]
    strict = [*((name,) for name in numbers), ("birth_date", "given_names_std", "surname_1_std")]
    training = linker.training
    training.estimate_probability_two_random_records_match(
        [block_on(*rule) for rule in strict if set(rule) <= set(present)], recall=RECALL_OF_STRICT_RULES
    )
    training.estimate_u_using_random_sampling(max_pairs=U_PAIRS, seed=SEED)
    for rules in (NAMES_SESSION, DATE_SESSION, [(name,) for name in numbers[:1]]):
        possible = [rule for rule in rules if set(rule) <= set(present)]
        affordable = [rule for rule in possible if pairs_a_record(connection, rule) <= PAIRS_A_RECORD]
        for rule in affordable[:1]:
            _train_session(linker, rule)


def _train_session(linker: Linker, rule: tuple[str, ...]) -> None:
    """Splink stops with an error where EM runs an m towards 0; then fewer iterations keep it above."""
    settings = linker._settings_obj
    for iterations in (settings.training_settings.max_iterations, 10, 5, 3):
        settings.training_settings = replace(settings.training_settings, max_iterations=iterations)
        try:
            linker.training.estimate_parameters_using_expectation_maximisation(block_on(*rule))
        except ValueError as error:
            if "minimum allowed value" not in str(error):
                raise
        else:
            return


def _tune(
    connection: duckdb.DuckDBPyConnection, linker: Linker, predicted: Any, population: Path, folder: Path
) -> float:
    """Write the clusters at the threshold that the truth finds best; not timed.

    Splink's other way, single best links, is left out: on FEBRL 4 it had not ended after ten minutes and 7 GB.
    """
    truth = scan(population / "truth.parquet")
    tables: dict[float, str] = {}

    def quality(threshold: float) -> float:
        if threshold not in tables:
            clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(
                predicted, threshold_match_weight=threshold
            )
            tables[threshold] = clusters.physical_name
        return pairwise(connection, f"(select record_id, cluster_id from {tables[threshold]})", truth).f1

    best = best_threshold(quality, THRESHOLDS)
    query = f"select record_id, cluster_id from {tables[best]}"
    connection.execute(f"copy ({query}) to {literal(folder / 'clusters.parquet')}")
    return best


def _rows(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(connection.sql(f"select count(*) from {table}").fetchall()[0][0])


if __name__ == "__main__":
    run(Path(sys.argv[1]), Path(sys.argv[2]))
