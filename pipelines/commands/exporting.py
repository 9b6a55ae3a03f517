"""The verbs that hand data out: `padron export bundle|dci|lineage|postgres`."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.terminal import Home, Sources, console, settings_at, told
from warehouse.layout import Layout
from warehouse.manifest import Manifest
from warehouse.settings import Settings
from warehouse.table import Table

export_app = typer.Typer(
    name="export",
    help="Hand the registry out: to a recipient, to connected systems, to PostgreSQL.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)

Recipient = Annotated[
    str, typer.Option("--for", help="The recipient, who has a key of its own (padron keys new NAME).")
]
Folder = Annotated[Path, typer.Option(help="The new folder to write, for its owner alone.")]


@dataclass(frozen=True)
class Published:
    """What the current release was made of: manifest, tables under the registry's own ids, and who is left out."""

    settings: Settings
    manifest: Manifest
    marts: dict[Table, Path]
    withheld: frozenset[str]


@export_app.command(
    "bundle", epilog="Example: padron export bundle --for institution:health --source health --out health"
)
def export_bundle(
    recipient: Recipient,
    out: Folder,
    source: Annotated[str | None, typer.Option(help="Only people whom this source knows, and its own rows.")] = None,
    municipality: Annotated[str | None, typer.Option(help="Only residents of this municipality.")] = None,
    home: Home = None,
) -> None:
    """Write Parquet files with a Frictionless data package, under pseudonyms that no other recipient has."""
    from warehouse.exports.bundle import Extract, write_bundle  # noqa: PLC0415 - so that --help answers at once
    from warehouse.privacy.keyring import open_keyring  # noqa: PLC0415

    with told(), last_published(home) as release:
        key = open_keyring(release.settings).current(recipient)
        extract = Extract(recipient, source, municipality)
        rows = write_bundle(
            release.settings, key, release.marts, extract, out, release.manifest.release_id, release.withheld
        )
    console.print(
        f"{sum(rows.values()):,} rows of {len(rows)} tables for {recipient} in [bold]{out}[/]", soft_wrap=True
    )


@export_app.command("dci", epilog="Example: padron export dci --for institution:health --out dci")
def export_dci(
    recipient: Recipient,
    out: Folder,
    grouping: Annotated[
        str, typer.Option(help="Which households the groups are: declared, address, family or combined.")
    ] = "declared",
    home: Home = None,
    sources: Sources = None,
) -> None:
    """Write persons, members, groups and beneficiaries as DCI JSON-LD. These files identify people."""
    from pipelines.defs.marts import registry_inputs  # noqa: PLC0415
    from pipelines.resources import Installation  # noqa: PLC0415
    from sources.catalogue import read_catalogue  # noqa: PLC0415
    from warehouse.exports.dci import write_dci  # noqa: PLC0415
    from warehouse.privacy.keyring import open_keyring  # noqa: PLC0415

    with told(), last_published(home, sources) as release:
        settings = release.settings
        inputs = registry_inputs(read_catalogue(settings.sources), Installation.of(settings))
        key = open_keyring(settings).current(recipient)
        counts = write_dci(settings, key, inputs, recipient, out, release.withheld, grouping)
    listed = ", ".join(f"{count:,} {kind}" for kind, count in counts.items())
    console.print(f"{listed} for {recipient} in [bold]{out}[/]", soft_wrap=True)


@export_app.command("lineage", epilog="Example: padron export lineage --out lineage.jsonl")
def export_lineage(
    out: Annotated[Path, typer.Option(help="The file to write, one OpenLineage event a line.")],
    namespace: Annotated[str, typer.Option(help="The name of this installation.")] = "padron",
    home: Home = None,
) -> None:
    """Write the run of the current release as OpenLineage events: deliveries in, tables out, no values."""
    from warehouse.exports.lineage import lineage_events, write_lineage  # noqa: PLC0415

    with told(), last_published(home) as release:
        write_lineage(lineage_events(release.manifest, release.marts, namespace), out)
    console.print(f"Release {release.manifest.release_id} told in [bold]{out}[/]", soft_wrap=True)


@export_app.command("postgres", epilog='Example: padron export postgres --to "host=db dbname=registry" --schema padron')
def export_postgres(
    to: Annotated[
        str, typer.Option(help="Where to, as libpq takes it; a password belongs in PGPASSWORD or ~/.pgpass.")
    ],
    schema: Annotated[str, typer.Option(help="The schema that readers use.")] = "padron",
    home: Home = None,
) -> None:
    """Load the current release into PostgreSQL and switch its schema to it in one transaction."""
    from warehouse.exports.postgres import publish_to_postgres  # noqa: PLC0415

    with told(), last_published(home) as release:
        folder = Layout(release.settings.home).current.resolve() / "parquet"
        tables = {table: folder / f"{table.name}.parquet" for table in release.marts}
        rows = publish_to_postgres(release.settings, release.manifest, tables, to, schema)
    console.print(f"{sum(rows.values()):,} rows of {len(rows)} tables are the schema {schema} now.")


@contextmanager
def last_published(home: Path | None, sources: Path | None = None) -> Iterator[Published]:
    """What was published last, while nobody publishes; raise `StorageError` before the first release."""
    from warehouse.errors import StorageError  # noqa: PLC0415
    from warehouse.lock import publishing  # noqa: PLC0415
    from warehouse.manifest import read_manifest  # noqa: PLC0415
    from warehouse.privacy.rights import read_requests, withheld_ids  # noqa: PLC0415
    from warehouse.published.registry import PUBLISHED  # noqa: PLC0415
    from warehouse.session import open_session  # noqa: PLC0415

    settings = settings_at(home, sources)
    layout = Layout(settings.home)
    manifest = read_manifest(layout)
    if manifest is None:
        raise StorageError(f"{layout.home}: nothing was published there yet. Run `padron build` first.")
    with publishing(settings):
        with open_session(settings) as connection:
            withheld = withheld_ids(connection, layout, read_requests(layout))
        yield Published(settings, manifest, {table: layout.mart(table) for table in PUBLISHED}, withheld)
