"""Rule packs: what ships is sound, and what is not is told, all of it at once."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from pipelines.cli import app
from warehouse.errors import RuleError
from warehouse.rules.reading import read_packs

RULE = {
    "id": "attendance", "title": "Attendance", "kind": "co_responsibility", "domain": "education", "age_min": 6,
    "age_max_exclusive": 18, "metric": "attendance_rate", "comparator": "at_least", "threshold": 0.85,
    "period": "month", "citation": {"text": "An act, art. 1"}, "status": "unverified",
}  # fmt: skip
PACK = {"programme": "xx.families", "version": "1", "name": "Families", "country": "MX", "rules": [RULE]}


def written(folder: Path, *packs: Mapping[str, Any]) -> Path:
    for number, pack in enumerate(packs):
        (folder / f"pack_{number}.yaml").write_text(yaml.safe_dump(dict(pack)), encoding="utf-8")
    return folder


def changed(**values: Any) -> dict[str, Any]:
    return {**PACK, "rules": [{key: value for key, value in {**RULE, **values}.items() if value is not None}]}


def test_the_six_strategies_and_their_programmes_ship() -> None:
    programmes = {pack.programme for pack in read_packs()}
    assert programmes >= {
        "mx.prospera", "mx.cruzada_hambre", "mx.coneval", "br.sem_miseria", "br.bolsa_familia", "br.cadastro_unico",
        "ec.buen_vivir", "ec.bono_desarrollo_humano", "co.unidos", "pe.incluir_para_crecer", "pe.juntos",
        "int.social_protection_floor",
    }  # fmt: skip


def test_achievements_of_unidos_are_45_in_nine_dimensions() -> None:
    (unidos,) = (pack for pack in read_packs() if pack.programme == "co.unidos")
    assert len(unidos.rules) == 9
    assert sum(rule.threshold for rule in unidos.rules) == 45
    assert {rule.status for rule in unidos.rules} == {"unverified"}


FAULTS = {
    "unknown metric": (changed(metric="charm"), "metric 'charm' is unknown"),
    "no citation": (changed(citation=None), "citation"),
    "empty citation": (changed(citation={"text": ""}), "citation.text"),
    "verified without a text that was read": (changed(status="verified"), "url"),
    "status of its own": (changed(status="likely"), "status"),
    "share above one": (changed(threshold=85), "between 0 and 1"),
    "money without currency": (changed(metric="income_per_capita"), "currency"),
    "ages reversed": (changed(age_min=18), "age_min"),
    "period of none": (changed(period="once"), "once"),
    "validity reversed": (changed(valid_from="2020-01-01", valid_to="2019-01-01"), "valid_from"),
    "unknown word": (changed(sanction="prison"), "sanction"),
    "same rule twice": ({**PACK, "rules": [RULE, {**RULE, "threshold": 0.5}]}, "same days"),
    "no rule": ({**PACK, "rules": []}, "rules"),
}


@pytest.mark.parametrize(("pack", "told"), FAULTS.values(), ids=FAULTS)
def test_a_faulty_pack_is_told(tmp_path: Path, pack: dict[str, Any], told: str) -> None:
    with pytest.raises(RuleError) as error:
        read_packs(written(tmp_path, pack))
    assert told in str(error.value)


def test_an_unknown_metric_is_told_beside_a_missing_citation(tmp_path: Path) -> None:
    with pytest.raises(RuleError) as error:
        read_packs(written(tmp_path, changed(metric="charm", citation=None)))
    assert "metric 'charm' is unknown" in str(error.value)
    assert "citation" in str(error.value)


def test_two_versions_in_force_at_once_are_a_fault(tmp_path: Path) -> None:
    later = {**PACK, "version": "2", "valid_from": "2020-01-01"}
    with pytest.raises(RuleError, match="both are in force"):
        read_packs(written(tmp_path, PACK, later))


def test_one_version_after_the_other_is_none(tmp_path: Path) -> None:
    earlier, later = {**PACK, "valid_to": "2019-12-31"}, {**PACK, "version": "2", "valid_from": "2020-01-01"}
    assert [pack.version for pack in read_packs(written(tmp_path, earlier, later))] == ["1", "2"]


def test_all_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "torn.yaml").write_text("programme: [", encoding="utf-8")
    written(tmp_path, changed(metric="charm", age_min=18), {**changed(citation=None), "programme": "xx.other"})
    with pytest.raises(RuleError) as error:
        read_packs(tmp_path)
    text = str(error.value)
    assert all(part in text for part in ("charm", "age_min must lie", "citation", "torn.yaml: is not YAML"))
    assert len(error.value.faults) == 4


def test_the_verbs_answer(tmp_path: Path) -> None:
    run = CliRunner().invoke
    assert "are sound" in run(app, ["rules", "check"]).output
    assert "br.bolsa_familia@2023" in run(app, ["rules", "list"]).output
    assert "unverified" in run(app, ["rules", "show", "mx.prospera"]).output
    assert run(app, ["rules", "show", "no.such"]).exit_code == 1
    assert run(app, ["rules", "check", "--packs", str(written(tmp_path, changed(metric="charm")))]).exit_code == 1
