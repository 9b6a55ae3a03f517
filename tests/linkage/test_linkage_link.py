"""The whole linkage on small sets: who must be one person, who must not, and inputs that nobody wishes for."""

from pathlib import Path

import duckdb
import pytest
from linkage_records import clusters, link_folder, link_rows, record, write_records

from linkage.evaluation.measures import at_thresholds, b_cubed, blocking_recall, pairwise
from linkage.features.building import present_features
from linkage.link import STAGES, LinkReport
from linkage.model.file import load_model
from linkage.model.parameters import FREQUENCIES, FrozenModel, Parameters
from linkage.model.reduction import reduced
from linkage.places import Places
from warehouse.errors import LinkageError, ModelError
from warehouse.session import scan
from warehouse.storage import read_table, row_count
from warehouse.tables import LINKS, REVIEW_QUEUE, SPINE

Linked = tuple[LinkReport, Places]


def truth(folder: Path) -> str:
    return scan(folder / "truth.parquet")


def test_the_town_is_found(session: duckdb.DuckDBPyConnection, town_folder: Path, linked_town: Linked) -> None:
    _, places = linked_town
    pairs = pairwise(session, scan(places.clusters), truth(town_folder))
    assert pairs.precision > 0.98
    assert pairs.recall > 0.96
    assert b_cubed(session, scan(places.clusters), truth(town_folder)).f1 > 0.985


def test_passes_and_thresholds_can_be_judged(
    session: duckdb.DuckDBPyConnection, town_folder: Path, linked_town: Linked
) -> None:
    report, places = linked_town
    names = [each.name for each in report.blocking.passes]
    recall = blocking_recall(session, scan(places.pairs), scan(places.nodes), truth(town_folder), names)
    assert recall["all"] > 0.98
    assert max(share for name, share in recall.items() if name != "all") < recall["all"]
    quality = at_thresholds(session, scan(places.edges), scan(places.nodes), truth(town_folder), [-6, 0, 10])
    assert quality[-6].recall >= quality[0].recall >= quality[10].recall
    assert quality[10].precision >= quality[0].precision


def test_every_record_has_a_person_and_every_table_its_schema(
    session: duckdb.DuckDBPyConnection, linked_town: Linked
) -> None:
    report, places = linked_town
    spine = read_table(SPINE, places.identity.spine)
    rows, records = session.sql(f"select count(*), count(distinct record_id) from {spine}").fetchall()[0]
    assert rows == records == report.counts.records
    assert session.sql(f"select count(*) from {read_table(LINKS, places.links)}").fetchall()[0][0] == report.links
    assert row_count(places.review_queue) == report.to_review > 0
    read_table(REVIEW_QUEUE, places.review_queue)
    assert list(report.seconds) == list(STAGES)


def test_the_order_of_the_rows_changes_nothing(
    session: duckdb.DuckDBPyConnection, town_folder: Path, linked_town: Linked, tmp_path: Path
) -> None:
    for name in ("records", "ids"):
        session.execute(
            f"copy (select * from {scan(town_folder / f'{name}.parquet')} order by hash(record_id, 99))"
            f" to '{tmp_path / f'{name}.parquet'}'"
        )
    _, places = link_folder(session, tmp_path)
    assert places.identity.spine.read_bytes() == linked_town[1].identity.spine.read_bytes()
    assert places.links.read_bytes() == linked_town[1].links.read_bytes()
    assert places.parameters.read_bytes() == linked_town[1].parameters.read_bytes()


def test_a_frozen_model_scores_the_same(
    session: duckdb.DuckDBPyConnection, town_folder: Path, linked_town: Linked, tmp_path: Path
) -> None:
    frozen = FrozenModel.read(linked_town[1].parameters)
    assert frozen.parameters == linked_town[0].parameters
    for name in ("records", "ids"):
        (tmp_path / f"{name}.parquet").symlink_to(town_folder / f"{name}.parquet")
    _, places = link_folder(session, tmp_path, frozen=frozen)
    assert places.links.read_bytes() == linked_town[1].links.read_bytes()


def test_a_frozen_pair_scores_the_same_among_other_records(
    session: duckdb.DuckDBPyConnection, town_folder: Path, linked_town: Linked, tmp_path: Path
) -> None:
    """Some families are left out, and with them the counts of all their names; the model was kept elsewhere.

    A number that one of them bears too is told of by its bearers, and is left out of the comparison.
    """
    kept = FrozenModel.read(linked_town[1].parameters).write(tmp_path / "kept")
    truth = scan(town_folder / "truth.parquet")
    session.execute(f"""
        create or replace temp table stayed as select record_id from {truth} where hash(left(person, 4)) % 3 > 0
    """)
    for name in ("records", "ids"):
        rows = f"select * from {scan(town_folder / f'{name}.parquet')} semi join stayed using (record_id)"
        session.execute(f"copy ({rows}) to '{tmp_path / f'{name}.parquet'}'")
    _, places = link_folder(session, tmp_path, frozen=FrozenModel.read(kept))
    pairs, other = session.sql(f"""
        with gone as (select * from {scan(town_folder / "ids.parquet")} anti join stayed using (record_id)),
        told as (select record_id from {scan(tmp_path / "ids.parquet")} semi join gone using (identifier_std))
        select count(*), count(*) filter (l.match_weight <> f.match_weight)
        from {scan(linked_town[1].links)} as l join {scan(places.links)} as f using (record_id_l, record_id_r)
        where record_id_l not in (from told) and record_id_r not in (from told)
    """).fetchall()[0]
    assert pairs > 1000
    assert other == 0


