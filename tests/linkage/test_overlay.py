"""How a model file is laid over the default model."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from linkage.model.declaration import Model
from linkage.model.file import load_model
from warehouse.errors import ModelError


def load(folder: Path, **sections: Any) -> Model:
    path = folder / "model.yaml"
    path.write_text(yaml.safe_dump(sections), encoding="utf-8")
    return load_model(path)


def test_a_section_keeps_what_the_file_does_not_say(tmp_path: Path) -> None:
    model = load(tmp_path, thresholds={"link": 3}, blocking={"max_block": 50}, constraints={"birth_year_at": {"xx": 2}})
    assert model.thresholds.review == load_model().thresholds.review
    assert model.blocking.passes == load_model().blocking.passes
    assert model.constraints.birth_year_at == load_model().constraints.birth_year_at | {"xx": 2}


def test_named_things_are_laid_over_their_names_and_new_ones_come_after(tmp_path: Path) -> None:
    levels = [{"name": "equal", "when": {"equal": ["locality"]}}, {"name": "different"}]
    model = load(
        tmp_path,
        comparisons=[
            {"name": "sex", "levels": [{"name": "equal", "m": 0.5}]},
            {"name": "town", "known": ["locality"], "levels": levels},
        ],
    )
    default = load_model()
    names = [each.name for each in model.comparisons]
    assert names == [*(each.name for each in default.comparisons), "town"]
    sex = model.comparisons[names.index("sex")]
    assert sex.levels[0].m == 0.5
    assert sex.levels[0].when == default.comparisons[names.index("sex")].levels[0].when


def test_new_levels_replace_all_levels(tmp_path: Path) -> None:
    levels = [{"name": "same", "when": {"equal": ["sex"]}}, {"name": "not the same"}]
    model = load(tmp_path, comparisons=[{"name": "sex", "levels": levels}])
    (sex,) = (each for each in model.comparisons if each.name == "sex")
    assert [level.name for level in sex.levels] == ["same", "not the same"]


def test_things_are_left_out_by_name(tmp_path: Path) -> None:
    model = load(tmp_path, without={"comparisons": ["phone"], "passes": ["phone", "email"]})
    assert "phone" not in {each.name for each in model.comparisons}
    assert {"phone", "email"}.isdisjoint({each.name for each in model.blocking.passes})


def test_a_whole_model_begins_from_nothing(tmp_path: Path) -> None:
    levels = [{"name": "equal", "when": {"equal": ["sex"]}}, {"name": "different"}]
    whole = {
        "name": "own", "version": "1", "comparisons": [{"name": "sex", "known": ["sex"], "levels": levels}],
        "blocking": {"passes": [{"name": "sex", "key": ["sex"]}]},
    }  # fmt: skip
    model = load(tmp_path, extends="nothing", **whole)
    assert [each.name for each in model.comparisons] == ["sex"]
    assert len(model.blocking.passes) == 1


def test_parameters_are_named_from_where_the_file_lies(tmp_path: Path) -> None:
    assert load(tmp_path, parameters="trained.json").parameters == str(tmp_path / "trained.json")


def test_faults_of_every_kind_are_told_together(tmp_path: Path) -> None:
    levels = [{"name": "equal", "when": {"equal": ["shoe"]}}, {"name": "different"}]
    with pytest.raises(ModelError) as caught:
        load(
            tmp_path,
            extends="everything",
            without={"passes": ["moon"], "stars": []},
            thresholds={"link": "high"},
            colour="blue",
            comparisons=[{"name": "feet", "known": ["sock"], "levels": levels}, {"name": "phone", "knwon": ["phone"]}],
            blocking={"passes": [{"name": "tide", "key": ["sea"]}]},
        )
    told = str(caught.value)
    for fault in (
        "extends: one of",
        "'moon'",
        "without.stars",
        "thresholds.link",
        "colour",
        "'shoe'",
        "'sock'",
        "knwon",
        "'sea'",
    ):
        assert fault in told, fault
