"""The documents hold: their commands are run in order, and the outputs they show are the real ones."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from warehouse.rules.documents import index_document, pack_document, page_name
from warehouse.rules.reading import read_packs

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"```(?P<info>[^\n]*)\n(?P<body>.*?)```", re.DOTALL)
RELEASE_ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")
AGES = re.compile(r"^Age: .*\n(?:  overdue .*\n)*", re.MULTILINE)
AGE = "Age: the oldest part in use is 25 days old (civil_registry.births, as of 2026-10-31); 0 overdue, 0 refused\n"
"""What is true of the sample on one day; a day later it is a day older."""
PADRON = shutil.which("padron", path=str(Path(sys.executable).parent))


def followed(text: str, folder: Path) -> str:
    """The document `text` with every file written, every command run in `folder`, every output shown anew."""

    def follow(block: re.Match[str]) -> str:
        info, body = block["info"], block["body"]
        if "file=" in info:
            file = folder / info.partition("file=")[2]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(body, encoding="utf-8")
        elif info == "console":
            command = body.partition("\n")[0].removeprefix("$ ")
            return f"```console\n$ {command}\n{shown(command, folder)}```"
        return block[0]

    return FENCE.sub(follow, text)


def shown(command: str, folder: Path, **environment: str) -> str:
    """What `command` prints when run in `folder`, with what differs from run to run made the same."""
    assert PADRON is not None, "padron is not installed beside this Python; run `make test`"
    result = subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env={"PATH": f"{Path(PADRON).parent}:/usr/bin:/bin", "COLUMNS": "118", "LANG": "C.UTF-8", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert "Traceback" not in result.stdout, result.stdout
    output = result.stdout.replace(f"{folder}/", "")
    output = RELEASE_ID.sub("20261101T020000Z-0a1b2c3d", output)
    output = AGES.sub(AGE, output)
    return "".join(f"{line.rstrip()}\n" for line in output.splitlines())


def check(document: Path, now: str, request: pytest.FixtureRequest) -> None:
    """Hold `document` against what it should say now, or write it where that was asked for."""
    if request.config.getoption("--regenerate"):
        document.write_text(now, encoding="utf-8")
    assert document.read_text(encoding="utf-8") == now, "the document is out of date; run `make docs`"


@pytest.mark.slow
def test_adding_a_source_can_be_followed_literally(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    document = ROOT / "docs" / "adding-a-source.md"
    check(document, followed(document.read_text(encoding="utf-8"), tmp_path), request)


README_COMMANDS = {
    "registry": "padron status --home var",
    "query": 'padron query --home var "select source_count, count(*) as people from persons group by all order by all"',
}


def test_the_readme_shows_what_make_registry_prints(sample_home: Path, request: pytest.FixtureRequest) -> None:
    readme = ROOT / "README.md"
    now = readme.read_text(encoding="utf-8")
    for name, command in README_COMMANDS.items():
        output = shown(command, sample_home.parent)
        block = f"<!-- shown: {name} -->\n```console\n$ {command}\n{output}```\n<!-- end -->"
        now = re.sub(rf"<!-- shown: {name} -->.*?<!-- end -->", lambda _, block=block: block, now, flags=re.DOTALL)
    check(readme, now, request)


def test_every_rule_pack_has_its_page(request: pytest.FixtureRequest) -> None:
    folder, packs = ROOT / "docs" / "programmes", read_packs()
    pages = {"README.md": index_document(packs), **{page_name(pack): pack_document(pack) for pack in packs}}
    if request.config.getoption("--regenerate"):
        folder.mkdir(exist_ok=True)
        for name, text in pages.items():
            (folder / name).write_text(text, encoding="utf-8")
    assert {file.name for file in folder.iterdir()} == set(pages), "pages of packs that are gone; remove them"
    for name, text in pages.items():
        check(folder / name, text, request)
