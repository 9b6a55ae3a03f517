"""`padron build`, `padron link` and `padron status`."""

import shutil
from pathlib import Path

from rich.console import Console

from pipelines.ages import BehindError, refused, show_ages
from pipelines.alerts.command import tell_of_deliveries_at_last
from pipelines.checked_contracts import checked_catalogue
from pipelines.commands.keeping import tell_of_new_keys
from pipelines.commands.summary import show_linkage, show_outcome, show_queries, show_release
from pipelines.commands.terminal import errors
from pipelines.definitions import build_definitions
from pipelines.defs.linkage import full_linkage
from pipelines.failures import RunError
from pipelines.progress import Watch, progress_bar
from pipelines.running import JobOutcome, run_job
from pipelines.stamp import WHOLE_RUN, end_run, news
from warehouse.errors import StorageError
from warehouse.layout import PRIVATE_FILE, Layout, private_folder
from warehouse.manifest import read_manifest
from warehouse.settings import Settings
from warehouse.tables import SPINE


def build_registry(
    settings: Settings, console: Console, *, full: bool = False, force: bool = False, watch: Watch = progress_bar
) -> None:
    """Run the registry job and show the release; raise `RunError` with every failed step's reason.

    Raises `BehindError` where the release stands, but holds older deliveries than those that came last.
    Where nothing has changed since the last whole run there is no run, unless `force` or `full` asks for one.
    """
    private_folder(settings.home)
    tell_of_new_keys(settings, console)
    catalogue = checked_catalogue(settings.sources)
    if full or force or news(settings, catalogue):
        outcome = _run(settings, WHOLE_RUN, console, full, watch)
        end_run(settings, outcome.run_id)
        show_status(settings, console, outcome)
    else:
        console.print("Nothing has changed since the last run, so there is nothing to do; --force runs all the same.")
        show_status(settings, console)
    tell_of_deliveries_at_last(settings, catalogue, errors)
    if reasons := refused(catalogue, Layout(settings.home)):
        raise BehindError(
            "Newer deliveries than those in use were refused; all else is published.\n" + "\n".join(reasons)
        )


def link_records(settings: Settings, out: Path, console: Console, *, full: bool = False) -> None:
    """Run the link job and copy the spine to `out`/spine.parquet."""
    _run(settings, "link", console, full)
    target = private_folder(out.absolute()) / "spine.parquet"
    partial = target.with_suffix(".partial")
    shutil.copyfile(Layout(settings.home).linkage(SPINE), partial)
    partial.chmod(PRIVATE_FILE)
    partial.replace(target)
    show_linkage(Layout(settings.home), console)
    console.print(f"The spine lies at [bold]{target}[/]", soft_wrap=True)


def show_status(settings: Settings, console: Console, outcome: JobOutcome | None = None, *, ages: bool = False) -> None:
    """Show the current release; raise `StorageError` where there is none."""
    layout = Layout(settings.home)
    manifest = read_manifest(layout)
    if manifest is None:
        raise StorageError(f"{layout.home}: nothing was published there yet. Run `padron build` first.")
    show_release(layout, manifest, console)
    show_ages(layout, console, all_parts=ages)
    show_linkage(layout, console)
    if outcome is not None:
        show_outcome(outcome, console)
    show_queries(settings, console)


def _run(settings: Settings, job: str, console: Console, full: bool, watch: Watch = progress_bar) -> JobOutcome:
    """Run a job; `full` links all records anew where else what changed alone may do."""
    private_folder(settings.home)
    outcome = run_job(build_definitions(settings), job, settings, console, full_linkage() if full else None, watch)
    if outcome.failures:
        raise RunError(outcome.run_id, job, outcome.failures)
    return outcome
