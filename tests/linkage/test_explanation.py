import itertools
import math
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from linkage_records import link_folder, record, write_records

from linkage.clusters.constraints import held_query
from linkage.explanation.cohesion import explain_person, strongest_tree
from linkage.explanation.figures import Bar, Figure, pair_figure, person_figure
from linkage.explanation.history import id_events, separations
from linkage.explanation.naming import person_named, record_named
from linkage.explanation.pair import Linked, explain_pair, weighed
from linkage.explanation.verdict import Verdict, verdict
from linkage.explanation.waterfall import html, svg
from linkage.model.declaration import Training
from linkage.model.file import load_model
from linkage.model.parameters import level_of
from linkage.places import Places
from linkage.review.judgements import judge
from linkage.task import Task
from linkage.weights.attribution import attributed, match_weight
from warehouse.errors import LinkageError, ModelError, StorageError
from warehouse.layout import Layout
from warehouse.session import scan

MODEL = load_model()
QUICK = MODEL.model_copy(update={"training": Training(random_pairs=20_000)})


def task(folder: Path, **options: Any) -> Task:
    home = Places.under(Layout(folder / "home"))
    return Task(scan(folder / "records.parquet"), scan(folder / "ids.parquet"), home, MODEL, 7, **options)


@pytest.fixture(scope="module")
def linked(session: duckdb.DuckDBPyConnection, town_folder: Path, linked_town: object) -> Linked:
    return Linked.by(session, task(town_folder), {})


def sample(session: duckdb.DuckDBPyConnection, query: str, count: int) -> list[tuple[Any, ...]]:
    return session.sql(f"select * from ({query}) order by hash(columns(*)) limit {count}").fetchall()


def test_what_is_explained_adds_up_to_the_published_weight(session: duckdb.DuckDBPyConnection, linked: Linked) -> None:
    links = f"select record_id_l, record_id_r, match_weight, pattern from {scan(linked.places.links)}"
    for one, other, weight, pattern in sample(session, links, 40):
        pair = explain_pair(session, linked, other, one)
        assert pair.weight == weight
        assert math.isclose(pair.prior + sum(s.bits for s in pair.steps) + pair.frequency, weight, abs_tol=1e-9)
        for place, (step, comparison) in enumerate(zip(pair.steps, linked.model.comparisons, strict=True)):
            level = int(level_of(np.array([pattern], dtype=np.uint64), place)[0])
            assert step.is_null == (level == 0)
            assert step.is_null or step.level == comparison.levels[len(comparison.levels) - level].name
            assert step.bits == 0 or not step.is_null
        shares = dict(pair.shares)
        assert math.isclose(sum(shares.values()), 1)
        assert math.isclose(shares["match"], 1 / (1 + 2**-weight), abs_tol=1e-5)


def test_pairs_that_no_pass_proposed_are_explained_as_the_engine_would_weigh_them(
    session: duckdb.DuckDBPyConnection, linked: Linked
) -> None:
    nodes = scan(linked.places.nodes)
    ids = [record_id for (record_id,) in sample(session, f"select min(record_id) from {nodes} group by node", 25)]
    for one, other in itertools.pairwise(ids):
        pair = explain_pair(session, linked, one, other)
        ends = sorted((pair.node_l, pair.node_r))
        listed = f"(select {ends[0]}::uinteger as node_l, {ends[1]}::uinteger as node_r)"
        assert pair.weight == float(weighed(session, linked, listed)["weight"][0])
        assert math.isclose(pair.prior + sum(s.bits for s in pair.steps) + pair.frequency, pair.weight, abs_tol=1e-9)


def test_a_pair_is_explained_alike_from_both_ends(session: duckdb.DuckDBPyConnection, linked: Linked) -> None:
    ((one, other),) = sample(session, f"select record_id_l, record_id_r from {scan(linked.places.links)}", 1)
    assert explain_pair(session, linked, one, other) == explain_pair(session, linked, other, one)


@st.composite
def evidence(draw: st.DrawFn, most: int = 5, classes: int = 4) -> tuple[np.ndarray, ...]:
    count = draw(st.integers(0, most))
    number = st.floats(-8, 0)
    shares = np.array(draw(st.lists(number, min_size=classes, max_size=classes)))
    likelihoods = np.array(draw(st.lists(number, min_size=count * classes, max_size=count * classes)))
    rarities = np.array(draw(st.lists(st.floats(-5, 5), min_size=count, max_size=count)))
    return shares, likelihoods.reshape(count, classes), rarities


