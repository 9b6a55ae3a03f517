"""A publication on a disk that fills up: a file system in memory of its own, filled but for some room.

Run as a program with a folder that such a file system is mounted on, it prints what it found as JSON.
"""

import json
import os
import shutil
import sys
from datetime import timedelta
from pathlib import Path

from killed_publisher import MADE_OF, START, TOWNS, VAULT, after_next_run, condition, publish_towns, settings_at

from warehouse.errors import PublicationError
from warehouse.layout import Layout
from warehouse.release.publishing import publish
from warehouse.session import open_session
from warehouse.settings import Settings
from warehouse.storage import write_rows

ROOMS = (0, 4096, 65_536, 262_144, 524_288, 8_388_608)


def fill(folder: Path, room: int) -> Path:
    """A file that leaves `room` bytes of the disk free."""
    ballast = folder / "ballast"
    free = shutil.disk_usage(folder).free
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(1, free - room))
    return ballast


def publish_with_room(folder: Path, settings: Settings, room: int) -> str:
    path = Layout(settings.home).mart(TOWNS)
    with open_session(settings) as connection:
        write_rows(connection, TOWNS, [{"code": "a", "people": 2}], path)
    ballast = fill(folder, room)
    try:
        publish(settings, {TOWNS: path}, MADE_OF, "1", lambda: START + timedelta(days=2), VAULT)
    except PublicationError:
        return "told"
    finally:
        ballast.unlink()
    return "published"


def outcome(folder: Path, room: int) -> list[object]:
    """What came of a publication with that much room: how it ended, the release after it, that after the next run."""
    place = folder / f"room-{room}"
    settings = settings_at(place)
    publish_towns(settings, 1, 1)
    ended = publish_with_room(folder, settings, room)
    found = [room, ended, condition(settings), after_next_run(settings)]
    shutil.rmtree(place)
    return found


if __name__ == "__main__":
    sys.stdout.write(json.dumps([outcome(Path(sys.argv[1]), room) for room in ROOMS]))
