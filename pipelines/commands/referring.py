"""The verbs of referrals: `padron referrals export|import|list`."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table as Grid

from pipelines.commands.exporting import last_published
from pipelines.commands.terminal import Home, Sources, console, settings_at, told
from warehouse.layout import Layout

referrals_app = typer.Typer(
    name="referrals",
    help="Hand each institution what its people need, and take its answers in.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)


@referrals_app.command("export", epilog="Example: padron referrals export --out referrals --institution health")
def export_referrals(
    out: Annotated[Path, typer.Option(help="The folder to write to, one folder an institution, for its owner alone.")],
    institution: Annotated[str | None, typer.Option(help="Only this institution.", show_default=False)] = None,
    home: Home = None,
    sources: Sources = None,
) -> None:
    """Write for each institution who needs what of it, under its own keys, as CSV and as a workbook to fill in."""
    from pipelines.defs.marts import registry_inputs  # noqa: PLC0415 - so that --help answers at once
    from pipelines.resources import Installation  # noqa: PLC0415
    from sources.catalogue import read_catalogue  # noqa: PLC0415
    from warehouse.exports.referrals import write_referrals  # noqa: PLC0415
    from warehouse.privacy.rights import erased_records, read_requests  # noqa: PLC0415

    with told(), last_published(home, sources) as release:
        settings = release.settings
        installation, layout = Installation.of(settings), Layout(settings.home)
        records = registry_inputs(read_catalogue(settings.sources), installation).records
        hidden = release.withheld | erased_records(read_requests(layout))
        with installation.session("referrals") as connection:
            handed = write_referrals(connection, layout, records, out, hidden, institution)
    grid = Grid("institution", "referrals", "for the first time", "folder")
    for each in handed:
        grid.add_row(each.institution, f"{each.rows:,}", f"{each.new:,}", str(each.folder))
    console.print(grid)
    console.print(
        "Each folder is for its institution alone. The outcome column comes back by `padron referrals import`."
    )


@referrals_app.command("import", epilog="Example: padron referrals import answered/referrals.xlsx")
def import_answers(
    file: Annotated[Path, typer.Argument(help="A file of `padron referrals export` with its outcomes filled in.")],
    home: Home = None,
) -> None:
    """Take in what an institution answered: all of it, or none where any row is at fault."""
    from warehouse.audit_log import record  # noqa: PLC0415
    from warehouse.referrals import ReferralError, note_answers  # noqa: PLC0415
    from warehouse.sheets import read_sheet  # noqa: PLC0415

    with told():
        layout = Layout(settings_at(home).home)
        counts = note_answers(layout, file.name, read_sheet(file, ("referral_id", "outcome"), ReferralError))
        record(layout, "referrals.answered", {"answers": sum(counts.values())})
    console.print(f"Taken in: {', '.join(f'{count:,} {outcome}' for outcome, count in counts.items())}.")


@referrals_app.command("list", epilog="Example: padron referrals list")
def list_referrals(home: Home = None) -> None:
    """Count, for each institution and kind, what was handed over, what was answered and what is no longer needed."""
    from warehouse.published.coordination import REFERRALS  # noqa: PLC0415
    from warehouse.referrals import sent_referrals  # noqa: PLC0415
    from warehouse.session import open_session  # noqa: PLC0415
    from warehouse.storage import read_table  # noqa: PLC0415

    with told():
        settings = settings_at(home)
        layout = Layout(settings.home)
        with open_session(settings) as connection:
            rows = connection.sql(
                f"select referral_id, institution, kind from {read_table(REFERRALS, layout.mart(REFERRALS))}"
            ).fetchall()
        sent, needed = sent_referrals(layout), {name for name, _, _ in rows}
    counts = {
        "needed": Counter((institution, kind) for _, institution, kind in rows),
        "handed over": Counter((each.institution, each.kind) for each in sent.values()),
        "answered": Counter((each.institution, each.kind) for each in sent.values() if each.outcome),
        "no longer needed": Counter((e.institution, e.kind) for e in sent.values() if e.referral_id not in needed),
    }
    grid = Grid("institution", "kind", *counts)
    for key in sorted({key for counter in counts.values() for key in counter}):
        grid.add_row(*key, *(f"{counter[key]:,}" for counter in counts.values()))
    console.print(grid)
