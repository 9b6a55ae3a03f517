"""The registry stage: golden records, and the tables about sources and deliveries."""

import dagster as dg

from pipelines.keys import linkage_key, registry_key, standard_key
from pipelines.materialised import materialised
from pipelines.resources import Installation
from sources.catalogue import Catalogue
from warehouse.survivorship import write_persons
from warehouse.tables import PERSONS, RECORDS, SPINE


def registry_definitions(catalogue: Catalogue) -> dg.Definitions:
    """The assets of the registry stage."""

    @dg.asset(
        key=registry_key(PERSONS),
        deps=[linkage_key(SPINE.name), *(standard_key(contract) for contract in catalogue.with_persons)],
        group_name="registry",
        kinds={"duckdb", "parquet"},
        owners=["team:registry"],
        tags={"personal_data": "identifying"},
        description=f"{PERSONS.grain} Each value comes of the most trusted and most recent source.",
    )
    def persons(installation: Installation) -> dg.MaterializeResult:
        layout = installation.layout
        target = layout.registry(PERSONS)
        records = [layout.standard(RECORDS, contract.id) for contract in catalogue.with_persons]
        trust = {contract.source: contract.terms.trust for contract in catalogue.with_persons}
        with installation.session("registry persons") as connection:
            rows = write_persons(connection, records, layout.linkage(SPINE), trust, target)
        return materialised(PERSONS, rows, target)

    return dg.Definitions(assets=[persons])