def test_frequencies_of_another_training_are_refused(linked_town: Linked, tmp_path: Path) -> None:
    kept = FrozenModel.read(linked_town[1].parameters).write(tmp_path)
    (tmp_path / FREQUENCIES).write_bytes(b"")
    with pytest.raises(ModelError, match="not the frequencies"):
        FrozenModel.read(kept)


def test_parameters_of_another_model_are_refused(
    session: duckdb.DuckDBPyConnection, linked_town: Linked, tmp_path: Path
) -> None:
    write_records(session, [record("a", "ANA/ROJAS"), record("b", "ANA/ROJAS")], tmp_path)
    first, *rest = load_model().comparisons
    other = load_model().model_copy(
        update={"comparisons": (first.model_copy(update={"levels": first.levels[1:]}), *rest)}
    )
    with pytest.raises(ModelError, match="trained on"):
        link_folder(session, tmp_path, other, frozen=FrozenModel.read(linked_town[1].parameters))
    (tmp_path / "broken.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ModelError, match="train the model again"):
        Parameters.read(tmp_path / "broken.json")


COUPLE = [
    record("a", "ANA LUZ/ROJAS/VEGA", "1980-05-07", sex="female", number="mx.curp=AAAA800507"),
    record("b", "ANA LUZ/ROJAS/VEGA", "1980-05-07", sex="female", number="mx.curp=AAAA800507", source="school"),
]


def with_town(
    session: duckdb.DuckDBPyConnection, town_folder: Path, linked: Linked, tmp_path: Path, rows: list, **options: object
) -> set:
    """Clusters of `rows` when they come among the people of the town, by the model that the town trained."""
    write_records(session, rows, tmp_path / "own")
    for name in ("records", "ids"):
        session.execute(
            f"copy (select * from {scan(town_folder / f'{name}.parquet')}"
            f" union all by name select * from {scan(tmp_path / 'own' / f'{name}.parquet')})"
            f" to '{tmp_path / f'{name}.parquet'}'"
        )
    _, places = link_folder(session, tmp_path, frozen=FrozenModel.read(linked[1].parameters), **options)
    own = {row["record_key"] for row in rows}
    return {group & own for group in clusters(session, places)} - {frozenset()}


def test_a_source_without_duplicates_keeps_two_records_apart(
    session: duckdb.DuckDBPyConnection, town_folder: Path, linked_town: Linked, tmp_path: Path
) -> None:
    rows = [dict(COUPLE[0]), dict(COUPLE[0], record_id="roll:c", record_key="c"), dict(COUPLE[1])]
    assert with_town(session, town_folder, linked_town, tmp_path, [dict(row) for row in rows]) == {frozenset("abc")}
    found = with_town(session, town_folder, linked_town, tmp_path, rows, duplicate_free=["roll"])
    assert len(found) == 2
    assert frozenset("ac") not in found


def test_twins_a_junior_and_a_lent_number_stay_apart(
    session: duckdb.DuckDBPyConnection, town_folder: Path, linked_town: Linked, tmp_path: Path
) -> None:
    home = {"address_std": "LOS OLIVOS 77", "municipality_std": "VILLA", "phone_std": "987654000"}
    rows = [
        record("twin 1", "ROCIO/QUISPE/MAMANI", "2015-04-09", sex="female", **home),
        record("twin 2", "PAMELA/QUISPE/MAMANI", "2015-04-09", sex="female", **home),
        record("senior", "EUSEBIO/QUISPE/CONDORI", "1975-03-12", sex="male", number="xx.number=5550001112", **home),
        record("junior", "EUSEBIO/QUISPE/MAMANI", "2004-11-23", sex="male", **home),
        record("child", "NATALIA/QUISPE/MAMANI", "2018-10-30", sex="female", number="xx.number=5550001112", **home),
    ]
    alone = {frozenset([row["record_key"]]) for row in rows}
    assert with_town(session, town_folder, linked_town, tmp_path, rows) == alone


def test_one_person_with_faults_is_one(
    session: duckdb.DuckDBPyConnection, town_folder: Path, linked_town: Linked, tmp_path: Path
) -> None:
    rows = [
        record("whole", "ROCIO BELEN/QUISPE/MAMANI", "1985-04-09", sex="female"),
        record("swapped", "ROCIO BELEN/MAMANI/QUISPE", "1985-09-04", sex="female", source="school"),
        record("married", "ROCIO BELEN/QUISPE/PORTILLO", "1985-04-09", sex="female", source="labour"),
        record("short", "ROCIO/QISPE", "1985-04-09", sex="female", source="clinic"),
    ]
    together = {frozenset(row["record_key"] for row in rows)}
    assert with_town(session, town_folder, linked_town, tmp_path, rows) == together


def test_judgements_stand_above_scores(
    session: duckdb.DuckDBPyConnection, town_folder: Path, linked_town: Linked, tmp_path: Path
) -> None:
    stranger = record("z", "PEDRO/CONDORI", "1950-12-30", sex="male")
    judgements = "(select * from (values {}) as judged(record_id_l, record_id_r, judgement))"
    apart = judgements.format("('roll:a', 'school:b', 'non_match')")
    couple = [dict(row) for row in COUPLE]
    assert frozenset("ab") not in with_town(session, town_folder, linked_town, tmp_path, couple, judgements=apart)
    together = judgements.format("('roll:a', 'roll:z', 'match'), ('roll:gone', 'roll:z', 'match')")
    rows = [*map(dict, COUPLE), stranger]
    assert with_town(session, town_folder, linked_town, tmp_path, rows, judgements=together) == {frozenset("abz")}


def test_no_records(session: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    assert link_rows(session, tmp_path, []) == set()


@pytest.mark.parametrize(
    "rows",
    [
        [record("a", "ANA/ROJAS", "1980-05-07")],
        [record("a"), record("b")],
        [record("a", sex="female"), record("b", sex="male")],
        [record("a", "💃🏽/🎉"), record("b", "РОСА/ПЕТРОВА"), record("c", "李/王")],
    ],
)
def test_strangers_stay_alone(session: duckdb.DuckDBPyConnection, tmp_path: Path, rows: list) -> None:
    assert link_rows(session, tmp_path, rows) == {frozenset([row["record_key"]]) for row in rows}


def test_identifiers_alone_link(session: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    rows = [
        record(f"{copy}{place}", number=f"mx.curp=ABCD{place:06d}", source=copy) for place in range(40) for copy in "ab"
    ]
    assert link_rows(session, tmp_path, rows) == {frozenset({f"a{place}", f"b{place}"}) for place in range(40)}


def test_sources_of_one_record_each(session: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    number = "mx.curp=AAAA800507"
    rows = [record(f"{place}", "ANA/ROJAS/VEGA", "1980-05-07", source=f"s{place}", number=number) for place in range(3)]
    rows.append(record("other", "EVA/SOTO/LUNA", "1991-02-03", source="s9", number="mx.curp=BBBB910203"))
    found = link_rows(session, tmp_path, rows, duplicate_free=[row["source"] for row in rows])
    assert frozenset(["other"]) in found
    assert frozenset().union(*found) == {"0", "1", "2", "other"}


def test_a_frozen_model_bears_a_field_that_is_gone(
    session: duckdb.DuckDBPyConnection, linked_town: Linked, tmp_path: Path
) -> None:
    places = [record("a", "ANA LUZ/ROJAS/VEGA", "1980-05-07"), record("b", "ANA LUZ/ROJAS/VEGA", "1980-05-08")]
    write_records(session, places, tmp_path)
    report, _ = link_folder(session, tmp_path, frozen=FrozenModel.read(linked_town[1].parameters))
    assert report.parameters == linked_town[0].parameters


def test_one_value_in_every_row(session: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    rows = [record(f"{place:04d}", "ANA/ROJAS", phone_std="000000000", municipality_std="LIMA") for place in range(600)]
    assert len(link_rows(session, tmp_path, rows)) == 600


def test_a_name_of_ten_thousand_letters(session: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    name = "ANA " * 2500 + "/" + "ROJAS" * 2000
    rows = [record("a", name, "1980-05-07"), record("b", name, "1980-05-07"), record("c", "EVA/VEGA", "1990-05-01")]
    assert frozenset("c") in link_rows(session, tmp_path, rows)


def test_two_records_of_one_id_are_refused(session: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    with pytest.raises(LinkageError, match="1 records share the id"):
        link_rows(session, tmp_path, [record("a", "ANA"), record("a", "EVA")])


def test_an_empty_field_is_left_out(session: duckdb.DuckDBPyConnection, linked_town: Linked) -> None:
    model = reduced(load_model(), present_features(session, linked_town[1].features))
    assert "email" not in {each.name for each in model.comparisons}


@pytest.mark.slow
def test_a_block_of_a_hundred_thousand(session: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    write_records(session, [record(f"{place:06d}", "ANA/ROJAS") for place in range(100_000)], tmp_path)
    report, _ = link_folder(session, tmp_path)
    assert report.blocking.pairs == 0
    assert any(each.skipped_records == 100_000 for each in report.blocking.passes)
