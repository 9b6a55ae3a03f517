"""`padron why`: where a value of the golden record comes from, and why it survived."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table as Grid

from linkage.explanation.naming import person_named
from linkage.places import Places
from pipelines.defs.registry import trust_of
from pipelines.resources import Installation
from sources.catalogue import read_catalogue
from warehouse.persons.reasons import Reason, why
from warehouse.settings import Settings
from warehouse.storage import read_table
from warehouse.tables import RECORDS, SPINE


def explain_value(settings: Settings, person: str, field: str, with_values: bool, console: Console) -> None:
    """Print every claim about the `field` of the person called `person`, and what decided between them."""
    installation, catalogue = Installation.of(settings), read_catalogue(settings.sources)
    layout = installation.layout
    records = read_table(RECORDS, *(layout.standard(RECORDS, contract.id) for contract in catalogue.with_persons))
    spine = read_table(SPINE, layout.linkage(SPINE))
    with installation.session("why") as connection:
        entity_id = person_named(connection, Places.under(layout), person)
        reason = why(connection, records, spine, trust_of(catalogue), entity_id, field)
    if reason is None:
        console.print(f"No record of {entity_id} has a value for {field}.")
        return
    _show(entity_id, reason, with_values, console)


def _show(entity_id: str, reason: Reason, with_values: bool, console: Console) -> None:
    grid = Grid(title=f"{reason.field} of {entity_id}")
    for heading in ("source", "record", "said on", "trust", "valid", "survives", *(["value"] if with_values else [])):
        grid.add_column(heading, no_wrap=heading == "record")
    for claim in reason.claims:
        facts = (claim.source, claim.record_id, str(claim.said_on or ""), str(claim.trust))
        marks = ("yes" if claim.is_valid else "no", "yes" if claim.survives else "")
        grid.add_row(*(escape(cell) for cell in (*facts, *marks, *([claim.value] if with_values else []))))
    console.print(grid)
    console.print(f"Decided by: {reason.reason}. Criteria in order: {', '.join(reason.rule.criteria)}.")
