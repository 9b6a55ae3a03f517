"""How long the questions of docs/cookbook.md take over a release: median under 100 ms, slowest under 2 s.

    python tests/benchmarks/cookbook.py --home var

Every question is asked four times over one connection, as an analyst's program does; of each the median counts.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from pathlib import Path
from typing import Any

from readers import QUESTIONS, wait

from warehouse.layout import Layout
from warehouse.release.database import read_only

TIMES = 4
ALLOWED = {"median_ms": 100.0, "slowest_ms": 2000.0}


def asked(home: Path) -> dict[str, Any]:
    """Milliseconds to the answers of the questions over the current release of `home`, and its number of persons."""
    with read_only(Layout(home)) as connection:
        ((persons,),) = connection.sql("select count(*) from persons").fetchall()
        took = [statistics.median(1000 * wait(connection, question) for _ in range(TIMES)) for question in QUESTIONS]
    figures = {"median_ms": statistics.median(took), "slowest_ms": max(took)}
    slowest = QUESTIONS[took.index(max(took))].splitlines()[0]
    return {"persons": persons, "questions": len(took), **figures, "slowest": slowest}


def main() -> None:
    """Print what was measured, and end with status 1 where an answer takes longer than is allowed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, required=True, help="A home that has a release.")
    found = asked(parser.parse_args().home.absolute())
    sys.stdout.write(json.dumps(found, indent=2) + "\n")
    raise SystemExit(any(found[name] > most for name, most in ALLOWED.items()))


if __name__ == "__main__":
    main()
