"""Comparison: the level that a pair reaches in every comparison, packed into one whole number.

Conditions of the model become SQL here and nowhere else. A comparison takes four bits of the vector, the
first one the lowest; level 0 is null, and higher levels are more alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import duckdb

from linkage.features.building import SCHEME_PREFIX, schemes
from linkage.features.frequencies import FREQUENCY_PREFIX
from linkage.model.conditions import Condition, Distance, Edits, Exchanged, NamesInCommon, Similar
from linkage.model.declaration import Comparison, Model
from linkage.pairs.tiles import tiles
from warehouse.session import identifier, scan
from warehouse.storage import row_count, write_for_next_stage

LEVEL_BITS = 4
SHORTEST_IDENTIFIER = 6  # one edit in fewer characters is not yet near


def compare_pairs(
    connection: duckdb.DuckDBPyConnection, features_path: Path, pairs_path: Path, model: Model, vectors_path: Path
) -> int:
    """Write node_l, node_r, passes, record_pairs and `vector` for every candidate pair; return their number."""
    features, pairs, known_schemes = scan(features_path), scan(pairs_path), schemes(features_path)
    tiled = tiles(pairs, features, row_count(features_path))
    queries = [level_query(tile.pairs, tile.left, model, known_schemes, tile.right) for tile in tiled]
    if len(queries) == 1:
        return write_for_next_stage(connection, queries[0], vectors_path)
    connection.execute(f"create or replace temp table compared_pairs as {queries[0]}")
    for query in queries[1:]:
        connection.execute(f"insert into compared_pairs {query}")
    compared = write_for_next_stage(connection, "select * from compared_pairs", vectors_path)
    connection.execute("drop table compared_pairs")
    return compared


def level_query(
    pairs: str, features: str, model: Model, known_schemes: Sequence[str], right_features: str | None = None
) -> str:
    """The comparison vectors of `pairs` (node_l, node_r, passes) and the record pairs that each stands for.

    `right_features` are those of node_r, where they are not those of node_l.
    """
    levels = [f"{level_case(each, known_schemes)} as level_{place}" for place, each in enumerate(model.comparisons)]
    packed = (
        " | ".join(f"(level_{place}::ubigint << {LEVEL_BITS * place})" for place in range(len(model.comparisons)))
        or "0::ubigint"
    )
    return f"""
        with leveled as (
            select p.node_l, p.node_r, p.passes,
                case when p.node_l = p.node_r then l.weight * (l.weight - 1) // 2
                    else l.weight * r.weight end as record_pairs,
                {", ".join([*levels, "true as is_compared"])}
            from {pairs} as p
            join {features} as l on p.node_l = l.node
            join {right_features or features} as r on p.node_r = r.node
        )
        select node_l, node_r, passes, record_pairs::uinteger as record_pairs, {packed} as vector from leveled
    """


def rarity_query(vectors: str, features: str, model: Model) -> str:
    """`vectors` with `rarity`: ln T, the sum of ln(f / Σf²) over the values that agree at the level reached.

    Of two values that are only similar the more frequent one counts.
    """
    rarity = " + ".join(_rarity_case(place, each) for place, each in enumerate(model.comparisons)) or "0"
    return f"""
        select v.*, ({rarity})::float as rarity
        from {vectors} as v
        join {features} as l on v.node_l = l.node
        join {features} as r on v.node_r = r.node
    """


def vector_query(pairs: str, features: str, model: Model, known_schemes: Sequence[str]) -> str:
    """The comparison vectors of `pairs` with their rarity."""
    return rarity_query(f"({level_query(pairs, features, model, known_schemes)})", features, model)


def frequency_fields(comparison: Comparison) -> dict[int, tuple[float, tuple[str, ...]]]:
    """For each level that carries frequencies: its damping and the features whose values they are."""
    top = len(comparison.levels)
    return {
        top - rank: (level.damping, level.frequency) for rank, level in enumerate(comparison.levels) if level.frequency
    }


def level_case(comparison: Comparison, known_schemes: Sequence[str]) -> str:
    """The SQL of one comparison's level, over the features of the aliases l and r."""
    top = len(comparison.levels)
    known = " or ".join(_known(field, known_schemes) for field in comparison.known)
    branches = []
    for place, level in enumerate(comparison.levels):
        number = 0 if level.is_null else top - place
        branches.append(
            f"when {condition_sql(level.when, known_schemes)} then {number}" if level.when else f"else {number}"
        )
    return f"(case when not coalesce({known}, false) then 0 {' '.join(branches)} end)::utinyint"


