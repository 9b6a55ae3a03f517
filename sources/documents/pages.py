"""The pages made of contracts: Markdown, the same for the same contracts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sources.catalogue import Catalogue
from sources.contract import SourceContract
from sources.documents import told

SUBJECTS = {"persons": "the people whom the institution has on file", "events": "people to whom the events happened"}
RECIPIENTS = "the registry; readers of a release see pseudonyms alone"


def write_pages(catalogue: Catalogue, folder: Path) -> list[Path]:
    """Write a page a contract and the record of processing to `folder`; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = {f"{contract.id}.md": contract_page(contract) for contract in catalogue.contracts}
    pages["record-of-processing.md"] = record_of_processing(catalogue)
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in pages]


def contract_page(contract: SourceContract) -> str:
    """One contract as a page."""
    description = contract.odcs.description
    return _rendered(
        "contract.md.j2",
        contract=contract,
        purpose=(description.purpose if description else None) or "What the institution delivers.",
        limitations=(description.limitations if description else None) or "",
        owners=told.owners(contract),
        rows=told.rows(contract),
        delivered=told.delivered(contract),
        written=told.cell(told.written(contract)),
        expected=told.expected(contract),
        complete=told.complete(contract),
        columns=[told.column_row(column) for column in contract.columns],
        rules=list(_rules(contract)),
    )


def record_of_processing(catalogue: Catalogue) -> str:
    """All contracts as the record that data protection law asks for."""
    return _rendered("processing.md.j2", contracts=[_entry(contract) for contract in catalogue.contracts])


def _entry(contract: SourceContract) -> dict[str, Any]:
    terms = contract.terms
    used = [column for column in contract.columns if column.field != "ignore"]
    return {
        "id": contract.id,
        "institution": contract.institution,
        "owners": told.owners(contract),
        "legal_basis": terms.legal_basis,
        "purposes": terms.purposes,
        "subjects": SUBJECTS[str(terms.role)],
        "restricted": [column.field for column in used if column.odcs.classification == "restricted"],
        "confidential": [column.field for column in used if column.odcs.classification == "confidential"],
        "ignored": [column.name for column in contract.columns if column.field == "ignore"],
        "delivered": told.delivered(contract),
        "kept": f"{terms.retention_months} months" if terms.retention_months else None,
        "recipients": RECIPIENTS,
    }


def _rules(contract: SourceContract) -> Iterator[str]:
    """The quality rules, each in a line."""
    for table in contract.odcs.schema_ or ():
        owners = [("the extract", table.quality), *((str(item.name), item.quality) for item in table.properties or ())]
        for owner, rules in owners:
            for rule in rules or ():
                said = rule.model_dump(exclude_none=True, exclude={"type", "id", "description", "dimension"})
                listed = ", ".join(f"{name} {value}" for name, value in said.items())
                yield f"{owner}: {rule.description or listed}"


def _rendered(template: str, **values: Any) -> str:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # Markdown, not HTML
    )
    return environment.get_template(template).render(**values)
