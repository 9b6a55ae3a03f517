"""How linkage, golden records and published tables follow deliveries: by Dagster's declarative automation.

An asset follows when something that it is made of changed in content, not when it was merely written again; and with
it, in the same run, all that is made of it. Publishing does not follow: it is a job of its own.
"""

import dagster as dg

GROUPS = ("linkage", "registry", "marts")
"""The groups of assets that follow."""

CHANGED = dg.AutomationCondition.any_deps_match(
    dg.AutomationCondition.data_version_changed() | dg.AutomationCondition.will_be_requested()
).with_label("something it is made of changed")

FOLLOWS = (
    CHANGED.since(dg.AutomationCondition.newly_requested() | dg.AutomationCondition.newly_updated())
    & ~dg.AutomationCondition.any_deps_missing()
    & ~dg.AutomationCondition.any_deps_in_progress()
    & ~dg.AutomationCondition.in_progress()
).with_label("follows what it is made of")


def following(*definitions: dg.Definitions) -> dg.Definitions:
    """The assets of all `definitions`, each with the condition by which it follows."""
    assets = [asset for each in definitions for asset in each.assets or ()]
    return dg.Definitions(assets=[_follows(asset) for asset in assets if isinstance(asset, dg.AssetsDefinition)])


def _follows(asset: dg.AssetsDefinition) -> dg.AssetsDefinition:
    return asset.map_asset_specs(lambda spec: spec.replace_attributes(automation_condition=FOLLOWS))


def following_sensor() -> dg.AutomationConditionSensorDefinition:
    """The sensor that evaluates the conditions; off until somebody wants more than the runs of everything."""
    return dg.AutomationConditionSensorDefinition(
        "following",
        target=dg.AssetSelection.groups(*GROUPS),
        default_status=dg.DefaultSensorStatus.STOPPED,
        minimum_interval_seconds=60,
        description="Link, and make tables, whenever deliveries have changed what they are made of.",
    )
