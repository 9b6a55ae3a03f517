from pathlib import Path
from typing import Any

import pytest
import yaml

from linkage.model.file import load_model
from linkage.model.parameters import fingerprint
from linkage.model.reduction import reduced
from warehouse.errors import ModelError


def written(folder: Path, **sections: Any) -> Path:
    path = folder / "model.yaml"
    path.write_text(yaml.safe_dump(sections), encoding="utf-8")
    return path


def test_the_default_model_stands() -> None:
    model = load_model()
    assert model.comparisons[0].levels[0].name == "agrees"
    assert model.thresholds.link == 0


def test_a_file_overrides_one_section(tmp_path: Path) -> None:
    model = load_model(written(tmp_path, thresholds={"link": 3, "review": -2}))
    assert model.thresholds.link == 3
    assert model.comparisons == load_model().comparisons


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    comparison = {
        "name": "given",
        "known": ["nickname"],
        "levels": [{"name": "equal", "when": {"equal": ["given"], "missing": "given_2"}}, {"name": "different"}],
    }
    path = written(
        tmp_path, comparisons=[comparison], thresholds={"link": 1, "review": 2}, colour="blue", training={"anchor": -1}
    )
    with pytest.raises(ModelError) as caught:
        load_model(path)
    told = str(caught.value)
    for fault in ("exactly one test", "review must not be above link", "colour", "training.anchor"):
        assert fault in told


@pytest.mark.parametrize(
    ("section", "fault"),
    [
        (
            {
                "comparisons": [
                    {
                        "name": "a",
                        "known": ["shoe"],
                        "levels": [{"name": "x", "when": {"equal": ["given"]}}, {"name": "y"}],
                    }
                ]
            },
            "'shoe' is not one of",
        ),
        (
            {"comparisons": [{"name": "a", "known": ["given"], "levels": [{"name": "x"}, {"name": "y"}]}]},
            "only the last level may have no condition",
        ),
        (
            {
                "comparisons": [
                    {
                        "name": "a",
                        "known": ["given"],
                        "levels": [
                            {"name": "x", "when": {"equal": ["given"]}},
                            {"name": "y", "when": {"equal": ["given"]}},
                        ],
                    }
                ]
            },
            "the last level must have no condition",
        ),
        ({"blocking": {"passes": [{"name": "a", "key": ["moon"]}]}}, "'moon' is not one of"),
        (
            {"blocking": {"passes": [{"name": "a", "key": ["sex"]}, {"name": "a", "key": ["sex"]}]}},
            "pass a is there 2 times",
        ),
    ],
)
def test_fault(tmp_path: Path, section: dict[str, Any], fault: str) -> None:
    with pytest.raises(ModelError, match=fault):
        load_model(written(tmp_path, **section))


def test_a_file_that_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be read"):
        load_model(tmp_path / "absent.yaml")
    (tmp_path / "list.yaml").write_text("- a", encoding="utf-8")
    with pytest.raises(ModelError, match="sections"):
        load_model(tmp_path / "list.yaml")


def test_what_no_source_has_is_left_out() -> None:
    model = reduced(load_model(), {"given", "surname_1", "birth_year"})
    assert [each.name for each in model.comparisons] == ["given", "surnames", "birth_date"]
    keys = {part for each in model.blocking.passes for part in each.key + each.refine}
    assert keys.isdisjoint({"identifier", "phone", "address", "birth_date", "municipality"})
    assert fingerprint(model) != fingerprint(load_model())
