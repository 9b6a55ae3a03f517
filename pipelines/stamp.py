"""The stamp of the last whole run: while what it was made of is unchanged, another run has nothing to do.

A run writes what it starts from as it begins, and the stamp counts once that same run is known to have ended well:
what a run in between, or a crash, left half done can so never pass for done.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from pipelines.inputs import Inputs, inputs_of
from sources.catalogue import Catalogue, read_catalogue
from warehouse.clock import check_clock
from warehouse.layout import PRIVATE_FILE, Layout, private_folder
from warehouse.manifest import damaged_files, read_manifest
from warehouse.published.registry import PUBLISHED
from warehouse.settings import Settings
from warehouse.tables import LINKS, PERSONS, REVIEW_QUEUE, SPINE

WHOLE_RUN = "registry"
"""The job that makes everything, which alone leaves a stamp."""


@dataclass(frozen=True)
class Stamp:
    """What one run was made of; `release` is what it ended in, empty until it has ended well."""

    run_id: str
    inputs: Mapping[str, str | None]
    release: str = ""


def begin_run(settings: Settings, run_id: str, job: str) -> None:
    """Note what the run starts from; a run of another job takes the stamp away, unless it starts from the same."""
    layout = Layout(settings.home)
    check_clock(layout)
    if job != WHOLE_RUN and read_stamp(layout) is None:
        return
    inputs = inputs_of(settings, read_catalogue(settings.sources))
    if job == WHOLE_RUN:
        _write(layout, Stamp(run_id, inputs))
    elif _differing(read_stamp(layout), inputs):
        _path(layout).unlink(missing_ok=True)


def end_run(settings: Settings, run_id: str) -> None:
    """Make the stamp count that this run began with; it does not where another run has begun since."""
    layout = Layout(settings.home)
    stamp, manifest = read_stamp(layout), read_manifest(layout)
    if stamp and manifest and stamp.run_id == run_id:
        _write(layout, replace(stamp, release=manifest.release_id))


def news(settings: Settings, catalogue: Catalogue) -> tuple[str, ...]:
    """What has changed since the last whole run, in words; nothing where another run would end in the same release."""
    layout = Layout(settings.home)
    stamp = read_stamp(layout)
    if stamp is None or not stamp.release:
        return ("no whole run before this one",)
    return (*_differing(stamp, inputs_of(settings, catalogue)), *_missing(layout, stamp))


def read_stamp(layout: Layout) -> Stamp | None:
    """The stamp, or None where there is none that can be read."""
    try:
        return Stamp(**json.loads(_path(layout).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _differing(stamp: Stamp | None, inputs: Inputs) -> tuple[str, ...]:
    before = stamp.inputs if stamp else {}
    return tuple(name for name, now in inputs.items() if now is None or before.get(name) != now)


def _missing(layout: Layout, stamp: Stamp) -> tuple[str, ...]:
    """What the last whole run made and is there no more, or not as it was."""
    manifest = read_manifest(layout)
    if manifest is None or manifest.release_id != stamp.release or damaged_files(manifest, layout.current):
        return ("the current release",)
    linked = [layout.linkage(table) for table in (SPINE, LINKS, REVIEW_QUEUE)]
    made = [*linked, layout.registry(PERSONS), *(layout.mart(table) for table in PUBLISHED)]
    return () if all(path.exists() for path in made) else ("the tables between the stages",)


def _path(layout: Layout) -> Path:
    return layout.state / "stamp.json"


def _write(layout: Layout, stamp: Stamp) -> None:
    path = _path(layout)
    partial = private_folder(path.parent) / f"{path.name}.partial"
    partial.touch(PRIVATE_FILE)
    partial.write_text(json.dumps(asdict(stamp), indent=2) + "\n", encoding="utf-8")
    partial.replace(path)
