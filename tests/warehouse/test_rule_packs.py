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
    "share below nothing": (changed(threshold=-0.1), "between 0 and 1"),
    "share without evidence": (changed(metric="vaccination_calendar", threshold=95), "between 0 and 1"),
    "threshold of no number": (changed(threshold=float("nan")), "threshold"),
    "money without currency": (changed(metric="income_per_capita"), "currency"),
    "ages reversed": (changed(age_min=18), "age_min"),
    "period of none": (changed(period="once"), "once"),
    "validity reversed": (changed(valid_from="2020-01-01", valid_to="2019-01-01"), "valid_from"),
    "validity of the pack reversed": ({**PACK, "valid_from": "2020-01-01", "valid_to": "2019-01-01"}, "valid_from"),
    "rule after its pack": ({**changed(valid_from="2021-01-01"), "valid_to": "2020-12-31"}, "never in force"),
    "duty met by something": (changed(met_by=["benefit"]), "met_by"),
    "guarantee met by nothing": (changed(kind="guarantee"), "met_by"),
    "duty of a dimension": (changed(dimension="food"), "dimension"),
    "duty below a line": (changed(line="minimum"), "a line"),
    "unknown word": (changed(sanction="prison"), "sanction"),
    "same rule twice": ({**PACK, "rules": [RULE, {**RULE, "threshold": 0.5}]}, "same days"),
    "no rule": ({**PACK, "rules": []}, "rules"),
}


@pytest.mark.parametrize(("pack", "told"), FAULTS.values(), ids=FAULTS)
def test_a_faulty_pack_is_told(tmp_path: Path, pack: dict[str, Any], told: str) -> None:
    with pytest.raises(RuleError) as error:
        read_packs(written(tmp_path, pack))
    assert told in str(error.value)


def told_of(folder: Path) -> str:
    with pytest.raises(RuleError) as error:
        read_packs(folder)
    return str(error.value)


BESIDE = {
    "unknown metric": ({"metric": "charm"}, ["rules.0.metric: metric 'charm' is unknown"]),
    "ages reversed": ({"age_min": 18}, ["rules.0.age_max_exclusive: age_min must lie below"]),
    "share above one": ({"threshold": 85}, ["rules.0.threshold: a share lies between 0 and 1"]),
    "money without currency": ({"metric": "income_per_capita"}, ["rules.0.currency: an amount of money"]),
    "period of none": ({"period": "once"}, ["rules.0.period: a co-responsibility"]),
    "validity reversed": ({"valid_from": "2020-01-01", "valid_to": "2019-01-01"}, ["rules.0.valid_to: valid_from"]),
    "met by something": ({"met_by": ["benefit"]}, ["rules.0.met_by: a guarantee"]),
    "of a dimension": ({"dimension": "food"}, ["rules.0.dimension: only a deprivation"]),
    "with a line": ({"line": "minimum"}, ["rules.0.line: only a target"]),
    "many at once": (
        {"metric": "charm", "age_min": 18, "period": "once", "status": "likely", "sanction": "prison"},
        ["'charm' is unknown", "age_min must lie", "not once", "rules.0.status", "rules.0.sanction"],
    ),
}


@pytest.mark.parametrize("lacking", ["title", "citation", "comparator"])
@pytest.mark.parametrize(("values", "told"), BESIDE.values(), ids=BESIDE)
def test_a_fault_is_told_beside_a_missing_field(
    tmp_path: Path, values: dict[str, Any], told: list[str], lacking: str
) -> None:
    text = told_of(written(tmp_path, changed(**values, **{lacking: None})))
    assert all(part in text for part in [*told, f"rules.0.{lacking}: Field required"])


def test_a_verified_rule_without_url_is_told_beside_a_missing_field(tmp_path: Path) -> None:
    text = told_of(written(tmp_path, changed(status="verified", title=None)))
    assert "rules.0.status: a verified rule needs the url" in text
    assert "rules.0.title: Field required" in text


def test_what_cannot_be_read_accuses_nothing_else(tmp_path: Path) -> None:
    """Where the metric, the kind or the citation is in doubt, nothing is said of what hangs on it."""
    unread = changed(metric="charm", kind="duty", threshold=85, period="once", citation={"text": ""}, status="verified")
    with pytest.raises(RuleError) as error:
        read_packs(written(tmp_path, unread))
    assert [fault.split(":")[1].strip() for fault in error.value.faults] == [
        "rules.0.kind", "rules.0.metric", "rules.0.citation.text", "rules.0 takes no part in the check for overlapping "
        "days until id, kind and days can be read",
    ]  # fmt: skip


OTHER = {**RULE, "id": "checkups", "title": None}
HALF = {**PACK, "rules": [RULE, {key: value for key, value in OTHER.items() if value is not None}]}
LATER = {"version": "2", "valid_from": "2020-01-01"}
DAYS = {
    "a rule lacks its title": ({**HALF, **LATER}, ["both are in force on some days (rules attendance)"]),
    "the rule itself lacks its title": ({**changed(title=None), **LATER}, ["both are in force on some days"]),
    "the pack lacks its name": ({**PACK, **LATER, "name": None}, ["both are in force on some days"]),
    "the kind cannot be read": ({**changed(kind="duty"), **LATER}, ["rules.0 takes no part in the check"]),
    "the version cannot be read": ({**PACK, **LATER, "version": None}, ["pack_1.yaml: takes no part in the check"]),
    "there are no rules": ({**PACK, **LATER, "rules": None}, ["pack_1.yaml: rules"]),
}


@pytest.mark.parametrize(("faulty", "told"), DAYS.values(), ids=DAYS)
def test_what_can_be_read_of_a_faulty_pack_is_held_against_the_others(
    tmp_path: Path, faulty: dict[str, Any], told: list[str]
) -> None:
    text = told_of(written(tmp_path, PACK, faulty))
    assert all(part in text for part in told)
    assert "pack_1.yaml: " in text, "the fault itself"


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
    assert "in UTF-8; it takes no part in the check for overlapping days until it can be" in text
    assert len(error.value.faults) == 4


def test_the_verbs_answer(tmp_path: Path) -> None:
    run = CliRunner().invoke
    assert "are sound" in run(app, ["rules", "check"]).output
    assert "br.bolsa_familia@2023" in run(app, ["rules", "list"]).output
    assert "unverified" in run(app, ["rules", "show", "mx.prospera"]).output
    assert run(app, ["rules", "show", "no.such"]).exit_code == 1
    assert run(app, ["rules", "check", "--packs", str(written(tmp_path, changed(metric="charm")))]).exit_code == 1
