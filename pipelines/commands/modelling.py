"""The verbs of linkage models, `padron model check|show|freeze|export`."""

from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.terminal import Home, ModelFile, Sources, console, settings_at, told

model_app = typer.Typer(
    name="model",
    help="Check and show linkage models, keep a trained one, and give it to other programs.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)


@model_app.command(epilog="Example: padron model check my-model.yaml")
def check(file: Annotated[Path, typer.Argument(help="A linkage model file.")]) -> None:
    """Read a model file as a linkage would, and tell every fault at once."""
    from pipelines.commands.model_showing import check_model  # noqa: PLC0415 - so that --help answers at once

    with told():
        check_model(file, console)


@model_app.command(epilog="Example: padron model show --model my-model.yaml")
def show(model: ModelFile = None) -> None:
    """Show the model that a linkage would use: its comparisons, passes, constraints and thresholds."""
    from pipelines.commands.model_showing import show_model  # noqa: PLC0415

    with told():
        show_model(settings_at(None, model=model).model, console)


@model_app.command(epilog="Example: padron model freeze models/2026-10")
def freeze(
    folder: Annotated[Path, typer.Argument(help="Where to keep the trained model. It holds no records.")],
    home: Home = None,
) -> None:
    """Keep the model as the last linkage trained it: under it a pair scores the same in any later linkage."""
    from pipelines.commands.model_export import freeze_model  # noqa: PLC0415

    with told():
        freeze_model(settings_at(home), folder, console)


@model_app.command(epilog="Example: padron model export --splink people.splink.json")
def export(
    splink: Annotated[Path, typer.Option(help="The file to write: settings JSON for Splink 5. It holds no records.")],
    home: Home = None,
    sources: Sources = None,
    model: ModelFile = None,
) -> None:
    """Write the trained model as Splink settings, and say what Splink cannot express of it."""
    from pipelines.commands.model_export import export_splink  # noqa: PLC0415 - so that --help answers at once

    with told():
        export_splink(settings_at(home, sources, model=model), splink, console)
