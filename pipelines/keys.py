"""How assets are named: their keys say where their tables lie."""

import re

import dagster as dg

from sources.contract import SourceContract
from warehouse.table import Table

PERIODS = "deliveries"
"""What the keys of assets by period begin with."""


def slug(contract_id: str) -> str:
    """A contract's id as Dagster allows it in keys and names."""
    return re.sub(r"\W", "_", contract_id)


def landing_key(contract: SourceContract) -> dg.AssetKey:
    """The files that an institution delivers."""
    return dg.AssetKey(["landing", slug(contract.id)])


def period_key(contract: SourceContract) -> dg.AssetKey:
    """The deliveries of each period, read one by one."""
    return dg.AssetKey([PERIODS, slug(contract.id)])


def raw_key(contract: SourceContract) -> dg.AssetKey:
    """The accepted rows as delivered."""
    return dg.AssetKey(["raw", slug(contract.id)])


def standard_key(contract: SourceContract) -> dg.AssetKey:
    """The standardised rows."""
    return dg.AssetKey(["standard", slug(contract.id)])


def linkage_key(name: str) -> dg.AssetKey:
    """What one stage of linkage makes."""
    return dg.AssetKey(["linkage", name])


def registry_key(table: Table) -> dg.AssetKey:
    """A table of the registry stage."""
    return dg.AssetKey(["registry", table.name])


def mart_key(table: Table) -> dg.AssetKey:
    """A published table."""
    return dg.AssetKey(["marts", table.name])


RELEASE_KEY = dg.AssetKey(["release"])
