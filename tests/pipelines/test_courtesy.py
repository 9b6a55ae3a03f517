"""A run gives way to readers, with every thread that works for it; whoever only looks does not."""

import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.courtesy import NICENESS

IN_A_RUN = """
import os, sys
from pathlib import Path
import dagster as dg
from pipelines.resources import Installation
from warehouse.settings import Settings

settings = Settings(home=Path(sys.argv[1]), sources=Path(sys.argv[2]), landing=Path(sys.argv[1]), threads=4)
installation = Installation.of(settings)

@dg.sensor(target="*")
def looks(context: dg.SensorEvaluationContext, installation: Installation):
    print(os.nice(0))
    yield dg.SkipReason("")

@dg.asset
def works(installation: Installation):
    before = set(os.listdir("/proc/self/task"))
    with installation.step("works") as connection:
        connection.sql("select count(*) from range(1_000_000)").fetchall()
        begun = set(os.listdir("/proc/self/task")) - before
        print(os.nice(0), *{os.getpriority(os.PRIO_PROCESS, int(thread)) for thread in begun}, len(begun) >= 3)

with dg.build_sensor_context(resources={"installation": installation}) as context:
    list(looks(context))
dg.materialize([works], resources={"installation": installation})
"""


@pytest.mark.parametrize(("niceness", "then"), [(0, NICENESS), (15, 15)])
def test_a_run_gives_way_and_a_sensor_need_not(tmp_path: Path, niceness: int, then: int) -> None:
    contracts = Path(__file__).parents[1] / "integration" / "febrl"
    command = ["nice", "-n", str(niceness), sys.executable, "-c", IN_A_RUN, str(tmp_path / "home"), str(contracts)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    around = subprocess.run(["nice"], capture_output=True, text=True, check=True).stdout  # how nice the tests are
    looked, worked = done.stdout.splitlines()
    assert int(looked) == min(int(around) + niceness, 19)
    assert worked == f"{max(then, int(looked))} {max(then, int(looked))} True"
