"""What the sample registry hands out, by the verbs."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from pipelines.cli import app
from warehouse.exports.dci import SCHEMA

KINDS = {"persons": "Person", "members": "Member", "groups": "Group", "beneficiaries": "Beneficiary"}


def run(*words: str) -> str:
    result = CliRunner().invoke(app, list(words))
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(scope="module")
def dci(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    out = tmp_path_factory.mktemp("dci") / "out"
    run("keys", "new", "institution:health", "--home", str(sample_home))
    run("export", "dci", "--for", "institution:health", "--out", str(out), "--home", str(sample_home))
    yield out


@pytest.mark.parametrize("kind", KINDS)
def test_every_object_is_of_the_standards_shape(dci: Path, kind: str) -> None:
    validator = Draft202012Validator(json.loads(SCHEMA.read_text()) | {"$ref": f"#/$defs/{KINDS[kind]}"})
    objects = [json.loads(line) for line in (dci / f"{kind}.jsonl").read_text().splitlines()]
    assert len(objects) > 100
    assert len({each["@id"] for each in objects}) == len(objects)
    faults = {error.message for each in objects for error in validator.iter_errors(each)}
    assert not faults, f"{len(faults)} kinds of faults"


def test_groups_and_beneficiaries_name_members_that_are_there(dci: Path) -> None:
    def told(kind: str) -> list[dict[str, object]]:
        return [json.loads(line) for line in (dci / f"{kind}.jsonl").read_text().splitlines()]

    members = {each["@id"] for each in told("members")}
    assert {each["@id"] for row in told("groups") for each in row["member_list"]} <= members  # type: ignore[attr-defined]
    assert {row["member"]["@id"] for row in told("beneficiaries")} <= members  # type: ignore[index]


def test_a_recipient_without_a_key_is_told_how_to_get_one(sample_home: Path, tmp_path: Path) -> None:
    words = ["export", "bundle", "--for", "nobody", "--out", str(tmp_path / "out"), "--home", str(sample_home)]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 1
    assert "padron keys new nobody" in " ".join(result.output.split())
    assert not (tmp_path / "out").exists()
