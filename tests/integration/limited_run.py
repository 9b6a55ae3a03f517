"""Build on a disk that fills up, then with room again; tell as JSON how both ended. The disk is mounted by the caller.

python limited_run.py BUILT DISK KILOBYTES_LEFT
"""

import json
import subprocess
import sys
from pathlib import Path

from town import Town

from warehouse.layout import Layout
from warehouse.manifest import damaged_files, read_manifest


def resize(disk: Path, kilobytes: int) -> None:
    subprocess.run(["mount", "-o", f"remount,size={kilobytes}k", "none", disk], check=True)


def used(disk: Path) -> int:
    return int(subprocess.run(["du", "-sk", disk], check=True, capture_output=True, text=True).stdout.split()[0])


def is_whole(town: Town) -> bool:
    manifest = read_manifest(Layout(town.home))
    return manifest is not None and not damaged_files(manifest, Layout(town.home).current)


def main(built: Path, disk: Path, room: int) -> None:
    town = Town.copied(built, disk / "town")
    town.write("b", town.lines("b")[:-1])
    before = town.release()
    resize(disk, used(disk) + room)
    status, output = town.run()
    refused = {"status": status, "output": output, "same": town.release() == before, "whole": is_whole(town)}
    resize(disk, 1_000_000)
    status, output = town.run()
    rows = town.ask("select count(*) from spine")[0][0]
    then = {"status": status, "output": output, "new": town.release() != before, "whole": is_whole(town), "rows": rows}
    sys.stdout.write(json.dumps([refused, then]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