@settings(max_examples=60, deadline=None)
@given(evidence())
def test_a_credit_is_the_mean_over_all_orders(given_evidence: tuple[np.ndarray, ...]) -> None:
    shares, likelihoods, rarities = given_evidence
    expected = np.zeros(len(rarities))
    orders = list(itertools.permutations(range(len(rarities))))
    for order in orders:
        joint, rarity = shares.copy(), 0.0
        for place in order:
            before = _weight(joint, rarity)
            joint, rarity = joint + likelihoods[place], rarity + rarities[place]
            expected[place] += (_weight(joint, rarity) - before) / len(orders)
    np.testing.assert_allclose(attributed(shares, likelihoods, rarities), expected, atol=1e-9)


def _weight(joint: np.ndarray, rarity: float) -> float:
    """The formula of `linkage.weights.scoring`, told plainly."""
    others = math.exp(joint[1]) + sum(math.exp(chance + rarity) for chance in joint[2:])
    return (joint[0] - math.log(others)) / math.log(2)


@settings(max_examples=60, deadline=None)
@given(evidence(most=8))
def test_credits_add_up_to_the_weight(given_evidence: tuple[np.ndarray, ...]) -> None:
    shares, likelihoods, rarities = given_evidence
    total = match_weight(shares + likelihoods.sum(axis=0), rarities.sum()) - match_weight(shares, np.zeros(()))
    assert math.isclose(attributed(shares, likelihoods, rarities).sum(), total, abs_tol=1e-9)


def test_with_two_classes_a_credit_is_the_classic_log_ratio() -> None:
    m, u = np.array([0.9, 0.02, 0.7]), np.array([0.01, 0.6, 0.7])
    shares = np.log([0.1, 1e-300, 0.9])
    likelihoods = np.log(np.column_stack([m, u, u]))
    np.testing.assert_allclose(attributed(shares, likelihoods, np.zeros(3)), np.log2(m / u), atol=1e-9)


ANA = "ANA LUZ / VEGA / PONCE"


def explained(
    session: duckdb.DuckDBPyConnection, folder: Path, rows: list[dict[str, Any]], pair: tuple[str, str], **options: Any
) -> Verdict:
    """Link `rows` beside the records of a town, and judge why `pair` is one person or two."""
    judged = {each.pair: each for each in options.pop("judged", [])}
    write_records(session, [*rows, *_crowd()], folder)
    if judged:
        words = ", ".join(f"('{one}', '{other}', '{each.judgement}')" for (one, other), each in judged.items())
        options["judgements"] = f"(select * from (values {words}) as t(record_id_l, record_id_r, judgement))"
    link_folder(session, folder, QUICK, **options)
    linked = Linked.by(
        session, replace(task(folder, duplicate_free=options.get("duplicate_free", ())), model=QUICK), judged
    )
    found = explain_pair(session, linked, *pair)
    return verdict(session, linked, found)