def condition_sql(condition: Condition, known_schemes: Sequence[str]) -> str:
    """A boolean SQL expression over l and r; a test on a null is null or false, never true."""
    word = next(iter(condition.model_fields_set))
    if word in ("all_of", "any_of"):
        joint = " and " if word == "all_of" else " or "
        return "(" + joint.join(condition_sql(part, known_schemes) for part in getattr(condition, word)) + ")"
    if condition.not_:
        return f"not coalesce({condition_sql(condition.not_, known_schemes)}, false)"
    if condition.identifier:
        return IDENTIFIERS[condition.identifier](known_schemes)
    return TESTS[word](getattr(condition, word))


def _equal(fields: tuple[str, ...]) -> str:
    return "(" + " and ".join(f"l.{field} = r.{field}" for field in fields) + ")"


def _swapped(fields: tuple[str, str]) -> str:
    return f"(l.{fields[0]} = r.{fields[1]} and l.{fields[1]} = r.{fields[0]})"


def _crossed(fields: tuple[str, str]) -> str:
    return f"(l.{fields[0]} = r.{fields[1]} or l.{fields[1]} = r.{fields[0]})"


def _similar(test: Similar) -> str:
    return f"jaro_winkler_similarity(l.{test.field}, r.{test.field}) >= {test.at_least}"


def _exchanged(test: Exchanged) -> str:
    """Equal first letters come first, for they cost little and most pairs lack them."""
    one, other = test.fields
    initials = f"ord(l.{one}) = ord(r.{other}) and ord(l.{other}) = ord(r.{one})"
    similar = (
        f"jaro_winkler_similarity(l.{one}, r.{other}) >= {test.at_least}"
        f" and jaro_winkler_similarity(l.{other}, r.{one}) >= {test.at_least}"
    )
    return f"(case when {initials} then {similar} end)"


def _edits(test: Edits) -> str:
    return _within_edits(f"l.{test.field}", f"r.{test.field}", test.at_most)


def _within_edits(left: str, right: str, at_most: int) -> str:
    lengths = f"abs(length({left}) - length({right})) <= {at_most}"
    return f"(case when {lengths} then damerau_levenshtein({left}, {right}) <= {at_most} end)"


def _initial(field: str) -> str:
    return (
        f"(ord(l.{field}) = ord(r.{field}) and l.{field} <> r.{field}"
        f" and least(length(l.{field}), length(r.{field})) = 1)"
    )


def _distance(test: Distance) -> str:
    apart = f"abs(l.{test.field}::integer - r.{test.field})"
    if test.exactly:
        return f"{apart} in ({', '.join(str(number) for number in test.exactly)})"
    if test.at_least is not None:
        return f"{apart} >= {test.at_least}"
    return f"{apart} <= {test.at_most}"


def _names_in_common(test: NamesInCommon) -> str:
    """Each part of a name sets a bit of `name_bits`; pairs with too few bits in common need no closer look.

    The parts are a text, for a join carries a list at thrice the cost.
    """
    bits = f"bit_count(l.name_bits & r.name_bits) >= {test.at_least - 1}"
    left, right = "string_split(l.name_parts, ' ')", "string_split(r.name_parts, ' ')"
    common, shorter = f"length(list_intersect({left}, {right}))", f"least(length({left}), length({right}))"
    return f"(case when {bits} then {common} >= {test.at_least} and {common} >= {test.share} * {shorter} end)"


