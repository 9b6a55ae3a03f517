"""`padron backup` and `padron restore`: what cannot be made again, kept in one archive and brought back."""

import shutil
from pathlib import Path
from typing import Annotated

import typer

from linkage.places import Places
from pipelines.commands.terminal import Home, Landing, console, settings_at, told
from warehouse.backup import back_up
from warehouse.backup import restore as bring_back
from warehouse.errors import StorageError
from warehouse.handover import handed_over
from warehouse.layout import Layout
from warehouse.privacy.keyring import key_path
from warehouse.settings import Settings


def backup(
    to: Annotated[Path, typer.Option(help="The folder that the archive is written to, on another disk.")],
    with_deliveries: Annotated[bool, typer.Option("--with-deliveries", help="Keep the landing zone too.")] = False,
    keys_to: Annotated[
        Path | None, typer.Option(help="Copy the key file there, apart from the archive: both together open all.")
    ] = None,
    home: Home = None,
    landing: Landing = None,
) -> None:
    """Write all that could not be made again into one archive; nothing runs meanwhile."""
    with told():
        settings = settings_at(home, landing=landing)
        if keys_to is not None:
            _copy_keys(settings, keys_to)
        archive = back_up(settings, to, _of_linkage(settings), with_deliveries=with_deliveries)
        size = archive.stat().st_size / 2**20
        console.print(f"The archive is {archive}, {size:,.1f} MB.", soft_wrap=True)
        where = f"are copied to {keys_to}" if keys_to else "are not in it"
        console.print(f"The keys {where}: keep them apart from it, and keep both.", soft_wrap=True)


def restore(
    archive: Annotated[Path, typer.Argument(help="An archive of padron backup.")],
    keys: Annotated[Path | None, typer.Option(help="The copy of the key file.")] = None,
    home: Home = None,
) -> None:
    """Bring an archive back into an empty home, with the release that was current."""
    with told():
        settings = settings_at(home)
        brought = bring_back(settings, archive, keys)
        console.print(
            f"{len(brought.files):,} files of {brought.made_at} are back in {settings.home}, each as it was kept. "
            f"Current is the release {brought.release}. The next build makes the rest again.",
            soft_wrap=True,
        )


def _of_linkage(settings: Settings) -> tuple[Path, ...]:
    """The spine, which is part of the ledger of ids, and what an incremental linkage starts from."""
    places = Places.under(Layout(settings.home))
    return (places.identity.spine, places.baseline.folder)


def _copy_keys(settings: Settings, target: Path) -> None:
    source = key_path(settings)
    if not source.exists():
        raise StorageError(f"{source}: there is no key file. The keys are kept where PADRON_KEYRING comes from.")
    with handed_over(target) as partial:
        shutil.copyfile(source, partial)