def _crowd() -> list[dict[str, Any]]:
    """People enough for a model to be trained on: sixty, each in two sources."""
    sounds = ["BA", "DE", "FI", "GO", "LU", "MA", "NE", "PI", "RO", "TU"]
    rows = []
    for number in range(60):
        one, two, three = (sounds[(number * step + number // 10) % 10] for step in (1, 3, 7))
        names = f"{one}{two}NA / {two}{three}REZ{sounds[number // 10]} / {three}{one}MOS{sounds[number % 7]}"
        born = f"{1950 + number}-{1 + number % 12:02d}-{2 + number % 26:02d}"
        rows += [record(f"crowd{number}", names, born, source=source) for source in ("north", "south")]
    return rows


def numbered(number: str) -> dict[str, Any]:
    return {"number": f"mx.curp={number}"}


@pytest.mark.parametrize(
    ("rows", "options", "is_one", "reason"),
    [
        (
            [record("1", ANA, "1980-05-17", source="roll"), record("2", ANA, "1980-05-17", source="card")],
            {},
            True,
            "equal in all that is compared",
        ),
        (
            [
                record("1", ANA, "1980-05-17", source="roll"),
                record("2", "ANA / VEGA / PONCE", "1980-05-17", source="card"),
            ],
            {},
            True,
            "reaches the link threshold",
        ),
        (
            [record("1", ANA, "1980-05-17", source="roll"), record("2", ANA, "1980-05-17", source="roll")],
            {"duplicate_free": ["roll"]},
            False,
            "The two records may not be one person: both come from roll, which is declared free of duplicates.",
        ),
        (
            [
                record("1", ANA, "1980-05-17", source="roll", **numbered("VEPA800517MDFGNN01")),
                record("2", ANA, "1980-05-17", source="card", **numbered("VEPA800517MDFXNN92")),
                record("3", ANA, "1980-05-17", source="tax", **numbered("VEPA800517MDFGNN01")),
                record("4", ANA, "1980-05-17", source="tax", **numbered("VEPA800517MDFXNN92")),
            ],
            {},
            False,
            "The two records may not be one person: their numbers of mx.curp differ, and a person has one.",
        ),
        (
            [
                record("1", ANA, "1980-05-17", source="roll"),
                record("2", "RITO / MOYA / BALZAC", "1951-01-09", source="card"),
            ],
            {},
            False,
            "below the",
        ),
    ],
)
def test_a_verdict_names_what_decided(
    session: duckdb.DuckDBPyConnection,
    tmp_path: Path,
    rows: list[dict[str, Any]],
    options: dict[str, Any],
    is_one: bool,
    reason: str,
) -> None:
    found = explained(session, tmp_path, rows, (rows[0]["record_id"], rows[1]["record_id"]), **options)
    assert found.is_one == is_one
    assert reason in " ".join(found.reasons)
    assert not [value for value in ("ANA", "VEGA", "MOYA", "VEPA", "1980") if value in " ".join(found.reasons)]


@pytest.mark.parametrize(
    ("word", "is_one", "reason"),
    [("non_match", False, "Judged two people by desk"), ("match", True, "Judged one person by desk")],
)
def test_a_verdict_names_the_judgement(
    session: duckdb.DuckDBPyConnection, tmp_path: Path, word: str, is_one: bool, reason: str
) -> None:
    rows = [record("1", ANA, "1980-05-17", source="roll"), record("2", ANA, "1980-05-17", source="card")]
    judged = judge("roll:1", "card:2", word, who="desk", why="", at=datetime(2026, 3, 1, tzinfo=UTC))
    found = explained(session, tmp_path, rows, ("roll:1", "card:2"), judged=[judged])
    assert found.is_one == is_one
    assert reason in found.reasons[0]


def test_a_judgement_of_others_keeps_whole_persons_apart(session: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    rows = [record(str(place), ANA, "1980-05-17", source=name) for place, name in enumerate(("roll", "card", "home"))]
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    words = [("roll:0", "card:1", "non_match"), ("card:1", "home:2", "match")]
    judged = [judge(one, other, word, who="desk", why="", at=moment) for one, other, word in words]
    found = explained(session, tmp_path, rows, ("roll:0", "home:2"), judged=judged)
    assert not found.is_one
    assert "The records card:1 and roll:0 of the two were judged two people by desk" in " ".join(found.reasons)


def test_links_that_repair_undid_are_told_with_their_mean(session: duckdb.DuckDBPyConnection, linked: Linked) -> None:
    cut = f"select record_id_l, record_id_r from {scan(linked.places.review_queue)} where reason = 'cut'"
    told = []
    for one, other in sample(session, cut, 10):
        found = verdict(session, linked, explain_pair(session, linked, one, other))
        assert not found.is_one
        told += found.reasons
    assert told
    assert all("Repair parted them" in reason or "too large to repair" in reason for reason in told)


def test_no_person_holds_two_of_what_one_can_hold_only_one_of(
    session: duckdb.DuckDBPyConnection, town_folder: Path, tmp_path: Path
) -> None:
    constraints = MODEL.constraints.model_copy(update={"one_per_person": ("xx.number",)})
    model = QUICK.model_copy(update={"constraints": constraints})
    for name in ("records.parquet", "ids.parquet"):
        (tmp_path / name).symlink_to(town_folder / name)
    _, places = link_folder(session, tmp_path, model, duplicate_free=["tax"])
    held = held_query(places.features, places.nodes, model, ["tax"])
    session.execute(f"""
        create or replace temp table held_by_person as
        select holds_one_of, count(distinct value) as values from ({held})
        join {scan(places.nodes)} using (node) join {scan(places.clusters)} using (record_id)
        group by holds_one_of, cluster_id
    """)
    kinds = session.sql("select distinct holds_one_of from held_by_person").fetchall()
    assert sorted(kinds) == [("scheme xx.number",), ("source tax",)]
    assert session.sql("select count(*) from held_by_person where values > 1").fetchall() == [(0,)]


def test_a_person_is_held_together_by_its_strongest_ties(session: duckdb.DuckDBPyConnection, linked: Linked) -> None:
    spine = scan(linked.places.identity.spine)
    persons = f"select entity_id from {spine} group by entity_id having count(*) >= 5"
    for (entity_id,) in sample(session, persons, 3):
        person = explain_person(session, linked, entity_id)
        nodes = {member.node for member in person.members}
        assert len(person.members) == len(nodes) + person.equal
        assert len(person.ties) == len(nodes) - 1
        graph = nx.Graph()
        first = {member.node: member.record_id for member in reversed(person.members)}
        for one, other in itertools.combinations(sorted(first.values()), 2):
            graph.add_edge(one, other, weight=explain_pair(session, linked, one, other).weight)
        oracle = nx.maximum_spanning_tree(graph)
        expected = sorted(data["weight"] for _, _, data in oracle.edges(data=True))
        assert [tie.weight for tie in person.ties] == expected


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 7), st.randoms(use_true_random=False))
def test_the_strongest_tree_equals_networkx(nodes: int, random: Any) -> None:
    weights = np.full((nodes, nodes), -np.inf)
    for one, other in itertools.combinations(range(nodes), 2):
        weights[one, other] = weights[other, one] = random.choice([random.uniform(-9, 9), -np.inf, np.inf])
    finite = {pair: float(np.clip(weights[pair], -1e3, 1e3)) for pair in itertools.combinations(range(nodes), 2)}
    graph = nx.Graph()
    graph.add_nodes_from(range(nodes))
    graph.add_weighted_edges_from((one, other, weight) for (one, other), weight in finite.items())
    expected = nx.maximum_spanning_tree(graph).size(weight="weight")
    found = strongest_tree(weights)
    assert nx.is_tree(nx.Graph(found)) if found else nodes == 1
    assert math.isclose(sum(finite[min(edge), max(edge)] for edge in found), expected, abs_tol=1e-6)


def test_a_figure_is_a_waterfall_without_values(
    session: duckdb.DuckDBPyConnection, linked: Linked, town_folder: Path
) -> None:
    links = f"select record_id_l, record_id_r from {scan(linked.places.links)} where is_link"
    for one, other in sample(session, links, 5):
        pair = explain_pair(session, linked, one, other)
        figure = pair_figure(pair, verdict(session, linked, pair))
        *steps, total = figure.bars
        assert all(math.isclose(before.end, after.start) for before, after in itertools.pairwise(steps))
        assert math.isclose(steps[-1].end, total.end, abs_tol=1e-9)
        texts = " ".join(ET.fromstring(svg(figure)).itertext())
        names = session.sql(
            f"select coalesce(full_name, given_names), surname_1_std from {scan(town_folder / 'records.parquet')}"
            f" where record_id in ('{one}', '{other}')"
        ).fetchall()
        assert not [name for row in names for name in row if name and name in texts]


def test_a_drawing_holds_all_it_shows_and_breaks_on_no_text() -> None:
    bars = (Bar("<b>&\x07", "'\"", 0.0, -3.0, "against"), Bar("none", "", -3.0, -3.0, "for"))
    figure = Figure("a <title> & more", bars, ("a note",), (("name", "ANA </svg>", ""),))
    drawing = ET.fromstring(svg(figure))
    assert "ANA </svg>" in " ".join(drawing.itertext())
    page = html(figure)
    assert "<title>a &lt;title&gt; &amp; more</title>" in page
    assert page.replace("http://www.w3.org/2000/svg", "").count("http") == 0
    ET.fromstring(svg(Figure("empty", (), ())))


def test_the_figure_of_a_person_names_the_weakest_link(session: duckdb.DuckDBPyConnection, linked: Linked) -> None:
    spine = scan(linked.places.identity.spine)
    (entity_id,) = sample(session, f"select entity_id from {spine} group by entity_id having count(*) = 4", 1)[0]
    person = explain_person(session, linked, entity_id)
    notes = " ".join(person_figure(person).notes)
    assert all(member.record_id in notes for member in person.members)
    assert "The weakest link, of " in notes
    assert f" weighs {min(tie.weight for tie in person.ties):+.2f} bits." in notes


def test_a_person_tells_which_links_did_not_join_it(session: duckdb.DuckDBPyConnection, linked: Linked) -> None:
    spine = scan(linked.places.identity.spine)
    cut = f"""
        select l.entity_id, r.entity_id, max(match_weight) from {scan(linked.places.links)} as p
        join {spine} as l on record_id_l = l.record_id join {spine} as r on record_id_r = r.record_id
        where is_link and l.entity_id <> r.entity_id group by all
    """
    for one, other, weight in sample(session, cut, 3):
        for mine, theirs in ((one, other), (other, one)):
            found = {each.entity_id: each for each in separations(session, linked, mine)}
            assert found[theirs].weight == weight
            assert found[theirs].reasons
            person = explain_person(session, linked, mine)
            notes = " ".join(person_figure(person, apart=list(found.values())).notes)
            assert f"Kept apart from {theirs}" in notes
            assert found[theirs].reasons[0] in notes
    joined = f"""
        select entity_id from {spine} anti join (
            select unnest([record_id_l, record_id_r]) as record_id from {scan(linked.places.review_queue)}
        ) as queued using (record_id) group by entity_id
    """
    whole = [entity_id for (entity_id,) in sample(session, joined, 200)]
    assert any(separations(session, linked, entity_id) == () for entity_id in whole[:3])


def test_records_and_persons_can_be_named_in_several_ways(session: duckdb.DuckDBPyConnection, linked: Linked) -> None:
    places = linked.places
    rows = sample(session, f"select record_id, source, record_key, entity_id from {scan(places.identity.spine)}", 3)
    for record_id, source, key, entity_id in rows:
        assert record_named(session, places, record_id) == record_id
        assert record_named(session, places, f"{source}:{key}") == record_id
        assert person_named(session, places, entity_id) == entity_id
        assert person_named(session, places, f"{source}:{key}") == entity_id
        assert person_named(session, places, record_id) == entity_id


@pytest.mark.parametrize("named", [record_named, person_named])
@pytest.mark.parametrize("name", ["secret'key", "roll:secret", "secret", ""])
def test_an_unknown_name_is_not_repeated(
    session: duckdb.DuckDBPyConnection, linked: Linked, named: Any, name: str
) -> None:
    with pytest.raises(LinkageError) as caught:
        named(session, linked.places, name)
    assert "secret" not in str(caught.value)


def test_a_person_merged_since_is_found_by_the_old_id(session: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    rows = [record("1", ANA, "1980-05-17", source="roll"), record("2", "ANA / BEGA", "1980-12-17", source="card")]
    write_records(session, [*rows, *_crowd()], tmp_path)
    apart = "(select 'card:2' as record_id_l, 'roll:1' as record_id_r, '{}' as judgement)"
    _, places = link_folder(session, tmp_path, QUICK, judgements=apart.format("non_match"))
    old = [person_named(session, places, name) for name in ("roll:1", "card:2")]
    link_folder(session, tmp_path, QUICK, judgements=apart.format("match"))
    now = person_named(session, places, "roll:1")
    assert len(set(old)) == 2
    assert [person_named(session, places, name) for name in old] == [now, now]
    gone = next(entity_id for entity_id in old if entity_id != now)
    after = Linked.by(session, replace(task(tmp_path), model=QUICK), {})
    told = {entity_id: id_events(session, after, entity_id) for entity_id in old}
    assert told[now] == (
        "Run 1: the id was given, to 1 record.",
        f"Run 2: {gone}, of 1 record, was merged into this person.",
    )
    assert told[gone][1] == f"Run 2: the person, of 1 record, was merged into {now}."


def test_before_the_first_linkage_the_remedy_is_told(session: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    write_records(session, [record("1", ANA)], tmp_path)
    for fault in (
        lambda: Linked.by(session, task(tmp_path), {}),
        lambda: record_named(session, task(tmp_path).places, "roll:1"),
        lambda: person_named(session, task(tmp_path).places, "roll:1"),
    ):
        with pytest.raises(StorageError, match="padron link"):
            fault()


def test_another_model_than_the_trained_one_is_refused(session: duckdb.DuckDBPyConnection, linked: Linked) -> None:
    other = MODEL.model_copy(update={"comparisons": MODEL.comparisons[1:]})
    with pytest.raises(ModelError, match="trained on"):
        Linked.by(session, Task("", "", linked.places, other, 7), {})
