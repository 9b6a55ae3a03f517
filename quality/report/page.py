"""HTML pages that are whole in one file: no script, no font, no picture from elsewhere."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from warehouse.handover import handed_over

if TYPE_CHECKING:
    from jinja2 import Environment


def page(template: str, **values: Any) -> str:
    """The page that `template` makes of `values`; all text is escaped, charts alone are markup."""
    return _environment().get_template(template).render(**values)


def save(html: str, path: Path) -> None:
    """Write the page, readable by its owner alone."""
    with handed_over(path) as partial:
        partial.write_text(html, encoding="utf-8")


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - so that definitions load at once

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["number"] = lambda value: f"{value:,}" if value is not None else ""
    environment.filters["percent"] = lambda value: f"{value:.1%}" if value is not None else ""
    return environment
