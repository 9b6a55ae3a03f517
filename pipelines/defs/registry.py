"""The registry stage: golden records with what explains them."""

from collections.abc import Iterator

import dagster as dg

from pipelines.keys import linkage_key, mart_key, registry_key, standard_key
from pipelines.materialised import column_schema, materialised
from pipelines.pools import MEMORY
from pipelines.resources import Installation
from sources.catalogue import Catalogue
from warehouse.fingerprints import hash_of_table
from warehouse.persons.claims import Trust
from warehouse.persons.households import Kinship, write_kinship
from warehouse.persons.survivorship import Golden, write_golden
from warehouse.published.people import (
    CONFLICTS,
    HOUSEHOLD_MEMBERS,
    HOUSEHOLDS,
    KINSHIP,
    PERSON_STATES,
    RELATIONSHIPS,
    SURVIVORS,
)
from warehouse.receipts import kept_or_made, receipt_of
from warehouse.table import Table
from warehouse.tables import PERSONS, RECORDS, SPINE

READ_EARLY = (RELATIONSHIPS, HOUSEHOLD_MEMBERS)
"""Published tables that other published tables are made of: they are read before the published tables are checked."""

EXPLAINED = (SURVIVORS, CONFLICTS, PERSON_STATES)
"""What survivorship publishes beside the golden records."""


def registry_definitions(catalogue: Catalogue) -> dg.Definitions:
    """The assets of the registry stage."""
    return dg.Definitions(assets=[_golden_assets(catalogue), _kinship_assets(catalogue)])


def trust_of(catalogue: Catalogue) -> Trust:
    """How each source with persons ranks itself, field by field."""
    return {contract.source: contract.terms.trust for contract in catalogue.with_persons}


def published_spec(table: Table, key: dg.AssetKey, deps: list[dg.AssetKey], group: str = "marts") -> dg.AssetSpec:
    """What Dagster is told of one table of several that one step writes."""
    return dg.AssetSpec(
        key=key,
        deps=deps,
        group_name=group,
        kinds={"duckdb", "parquet"},
        owners=["team:registry"],
        tags={"personal_data": "identifying"} if table is PERSONS else {},
        metadata={"dagster/column_schema": column_schema(table)},
        description=table.grain,
    )


def _golden_assets(catalogue: Catalogue) -> dg.AssetsDefinition:
    deps = [linkage_key(SPINE.name), *(standard_key(contract) for contract in catalogue.with_persons)]
    specs = [
        published_spec(PERSONS, registry_key(PERSONS), deps, "registry"),
        *(published_spec(table, mart_key(table), deps) for table in EXPLAINED),
    ]

    @dg.multi_asset(name="golden_records", specs=specs, pool=MEMORY)
    def golden_records(installation: Installation) -> Iterator[dg.MaterializeResult]:
        """Field by field the value that survives, with its source and reason."""
        layout = installation.layout
        records = [layout.standard(RECORDS, contract.id) for contract in catalogue.with_persons]
        golden = Golden(
            persons=layout.registry(PERSONS),
            survivors=layout.mart(SURVIVORS),
            conflicts=layout.mart(CONFLICTS),
            states=layout.mart(PERSON_STATES),
        )
        spine, trust = layout.linkage(SPINE), trust_of(catalogue)
        with installation.step("golden records") as connection:
            since = kept_or_made(
                receipt_of(golden.persons),
                [*map(hash_of_table, (*records, spine)), sorted(trust.items())],
                [golden.persons, *(layout.mart(table) for table in EXPLAINED)],
                lambda: write_golden(connection, records, spine, trust, golden),
            )
        yield materialised(PERSONS, golden.persons, key=registry_key(PERSONS), since=since)
        for table in EXPLAINED:
            yield materialised(table, layout.mart(table), key=mart_key(table), since=since)

    return golden_records


def _kinship_assets(catalogue: Catalogue) -> dg.AssetsDefinition:
    deps = [
        registry_key(PERSONS),
        linkage_key(SPINE.name),
        *(standard_key(contract) for contract in catalogue.with_persons),
    ]
    specs = [
        *(published_spec(table, mart_key(table), deps) for table in KINSHIP),
        *(published_spec(table, registry_key(table), deps, "registry") for table in READ_EARLY),
    ]

    @dg.multi_asset(name="kinship", specs=specs, pool=MEMORY)
    def kinship(installation: Installation) -> Iterator[dg.MaterializeResult]:
        """Parents by name, sex, age and place; households by several groupings, each with its evidence."""
        layout = installation.layout
        records = [layout.standard(RECORDS, contract.id) for contract in catalogue.with_persons]
        places = Kinship(
            relationships=layout.mart(RELATIONSHIPS),
            households=layout.mart(HOUSEHOLDS),
            members=layout.mart(HOUSEHOLD_MEMBERS),
        )
        persons, spine = layout.registry(PERSONS), layout.linkage(SPINE)
        with installation.step("kinship") as connection:
            since = kept_or_made(
                receipt_of(layout.registry(HOUSEHOLDS)),
                list(map(hash_of_table, (persons, *records, spine))),
                [layout.mart(table) for table in KINSHIP],
                lambda: write_kinship(connection, persons, records, spine, places),
            )
        for table in KINSHIP:
            yield materialised(table, layout.mart(table), key=mart_key(table), since=since)
        for table in READ_EARLY:
            yield materialised(table, layout.mart(table), key=registry_key(table), since=since)

    return kinship
