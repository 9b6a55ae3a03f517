"""The export to Splink: its shape always, and where Splink is installed (the group `bench`) its weights."""

from __future__ import annotations

import json
import math
from importlib.util import find_spec
from pathlib import Path

import duckdb
import pytest
from linkage_febrl import write_febrl
from linkage_records import link_folder
from linkage_town import write_town

from linkage.engines.splink_settings import SplinkExport, splink_settings
from linkage.features.building import present_features, schemes
from linkage.model.declaration import Model
from linkage.model.file import load_model
from linkage.model.parameters import Parameters, level_of
from linkage.model.reduction import reduced
from linkage.places import Places
from linkage.weights.mixture import MATCH
from warehouse.errors import ModelError
from warehouse.session import scan

needs_splink = pytest.mark.skipif(find_spec("splink") is None, reason="splink is in the group bench")


def exported(connection: duckdb.DuckDBPyConnection, folder: Path) -> tuple[Places, Model, Parameters, SplinkExport]:
    report, places = link_folder(connection, folder)
    model = reduced(load_model(), present_features(connection, places.features))
    return places, model, report.parameters, splink_settings(model, report.parameters, schemes(places.features))


@pytest.fixture(scope="module")
def febrl(
    session: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Places, Model, Parameters, SplinkExport]:
    folder = tmp_path_factory.mktemp("febrl")
    write_febrl(session, folder, 1)
    return exported(session, folder)


def test_every_comparison_is_there_level_by_level(febrl: tuple[Places, Model, Parameters, SplinkExport]) -> None:
    _, model, parameters, export = febrl
    comparisons = export.settings["comparisons"]
    assert [each["output_column_name"] for each in comparisons] == [each.name for each in model.comparisons]
    for place, (comparison, given) in enumerate(zip(model.comparisons, comparisons, strict=True)):
        null, *levels = given["comparison_levels"]
        assert null["is_null_level"] and "m_probability" not in null
        assert [level["label_for_charts"] for level in levels] == [
            level.name for level in comparison.levels if not level.is_null
        ]
        assert [level["sql_condition"] for level in levels].index("ELSE") == len(levels) - 1
        by_name = dict(
            zip(
                [level.name for level in reversed(comparison.levels)],
                parameters.classes[MATCH].levels[place],
                strict=True,
            )
        )
        assert all(level["m_probability"] == by_name[level["label_for_charts"]] for level in levels)


def test_the_conditions_name_columns_as_splink_does(febrl: tuple[Places, Model, Parameters, SplinkExport]) -> None:
    levels = [level for each in febrl[3].settings["comparisons"] for level in each["comparison_levels"]]
    by_label = {level["label_for_charts"]: level["sql_condition"] for level in levels}
    assert by_label["all found in a split name"].startswith('(("is_split_l" or "is_split_r") and ')
    assert by_label["day and month swapped"] == (
        '(("birth_year_l" = "birth_year_r") and ("birth_day_l" = "birth_month_r" and "birth_month_l" = "birth_day_r"))'
    )
    assert '"identifier:au.febrl_l" = "identifier:au.febrl_r"' in by_label["agrees though shared or contradicted"]


def test_the_passes_become_rules(febrl: tuple[Places, Model, Parameters, SplinkExport]) -> None:
    rules = {
        rule["blocking_rule"]: rule.get("arrays_to_explode")
        for rule in febrl[3].settings["blocking_rules_to_generate_predictions"]
    }
    assert rules["l.birth_date = r.birth_date and l.surname_sounds = r.surname_sounds"] == ["surname_sounds"]
    assert rules["l.name_sorted = r.name_sorted"] is None
    assert "l.birth_date = r.birth_date" not in rules, "a broad pass needs the cap, which Splink lacks"


def test_what_splink_cannot_express_is_named(febrl: tuple[Places, Model, Parameters, SplinkExport]) -> None:
    left_out = "\n".join(febrl[3].left_out)
    for words in ("families", "blocks", "pass date:", "term frequency of surname_1 at surnames, first equal"):
        assert words in left_out
    assert "at given, equal" not in left_out, "the frequency of a plain equality is expressed"


def test_it_is_written_as_json(febrl: tuple[Places, Model, Parameters, SplinkExport]) -> None:
    assert json.loads(febrl[3].json()) == febrl[3].settings


def test_parameters_of_another_model_are_refused(febrl: tuple[Places, Model, Parameters, SplinkExport]) -> None:
    _, model, parameters, _ = febrl
    other = model.model_copy(update={"comparisons": model.comparisons[:-1]})
    with pytest.raises(ModelError, match="not those that the parameters were trained on"):
        splink_settings(other, parameters, [])


@needs_splink
@pytest.mark.parametrize("population", ["town", pytest.param("febrl", marks=pytest.mark.slow)])
def test_splink_gives_each_level_the_same_weight(
    session: duckdb.DuckDBPyConnection, tmp_path: Path, population: str
) -> None:
    """Splink reads the file, finds the same levels of the same pairs, and weighs each level as the parameters do."""
    from splink import DuckDBAPI, Linker  # noqa: PLC0415

    write_febrl(session, tmp_path, 1) if population == "febrl" else write_town(session, tmp_path, homes=150, seed=3)
    places, model, parameters, export = exported(session, tmp_path)
    (tmp_path / "splink.json").write_text(export.json())
    api = DuckDBAPI(connection=duckdb.connect())
    nodes = duckdb.sql(f"from {scan(places.features)}").to_arrow_table()
    linker = Linker(api.register(nodes), str(tmp_path / "splink.json"))
    for place, comparison in enumerate(linker._settings_obj.comparisons):
        for level in (level for level in comparison.comparison_levels if not level.is_null_level):
            number = [each.name for each in reversed(model.comparisons[place].levels)].index(level.label_for_charts)
            m, u = parameters.classes[MATCH].levels[place][number], parameters.random_levels[place][number]
            assert level._match_weight == pytest.approx(math.log2(m / u), abs=1e-6)
    names = [each.output_column_name for each in linker._settings_obj.comparisons]
    predicted = linker.inference.predict(threshold_match_weight=-100).as_duckdbpyrelation().df()
    vectors = session.sql(f"from {scan(places.vectors)}").df()
    both = vectors.merge(predicted, on=["node_l", "node_r"])
    assert len(both) > 400
    for place, (name, comparison) in enumerate(zip(names, model.comparisons, strict=True)):
        stated = [number + 1 for number, level in enumerate(reversed(comparison.levels)) if not level.is_null]
        expected = both["vector"].map(lambda vector, place=place: int(level_of(vector, place)))
        reached = both[f"gamma_{name}"].map(lambda gamma, stated=stated: stated[int(gamma)] if gamma >= 0 else 0)
        assert (reached == expected).all(), name
