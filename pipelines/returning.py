"""Return reports of the deliveries in use of one contract."""

from pathlib import Path

from pipelines.described import described_rows
from pipelines.resources import Installation
from quality.returns.mend import Returned
from quality.returns.refused import RefusedDelivery, write_refused
from quality.returns.write import ReturnReport, write_return
from quality.suites import contract_suite
from sources.contract import SourceContract
from sources.ledger import last_entry
from sources.standardise.identifiers import scheme_name
from sources.standardise.stored import hash_sql
from sources.standing import read_refusals
from warehouse.published.reference import DELIVERIES
from warehouse.session import identifier
from warehouse.storage import read_rows
from warehouse.tables import EVENTS, RECORD_FLAGS, RECORD_IDENTIFIERS, RECORDS


def write_returns(contract: SourceContract, installation: Installation) -> list[ReturnReport]:
    """Write the return report of each delivery of `contract` in use, oldest first, from what was made of it so far."""
    rows = read_rows(DELIVERIES, installation.layout.deliveries(contract.id))
    days = sorted(rows, key=lambda row: (str(row["as_of_date"] or ""), row["delivery_id"]))
    return [write_return(_returned(contract, installation, row), installation.settings) for row in days]


def write_refusals(contract: SourceContract, installation: Installation) -> list[Path]:
    """Write for each newer delivery of `contract` that is not in use what was wrong and how to deliver it again."""
    layout = installation.layout
    return [
        write_refused(
            RefusedDelivery(
                contract_id=contract.id,
                institution=contract.institution,
                delivery_id=refusal.delivery_id,
                files=known.files if (known := last_entry(layout, contract.id, refusal.delivery_id)) else (),
                reason=refusal.reason,
                expected=contract.server.path or "",
            ),
            layout,
        )
        for refusal in read_refusals(layout, contract.id)
    ]


def _returned(contract: SourceContract, installation: Installation, row: dict[str, object]) -> Returned:
    layout, delivery_id = installation.layout, str(row["delivery_id"])
    key = next(column.name for column in contract.columns if column.field == "record_key")
    is_record = contract.terms.role == "persons"
    tables = (RECORDS, RECORD_IDENTIFIERS, RECORD_FLAGS) if is_record else (EVENTS,)
    paths = {table.name: layout.standard(table, contract.id) for table in tables}
    named = [column for column in contract.columns if column.field == "identifier"]
    return Returned(
        contract_id=contract.id,
        institution=contract.institution,
        delivery_id=delivery_id,
        as_of_date=str(row["as_of_date"]) if row["as_of_date"] else None,
        key_column=key,
        row_id=hash_sql(contract.source if is_record else contract.id, identifier(key)),
        raw=described_rows(layout, contract, delivery_id),
        quarantine=layout.quarantine(contract.id, delivery_id),
        columns={column.field: column.name for column in contract.columns if column.field != "ignore"},
        schemes={scheme_name(column.terms.scheme or "local", contract.source): column.name for column in named},
        promises=contract_suite(contract.odcs),
        standard={name: path for name, path in paths.items() if path.exists()},
    )