TESTS: dict[str, Callable[..., str]] = {
    "equal": _equal,
    "swapped": _swapped,
    "crossed": _crossed,
    "differs": lambda field: f"l.{field} <> r.{field}",
    "missing": lambda field: f"(l.{field} is null or r.{field} is null)",
    "holds": lambda field: f"(l.{field} or r.{field})",
    "similar": _similar,
    "exchanged": _exchanged,
    "edits": _edits,
    "initial": _initial,
    "distance": _distance,
    "names_in_common": _names_in_common,
}


def _agrees(known_schemes: Sequence[str]) -> str:
    columns = [identifier(SCHEME_PREFIX + name) for name in known_schemes]
    return _any(f"l.{column} = r.{column}" for column in columns)


def _near(known_schemes: Sequence[str]) -> str:
    return _any(_near_in(identifier(f"written:{name}")) for name in known_schemes)


def _near_in(column: str) -> str:
    """Values of one length are one edit apart where one character differs, or two next to each other are swapped.

    Counting the characters that differ costs a twentieth of the edit distance.
    """
    left, right = f"l.{column}", f"r.{column}"
    edits = f"damerau_levenshtein({left}, {right}) <= 1"
    same_length = f"case hamming({left}, {right}) when 0 then true when 1 then true when 2 then {edits} else false end"
    return (
        f"(case when least(length({left}), length({right})) >= {SHORTEST_IDENTIFIER} then"
        f" case length({left}) - length({right}) when 0 then {same_length} when 1 then {edits} when -1 then {edits} end"
        f" end)"
    )


def _shared(known_schemes: Sequence[str]) -> str:
    return _any(
        f"(l.{identifier('shared:' + name)} or r.{identifier('shared:' + name)})"
        f" and l.{identifier(SCHEME_PREFIX + name)} is not null and r.{identifier(SCHEME_PREFIX + name)} is not null"
        for name in known_schemes
    )


def _differs(known_schemes: Sequence[str]) -> str:
    return _any(
        f"l.{identifier(SCHEME_PREFIX + name)} <> r.{identifier(SCHEME_PREFIX + name)}"
        for name in _of_a_nation(known_schemes)
    )


IDENTIFIERS: dict[str, Callable[[Sequence[str]], str]] = {
    "agrees": _agrees,
    "near": _near,
    "shared": _shared,
    "differs": _differs,
}


def _known(field: str, known_schemes: Sequence[str]) -> str:
    """Both sides have the feature; identifiers are known where both have one scheme, or agree on a local one."""
    if field != "identifier":
        return f"(l.{field} is not null and r.{field} is not null)"
    written = [identifier(f"written:{name}") for name in _of_a_nation(known_schemes)]
    both = [f"(l.{column} is not null and r.{column} is not null)" for column in written]
    return _any([*both, _agrees(known_schemes)])


def _of_a_nation(known_schemes: Sequence[str]) -> list[str]:
    """Schemes whose numbers differ between persons; a source may give one person several of its own."""
    return [name for name in known_schemes if not name.startswith("local.")]


def _any(conditions: Iterable[str]) -> str:
    """The conditions joined by or, nulls read as false; false where there is none."""
    return "(" + " or ".join([*(f"coalesce({each}, false)" for each in conditions), "false"]) + ")"


def _rarity_case(place: int, comparison: Comparison) -> str:
    """ln(f / Σf²) of what agrees at the level reached, else 0."""
    branches = " ".join(
        f"when {level} then {damping} * ({' + '.join(map(_ratio, fields))})"
        for level, (damping, fields) in frequency_fields(comparison).items()
    )
    return f"(case (v.vector >> {LEVEL_BITS * place}) & 15 {branches} else 0 end)" if branches else "0"


def _ratio(field: str) -> str:
    column = identifier(FREQUENCY_PREFIX + field)
    return f"coalesce(greatest(l.{column}, r.{column}), 0)"
