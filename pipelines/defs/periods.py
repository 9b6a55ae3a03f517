"""Deliveries by period: a month that was read can be read again, and months of before read for the first time."""

import dagster as dg

from pipelines.keys import landing_key, period_key, slug
from pipelines.pools import deliveries_pool
from pipelines.resources import Installation
from sources.catalogue import Catalogue
from sources.contract import SourceContract
from sources.erasure import purge_raw
from sources.periods import periods, take_in_again
from warehouse.privacy.rights import erased_records, read_requests


def period_definitions(catalogue: Catalogue) -> dg.Definitions:
    """A partitioned asset a contract whose deliveries are files."""
    return dg.Definitions(
        assets=[
            _period_asset(contract, catalogue.person_source(contract))
            for contract in catalogue.contracts
            if not contract.is_queried
        ]
    )


def period_partitions(contract: SourceContract) -> dg.DynamicPartitionsDefinition:
    """One partition a period that a delivery described, by its last day; new ones come with new deliveries."""
    return dg.DynamicPartitionsDefinition(name=f"periods_{slug(contract.id)}")


def note_periods(instance: dg.DagsterInstance, contract: SourceContract, installation: Installation) -> None:
    """Make a partition of each period that lies in the landing zone."""
    if contract.is_queried:
        return
    name, found = f"periods_{slug(contract.id)}", periods(contract, installation.settings.landing)
    if new := sorted(set(found) - set(instance.get_dynamic_partitions(name))):
        instance.add_dynamic_partitions(name, new)


def _period_asset(contract: SourceContract, person_source: str) -> dg.AssetsDefinition:
    @dg.asset(
        key=period_key(contract),
        deps=[landing_key(contract)],
        partitions_def=period_partitions(contract),
        pool=deliveries_pool(contract),
        group_name=f"sources/{slug(contract.institution)}",
        owners=[f"team:{slug(contract.institution)}"],
        kinds={"parquet"},
        tags={"personal_data": "identifying"},
        description=f"What was delivered of {contract.id} for one period, read anew. The next whole run uses it.",
    )
    def period(context: dg.AssetExecutionContext, installation: Installation) -> dg.MaterializeResult:
        with installation.step(f"intake of {contract.id}, {context.partition_key}") as connection:
            intakes = take_in_again(connection, contract, context.partition_key, installation.settings)
            erased = erased_records(read_requests(installation.layout))
            gone = purge_raw(connection, contract, person_source, erased, installation.layout)
        return dg.MaterializeResult(
            metadata={
                "dagster/row_count": sum(intake.rows_accepted for intake in intakes),
                "rows delivered": sum(intake.rows_delivered for intake in intakes),
                "rows quarantined": sum(intake.rows_quarantined for intake in intakes),
                "deliveries": len(intakes),
                "rows erased": gone,
            }
        )

    return period
