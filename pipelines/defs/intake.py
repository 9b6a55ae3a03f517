"""The first two stages: a delivery is read strictly, then standardised; two assets a contract."""

from datetime import UTC, datetime

import dagster as dg

from pipelines.defs.periods import note_periods
from pipelines.keys import landing_key, raw_key, slug, standard_key
from pipelines.materialised import column_schema, delivered_schema, unchanged
from pipelines.plots import completeness_plot
from pipelines.pools import deliveries_pool
from pipelines.punctuality import freshness_policy
from pipelines.resources import Installation
from sources.catalogue import Catalogue
from sources.contract import SourceContract
from sources.documents.told import delivered
from sources.erasure import purge_raw
from sources.standardise.renewal import main_table, renew
from sources.standing import receive_standing
from warehouse.privacy.rights import erased_records, read_requests
from warehouse.storage import row_count


def intake_definitions(catalogue: Catalogue) -> dg.Definitions:
    """The landing files as external assets, and for each contract a raw and a standard asset."""
    contracts = catalogue.contracts
    return dg.Definitions(
        assets=[
            *(_landing_spec(contract) for contract in contracts),
            *(_raw_asset(contract, catalogue.person_source(contract)) for contract in contracts),
            *(_standard_asset(contract, catalogue.person_source(contract)) for contract in contracts),
        ]
    )


def _group(contract: SourceContract) -> str:
    return f"sources/{slug(contract.institution)}"


def _owners(contract: SourceContract) -> list[str]:
    members = (
        contract.odcs.team if isinstance(contract.odcs.team, list) else getattr(contract.odcs.team, "members", None)
    )
    names = [str(member.username) for member in members or () if member.username and "@" in member.username]
    return names or [f"team:{slug(contract.institution)}"]


def _landing_spec(contract: SourceContract) -> dg.AssetSpec:
    return dg.AssetSpec(
        landing_key(contract),
        group_name=_group(contract),
        owners=_owners(contract),
        kinds={contract.format},
        freshness_policy=freshness_policy(contract),
        description=f"{contract.institution} delivers {delivered(contract)}.",
    )


def _raw_asset(contract: SourceContract, person_source: str) -> dg.AssetsDefinition:
    purpose = (contract.odcs.description.purpose if contract.odcs.description else None) or contract.id

    @dg.asset(
        key=raw_key(contract),
        deps=[landing_key(contract)],
        pool=deliveries_pool(contract),
        group_name=_group(contract),
        owners=_owners(contract),
        kinds={"parquet"},
        tags={"personal_data": "identifying"},
        metadata={"dagster/column_schema": delivered_schema(contract)},
        description=f"{purpose} One row a delivered row that could be read; the others lie in quarantine.",
    )
    def raw(context: dg.AssetExecutionContext, installation: Installation) -> dg.MaterializeResult:
        with installation.step(f"intake of {contract.id}") as connection:
            received = receive_standing(connection, contract, installation.settings)
            erased = erased_records(read_requests(installation.layout))
            purge_raw(connection, contract, person_source, erased, installation.layout)  # before a check names a key
        note_periods(context.instance, contract, installation)
        if not all(intake.was_known for intake in received.deliveries):
            context.log_event(dg.AssetMaterialization(landing_key(contract), description="A delivery has arrived."))
        return dg.MaterializeResult(
            data_version=dg.DataVersion(" ".join(intake.delivery.delivery_id for intake in received.deliveries)),
            metadata={
                "dagster/row_count": received.rows_accepted,
                "rows delivered": received.rows_delivered,
                "rows quarantined": received.rows_quarantined,
                "deliveries in use": len(received.deliveries),
            },
        )

    return raw


def _standard_asset(contract: SourceContract, person_source: str) -> dg.AssetsDefinition:
    table = main_table(contract)

    @dg.asset(
        key=standard_key(contract),
        deps=[raw_key(contract)],
        group_name=_group(contract),
        owners=_owners(contract),
        kinds={"duckdb", "parquet"},
        tags={"personal_data": "identifying"},
        metadata={"dagster/column_schema": column_schema(table)},
        description=f"{table.grain} The delivered value is kept beside its comparable form.",
    )
    def standard(installation: Installation) -> dg.MaterializeResult:
        layout = installation.layout
        with installation.step(f"standardisation of {contract.id}") as connection:
            names = erased_records(read_requests(layout))
            erased = purge_raw(connection, contract, person_source, names, layout)
            renewed = renew(connection, contract, person_source, layout, datetime.now(UTC).date())
            completeness = completeness_plot(connection, table, layout.standard(table, contract.id))
        rights = {"rows erased": erased, "records rectified": renewed.rectified}
        over = {f"retention over: {name}": rows for name, rows in renewed.retired.items()}
        return dg.MaterializeResult(
            data_version=dg.DataVersion(renewed.sha256),
            metadata={
                "dagster/row_count": row_count(layout.standard(table, contract.id)),
                **unchanged(renewed.made_at),
                **vars(renewed.counts),
                **rights,
                **over,
                **completeness,
            },
        )

    return standard
