"""The verbs that keep watch over what is published: `padron rollback` and `padron audit verify|show`."""

from typing import Annotated

import typer
from rich.table import Table as Grid

from pipelines.commands.terminal import Home, console, settings_at, told
from warehouse.audit_log import read_audit, verify
from warehouse.clock import accept_clock
from warehouse.layout import Layout
from warehouse.manifest import manifest_in
from warehouse.release.rollback import kept_releases, roll_back

audit_app = typer.Typer(
    name="audit",
    help="Read the audit log, and make sure that nobody has changed it.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)


def rollback(
    why: Annotated[str, typer.Option(help="Why, as the audit log should say.")],
    release: Annotated[
        str | None, typer.Argument(help="The release to go back to; by default the one before the current one.")
    ] = None,
    home: Home = None,
) -> None:
    """Make a release of before current again, after its files were held against its manifest."""
    with told():
        settings = settings_at(home)
        manifest = roll_back(settings, release, why)
        console.print(f"Current is now the release {manifest.release_id}, published at {manifest.published_at}.")
        console.print("The next run publishes anew: mend the cause before it.")


@audit_app.command("verify", epilog="Example: padron audit verify --home my/registry")
def verify_log(home: Home = None) -> None:
    """Follow the chain of the audit log from its first entry; end with status 1 where it is broken."""
    with told():
        layout = Layout(settings_at(home).home)
        manifests = [manifest for folder in kept_releases(layout) if (manifest := manifest_in(folder))]
        entries = verify(layout, {manifest.release_id: manifest.audit_sha256 for manifest in manifests})
        console.print(f"{len(entries):,} entries, each chained to the one before it; the chain is whole.")
        if entries:
            console.print(f"The last is {entries[-1].sha256}; note it down apart from this machine.", soft_wrap=True)


@audit_app.command("clock", epilog='Example: padron audit clock --why "the clock ran a day ahead until noon"')
def clock(
    why: Annotated[str, typer.Option(help="What was wrong, as the audit log should say.")], home: Home = None
) -> None:
    """Say that this machine's clock is right now, after it ran ahead: times count from here on."""
    with told():
        accept_clock(Layout(settings_at(home).home), why)
    console.print("Noted. Runs and requests go on from the present time.")


@audit_app.command("show", epilog="Example: padron audit show --last 20")
def show_log(
    last: Annotated[int, typer.Option(min=1, help="How many entries, the latest ones.")] = 20, home: Home = None
) -> None:
    """List what was done, by which account and when."""
    with told():
        entries = read_audit(Layout(settings_at(home).home))
    grid = Grid("no.", "at", "who", "what", "facts")
    for entry in entries[-last:]:
        facts = ", ".join(f"{name} {value}" for name, value in entry.facts.items())
        grid.add_row(str(entry.number), entry.at, entry.who, entry.action, facts)
    console.print(grid)
