"""The command line. Each verb reads its options, calls one function and prints what came of it."""

from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.case import case
from pipelines.commands.contracts import contract_app
from pipelines.commands.custody import audit_app, rollback
from pipelines.commands.evaluating import evaluate
from pipelines.commands.exporting import export_app
from pipelines.commands.granting import block, dossier, erase, rectify, unblock
from pipelines.commands.keeping import keys_app, vault
from pipelines.commands.knowing import as_of, why
from pipelines.commands.measuring import metrics, serve_metrics
from pipelines.commands.modelling import model_app
from pipelines.commands.quarantine import quarantine_app
from pipelines.commands.referring import referrals_app
from pipelines.commands.reporting import report
from pipelines.commands.reviewing import explain, review_app
from pipelines.commands.ruling import rules_app
from pipelines.commands.safekeeping import backup, restore
from pipelines.commands.serving import daemon, ui, webserver
from pipelines.commands.simulating import simulate_packs
from pipelines.commands.terminal import (
    Force,
    Full,
    Home,
    JsonLogs,
    Landing,
    ModelFile,
    ParametersFile,
    Sources,
    TruthFile,
    console,
    errors,
    settings_at,
    told,
)

app = typer.Typer(
    name="padron",
    help="Build a unified social registry from the extracts of many institutions.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
app.add_typer(contract_app)
app.add_typer(quarantine_app)
app.add_typer(review_app)
app.add_typer(model_app)
app.add_typer(rules_app)
app.add_typer(audit_app)
app.add_typer(keys_app)
app.add_typer(export_app)
app.add_typer(referrals_app)
app.command(epilog='Example: padron case health:P-17 --why "visit of 3 November" --out case.html')(case)
app.command(epilog='Example: padron dossier health:P-17 --out dossier.json --why "request 31"')(dossier)
app.command(epilog='Example: padron rectify health:P-17 birth_date 1987-03-05 --why "birth certificate"')(rectify)
app.command(epilog='Example: padron block health:P-17 --why "objection 8"')(block)
app.command(epilog='Example: padron unblock health:P-17 --why "objection 8 was settled"')(unblock)
app.command(epilog='Example: padron erase health:P-17 --why "request 44"')(erase)
app.command(epilog='Example: padron vault "select * from vault_persons limit 5" --why "court order 12"')(vault)
app.command(epilog='Example: padron rollback --why "the September file was truncated"')(rollback)
app.command(epilog="Example: padron explain health:P-17 education:A-4 --out pair.svg")(explain)
app.command(epilog="Example: padron why education:A-4 birth_date")(why)
app.command("as-of", epilog="Example: padron as-of 2026-06-30 --known 2026-11-01 --out midyear.duckdb")(as_of)
app.command("simulate", epilog="Example: padron simulate mx.familias@2019 draft.yaml --out who.csv")(simulate_packs)
app.command(epilog="Example: padron evaluate --truth truth.csv --out quality.html")(evaluate)
app.command(epilog="Example: padron report social_security.affiliates --open")(report)
app.command(epilog="Example: padron ui --port 3001")(ui)
app.command(epilog="Example: padron webserver --port 3000")(webserver)
app.command(epilog="Example: padron backup --to /media/backup --keys-to /media/safe/keyring.json")(backup)
app.command(epilog="Example: padron restore padron-20261101T020000Z.tar --keys keyring.json --home new/home")(restore)
app.command(epilog="Example: padron daemon --home my/registry")(daemon)
app.command(epilog="Example: padron metrics --out /var/lib/node_exporter/padron.prom")(metrics)
app.command(epilog="Example: padron serve-metrics --port 9464")(serve_metrics)


@app.command(epilog="Example: padron sample --people 20000")
def sample(
    people: Annotated[int, typer.Option(min=1, help="How many people to invent.")] = 5000,
    seed: Annotated[int | None, typer.Option(help="Another seed invents another population.")] = None,
    truth: Annotated[Path | None, typer.Option(help="Where the truth is kept, apart from the deliveries.")] = None,
    home: Home = None,
    landing: Landing = None,
) -> None:
    """Invent a population and write what nine sample institutions would deliver about it."""
    from pipelines.commands.sampling import make_sample

    with told():
        make_sample(settings_at(home, landing=landing), people, seed, truth, console)


@app.command(epilog="Example: padron build --sources my/contracts --landing my/extracts --home my/registry")
def build(
    home: Home = None,
    sources: Sources = None,
    landing: Landing = None,
    model: ModelFile = None,
    parameters: ParametersFile = None,
    truth: TruthFile = None,
    full: Full = False,
    force: Force = False,
    json_logs: JsonLogs = False,
) -> None:
    """Run the whole job, from the landing zone to a published release; where nothing has changed there is no run."""
    from pipelines.alerts.command import alerted
    from pipelines.commands.building import build_registry
    from pipelines.json_lines import json_lines
    from pipelines.progress import progress_bar

    watch = json_lines if json_logs else progress_bar
    with told():
        settings = settings_at(home, sources, landing, model, parameters, truth)
        with alerted(settings, "padron build", errors):
            build_registry(settings, console, full=full, force=force, watch=watch)


@app.command(epilog="Example: padron link --sources my/contracts --landing my/extracts --out my/linkage")
def link(
    out: Annotated[Path, typer.Option(help="The folder that spine.parquet is written to.")],
    home: Home = None,
    sources: Sources = None,
    landing: Landing = None,
    model: ModelFile = None,
    parameters: ParametersFile = None,
    full: Full = False,
) -> None:
    """Find out which records are the same person, and stop there: writes spine.parquet."""
    from pipelines.commands.building import link_records

    with told():
        link_records(settings_at(home, sources, landing, model, parameters), out, console, full=full)


@app.command(epilog="Example: padron status")
def status(
    home: Home = None,
    ages: Annotated[bool, typer.Option("--ages", help="Show how old what is in use of each contract is.")] = False,
) -> None:
    """Show the current release: its sources and their age, its tables, and what to ask of it."""
    from pipelines.commands.building import show_status

    with told():
        show_status(settings_at(home), console, ages=ages)


@app.command(epilog='Example: padron query "select sex, count(*) from persons group by all"')
def query(sql: Annotated[str, typer.Argument(help="One SQL query.")], home: Home = None) -> None:
    """Ask the current release a question in SQL; it is opened to be read only."""
    from pipelines.commands.asking import ask

    with told():
        ask(settings_at(home), sql, console)
