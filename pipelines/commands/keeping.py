"""The verbs of those who hold the keys: `padron keys list|new|rotate` and `padron vault`."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table as Grid

from pipelines.commands.terminal import Home, console, settings_at, told
from warehouse.privacy.keyring import VARIABLE, VAULT, add_key, key_path, open_keyring, renew_key
from warehouse.settings import Settings

keys_app = typer.Typer(
    name="keys",
    help="The keys of the vault and of each recipient's pseudonyms.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)

Name = Annotated[str, typer.Argument(help="vault, analysts, or a recipient such as institution:health.")]


def tell_of_new_keys(settings: Settings, console: Console) -> None:
    """Make the keys where there are none yet, and say where they lie."""
    is_new = not key_path(settings).exists()
    open_keyring(settings)
    if is_new and key_path(settings).exists():
        console.print(
            f"Keys were made at [bold]{key_path(settings)}[/]. Keep a copy apart from this machine: without it nobody "
            "reads the vault, and pseudonyms change.",
            soft_wrap=True,
        )


@keys_app.command("list", epilog="Example: padron keys list")
def list_keys(home: Home = None) -> None:
    """List the keys by id, never the keys themselves."""
    with told():
        ring = open_keyring(settings_at(home))
    grid = Grid("for", "key", "made at")
    for key in ring.keys:
        grid.add_row(key.name, key.id, key.made_at)
    console.print(grid)


@keys_app.command("new", epilog="Example: padron keys new institution:health")
def new_key(name: Name, home: Home = None) -> None:
    """Make a key for a new recipient, whose extracts then join with no other recipient's."""
    with told():
        key = add_key(settings_at(home), name)
    console.print(f"Made {key.id}.")


@keys_app.command("rotate", epilog="Example: padron keys rotate vault")
def rotate_key(name: Name, home: Home = None) -> None:
    """Replace a key: the vault is written anew under it; a recipient gets other pseudonyms from the next release on."""
    from warehouse.privacy.vault import rotate_vault  # noqa: PLC0415 - so that --help answers at once

    with told():
        settings = settings_at(home)
        key = rotate_vault(settings) if name == VAULT else renew_key(settings, name)
    console.print(f"{key.id} counts from now on. Copy the key file (or {VARIABLE}) apart from this machine again.")


def vault(
    sql: Annotated[str, typer.Argument(help="One SQL query over vault_persons, vault_records, vault_identifiers.")],
    why: Annotated[str, typer.Option(help="Why people must be identified; the audit log keeps it.")],
    home: Home = None,
) -> None:
    """Ask the vault, which says who people are; it opens for those who hold its key, and every opening is logged."""
    from pipelines.commands.asking import show_answer  # noqa: PLC0415
    from warehouse.privacy.vault import open_vault  # noqa: PLC0415

    with told(), open_vault(settings_at(home), why) as connection:
        show_answer(connection, sql, console)
