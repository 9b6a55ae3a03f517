"""`padron model check` and `padron model show`."""

from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table as Grid

from linkage.model.declaration import Model
from linkage.model.file import load_model
from linkage.model.parameters import FrozenModel


def check_model(file: Path, console: Console) -> None:
    """Say that the model file stands; raise `ModelError` with every fault of it or of the parameters it names."""
    model = load_model(file)
    if model.parameters:
        FrozenModel.read(Path(model.parameters))
    console.print(f"{escape(str(file))}: no fault.", soft_wrap=True)
    _summary(model, console)


def show_model(file: Path | None, console: Console) -> None:
    """Print the model at `file` laid over the default one, or the default one; raise `ModelError`."""
    model = load_model(file)
    compared = Grid("comparison", "known where both have", "levels, most alike first", title="Comparisons")
    for each in model.comparisons:
        levels = "\n".join(level.name for level in each.levels)
        compared.add_row(escape(each.name), escape(" or ".join(each.known)), escape(levels), end_section=True)
    passes = Grid("pass", "key", "large blocks cut by", title="Blocking passes")
    for one in model.blocking.passes:
        passes.add_row(escape(one.name), escape(", ".join(one.key)), escape(", ".join(one.refine)))
    console.print(compared)
    console.print(passes)
    _summary(model, console)


def _summary(model: Model, console: Console) -> None:
    console.print(
        f"{escape(model.name)}, version {escape(model.version)}, engine {model.engine}: {len(model.comparisons)} "
        f"comparisons, {len(model.blocking.passes)} passes; links from {model.thresholds.link:+g} bits, review from "
        f"{model.thresholds.review:+g}; {'frozen parameters' if model.parameters else 'trained anew in each run'}.",
        soft_wrap=True,
    )
    console.print(f"One number a person: {', '.join(model.constraints.one_per_person) or 'no scheme'}.", soft_wrap=True)
