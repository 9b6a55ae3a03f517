"""`padron model freeze` and `padron model export`: the trained model for later linkages, and for other programs."""

from pathlib import Path

from rich.console import Console
from rich.markup import escape

from linkage.engines.splink_settings import splink_settings
from linkage.explanation.pair import Linked
from linkage.features.building import schemes
from linkage.model.parameters import FrozenModel
from linkage.places import Places
from pipelines.defs.linkage import linkage_task
from pipelines.resources import Installation
from sources.catalogue import read_catalogue
from warehouse.handover import handed_over
from warehouse.layout import Layout
from warehouse.settings import Settings


def freeze_model(settings: Settings, folder: Path, console: Console) -> None:
    """Copy the trained parameters and their frequencies to `folder`; raise `ModelError` where nothing was linked."""
    file = FrozenModel.read(Places.under(Layout(settings.home)).parameters).write(folder)
    console.print(f"Link under it with [bold]--parameters {escape(str(file))}[/]", soft_wrap=True)


def export_splink(settings: Settings, out: Path, console: Console) -> None:
    """Write the trained model to `out` as Splink settings, and print what they leave out.

    Raises `StorageError` where nothing was linked yet, `ModelError` where the model is another now.
    """
    installation = Installation.of(settings)
    task = linkage_task(read_catalogue(settings.sources), installation)
    with installation.session("model export") as connection:
        linked = Linked.by(connection, task, {})
    export = splink_settings(linked.model, linked.parameters, schemes(linked.places.features))
    with handed_over(out) as partial:
        partial.write_text(export.json(), encoding="utf-8")
    console.print(f"The settings lie at [bold]{escape(str(out))}[/]", soft_wrap=True)
    console.print(f"They are for the table {escape(str(linked.places.features))}, a row a node.", soft_wrap=True)
    console.print("Splink cannot express of the model:")
    for what in export.left_out:
        console.print(f"- {escape(what)}", soft_wrap=True, highlight=False)
