"""A trained model as the settings JSON of Splink 5, over the features, and what Splink cannot express of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from linkage.model.declaration import BlockingPass, Comparison, Level, Model
from linkage.model.parameters import Parameters
from linkage.model.vocabulary import KEY_PARTS
from linkage.pairs.comparison import condition_sql, level_case
from linkage.weights.mixture import MATCH

COLUMN = re.compile(r'\b([lr])\.(?:"([^"]+)"|(\w+))')
WORD = re.compile(r"\b[a-z]\w*\b(?!\()")
SQL_WORDS = frozenset({"case", "when", "then", "else", "end", "is", "not", "null", "and", "or"})
ALWAYS_LEFT_OUT = (
    "families: Splink knows two kinds of pair, so relatives count as unmatched pairs like any other",
    "chance agreement given a pass: u is that of random pairs",
    "blocks: Splink has no cap on their size, so large ones are neither refined nor skipped",
    "clusters: average linkage, constraints and judgements come after scoring and stay here",
    "equal records: the table holds each once; its `weight` is how many it stands for",
)


@dataclass(frozen=True)
class SplinkExport:
    """Settings for `Linker(features, settings)`, with `features` the table of nodes, and what they leave out."""

    settings: dict[str, Any]
    left_out: tuple[str, ...]

    def json(self) -> str:
        """The settings as the text of a file that Splink reads as it is."""
        return json.dumps(self.settings, indent=1, ensure_ascii=False) + "\n"


def splink_settings(model: Model, parameters: Parameters, known_schemes: Sequence[str]) -> SplinkExport:
    """`model` with its trained `parameters` as Splink settings; raise `ModelError` where they do not belong together.

    `model` is reduced to the features that are there, and `known_schemes` are the identifier schemes among them.
    """
    parameters.check(model)
    settings = {
        "link_type": "dedupe_only",
        "unique_id_column_name": "node",
        "probability_two_random_records_match": prior(parameters),
        "comparisons": [
            _comparison(each, place, parameters, known_schemes) for place, each in enumerate(model.comparisons)
        ],
        "blocking_rules_to_generate_predictions": [
            _rule(each) for each in model.blocking.passes if not _is_broad(each)
        ],
    }
    return SplinkExport(settings, (*ALWAYS_LEFT_OUT, *_left_out(model)))


def prior(parameters: Parameters) -> float:
    """The share of matches among all pairs: those among the candidate pairs, as though no others were there."""
    trained = parameters.trained_on
    every_pair = max(trained.nodes * (trained.nodes - 1) / 2, 1)
    return min(parameters.classes[MATCH].share * trained.candidate_pairs / every_pair, 0.5)


def _comparison(
    comparison: Comparison, place: int, parameters: Parameters, known_schemes: Sequence[str]
) -> dict[str, Any]:
    """Splink's levels: what is null first, then as in the model; the last takes what is left."""
    null = {
        "sql_condition": _splink_columns(f"{level_case(comparison, known_schemes)} = 0"),
        "label_for_charts": "nothing to compare",
        "is_null_level": True,
    }
    top = len(comparison.levels)
    stated = [(top - rank, level) for rank, level in enumerate(comparison.levels) if not level.is_null]
    levels = [
        {
            "sql_condition": _condition(level, known_schemes) if level is not stated[-1][1] else "ELSE",
            "label_for_charts": level.name,
            "m_probability": parameters.classes[MATCH].levels[place][number - 1],
            "u_probability": parameters.random_levels[place][number - 1],
            **_term_frequency(level),
        }
        for number, level in stated
    ]
    return {"output_column_name": comparison.name, "comparison_levels": [null, *levels]}


def _condition(level: Level, known_schemes: Sequence[str]) -> str:
    return _splink_columns(condition_sql(level.when, known_schemes)) if level.when else "ELSE"


def _splink_columns(sql: str) -> str:
    """Splink names a pair's columns name_l and name_r."""
    return COLUMN.sub(lambda found: f'"{found[2] or found[3]}_{found[1]}"', sql)


def _term_frequency(level: Level) -> dict[str, Any]:
    """Splink weighs one column a level, by u / f, which is the model's rarity where u is Σf²: at plain equality."""
    if not _is_plain(level):
        return {}
    return {"tf_adjustment_column": level.frequency[0], "disable_tf_exact_match_detection": True}


def _is_plain(level: Level) -> bool:
    return level.when is not None and len(level.frequency) == 1 and level.when.equal == level.frequency


def _rule(each: BlockingPass) -> dict[str, Any]:
    arrays = [KEY_PARTS[part].sql for part in each.key if KEY_PARTS[part].many]
    rule = " and ".join(f"{_side(part, 'l')} = {_side(part, 'r')}" for part in each.key)
    return {"blocking_rule": rule, "sql_dialect": "duckdb"} | ({"arrays_to_explode": arrays} if arrays else {})


def _side(part: str, side: str) -> str:
    """The SQL of a key part with every column of one side."""
    return WORD.sub(lambda word: word[0] if word[0] in SQL_WORDS else f"{side}.{word[0]}", KEY_PARTS[part].sql)


def _is_broad(each: BlockingPass) -> bool:
    """A pass of one part that the cap alone holds to few pairs; without the cap it proposes nearly all."""
    return each.pairs_per_record is not None


def _left_out(model: Model) -> Iterator[str]:
    for each in model.blocking.passes:
        if _is_broad(each):
            yield f"pass {each.name}: without a cap it would propose too many pairs"
    for comparison in model.comparisons:
        for level in comparison.levels:
            if level.frequency and not _is_plain(level):
                yield f"term frequency of {', '.join(level.frequency)} at {comparison.name}, {level.name}"
