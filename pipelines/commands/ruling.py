"""The verbs of programmes' rules: `padron rules check|list|show`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table as Grid

from pipelines.commands.terminal import console, told
from warehouse.errors import RuleError
from warehouse.rules.documents import ages, condition, validity
from warehouse.rules.pack import Pack
from warehouse.rules.reading import PACKS, read_packs

rules_app = typer.Typer(
    name="rules",
    help="Look at the rules of programmes, and check packs of them.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)

Folder = Annotated[Path, typer.Option("--packs", help="The folder of packs.", show_default=False)]


@rules_app.command("check", epilog="Example: padron rules check --packs my/programmes")
def check(packs: Folder = PACKS) -> None:
    """Check every pack: all faults of all files are told at once."""
    with told():
        read = read_packs(packs)
    rules = [rule for pack in read for rule in pack.rules]
    unverified = sum(rule.status == "unverified" for rule in rules)
    console.print(f"{len(read)} packs with {len(rules)} rules are sound; {unverified} rules are unverified.")


@rules_app.command("list", epilog="Example: padron rules list")
def list_packs(packs: Folder = PACKS) -> None:
    """List the packs: programme, country, validity and how many of their rules are verified."""
    with told():
        read = read_packs(packs)
    grid = Grid("pack", "name", "country", "in force", "rules", "verified")
    for pack in read:
        verified = sum(rule.status == "verified" for rule in pack.rules)
        grid.add_row(pack.key, pack.name, pack.country, validity(pack), str(len(pack.rules)), str(verified))
    console.print(grid)


@rules_app.command("show", epilog="Example: padron rules show br.bolsa_familia@2023")
def show(
    name: Annotated[str, typer.Argument(metavar="PACK", help="A programme, or programme@version.")],
    packs: Folder = PACKS,
) -> None:
    """Show the rules of a programme with their status and what they cite."""
    with told():
        for pack in _named(read_packs(packs), name):
            _show(pack)


def _named(packs: tuple[Pack, ...], name: str) -> list[Pack]:
    found = [pack for pack in packs if name in (pack.key, pack.programme)]
    if not found:
        raise RuleError(name, [f"no such pack; there are {', '.join(pack.key for pack in packs)}"])
    return found


def _show(pack: Pack) -> None:
    grid = Grid("rule", "kind", "ages", "asks", "in force", "status", "citation", title=f"{pack.name} ({pack.key})")
    for rule in pack.rules:
        status = rule.status if rule.status == "verified" else f"[yellow]{rule.status}[/]"
        grid.add_row(rule.id, rule.kind, ages(rule), condition(rule), validity(pack, rule), status, rule.citation.text)
    console.print(grid)
