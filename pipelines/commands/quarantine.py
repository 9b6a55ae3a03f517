"""The verbs of quarantine, `padron quarantine list|show|replay`; without a verb, the list."""

from typing import Annotated

import typer

from pipelines.commands.terminal import Home, Landing, Sources, console, settings_at, told

quarantine_app = typer.Typer(
    name="quarantine",
    help="Look at the delivered rows that could not be accepted, and read them again after a contract was mended.",
    epilog="Example: padron quarantine --home my/registry",
    invoke_without_command=True,
    rich_markup_mode="rich",
)

Contract = Annotated[str | None, typer.Option(help="Only of the contract with this id.")]


@quarantine_app.callback()
def listed_by_default(context: typer.Context, home: Home = None) -> None:
    """Look at the delivered rows that could not be accepted, and read them again after a contract was mended."""
    if context.invoked_subcommand is None:
        list_rows(home)


@quarantine_app.command("list", epilog="Example: padron quarantine list --contract housing.applicants")
def list_rows(home: Home = None, contract: Contract = None) -> None:
    """List the rows: contract, file, line and reason, never a value."""
    from pipelines.commands.quarantining import show_quarantine  # noqa: PLC0415 - so that --help answers at once

    with told():
        show_quarantine(settings_at(home), contract, console)


@quarantine_app.command("show", epilog="Example: padron quarantine show housing.applicants --line 6 --values")
def show(
    contract: Annotated[str, typer.Argument(help="The contract's id.")],
    line: Annotated[int | None, typer.Option(help="Only the row that begins on this line.")] = None,
    file: Annotated[str | None, typer.Option(help="Only rows of this file.")] = None,
    values: Annotated[bool, typer.Option("--values", help="Show the rows themselves. These identify people.")] = False,
    home: Home = None,
) -> None:
    """Tell the reasons of a contract's rows and how often each is given; with --values the rows too."""
    from pipelines.commands.quarantining import show_reasons, show_values  # noqa: PLC0415

    with told():
        settings = settings_at(home)
        if values:
            show_values(settings, contract, file, line, console)
        else:
            show_reasons(settings, contract, file, line, console)


@quarantine_app.command("replay", epilog="Example: padron quarantine replay --contract housing.applicants")
def replay(contract: Contract = None, home: Home = None, sources: Sources = None, landing: Landing = None) -> None:
    """Read the deliveries with rows in quarantine again, by the contracts as they now are.

    What can be accepted now is; the rest stays in quarantine. Of a delivery whose files are gone, the rows that the
    home keeps are judged anew. The registry follows with the next `padron build`.
    """
    from pipelines.commands.quarantining import replay_quarantine  # noqa: PLC0415

    with told():
        replay_quarantine(settings_at(home, sources, landing), contract, console)
