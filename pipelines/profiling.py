"""The profiles of a contract's deliveries."""

from pipelines.resources import Installation
from quality.drift.history import earlier, recall, remember
from quality.drift.profile import Profile, profile
from sources.contract import SourceContract
from warehouse.published.reference import DELIVERIES
from warehouse.storage import read_rows


def profiles(contract: SourceContract, installation: Installation) -> tuple[Profile, list[Profile]] | None:
    """The profile of the latest delivery in use and those of all before it; None where no delivery is in use.

    New ones are kept for later runs.
    """
    layout, made = installation.layout, []
    for row in read_rows(DELIVERIES, layout.deliveries(contract.id)):
        raw = layout.raw(contract.id, row["delivery_id"])
        known = recall(layout, contract.id, row["delivery_id"], raw)
        if known is None:
            day = row["as_of_date"].isoformat() if row["as_of_date"] else None
            known = profile(contract.odcs, raw, row["delivery_id"], day, installation.settings)
            remember(layout, contract.id, known)
        made.append(known)
    if not made:
        return None
    latest = max(made, key=lambda each: (each.as_of_date or "", each.delivery_id))
    return latest, earlier(layout, contract.id, latest)
