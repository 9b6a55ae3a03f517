"""Co-responsibilities under two versions of a pack: who would comply with the one and not with the other.

A person is judged over all periods of the last twelve months together, as far as they were reported: one that was not
complied with decides, else one that was.
"""

from __future__ import annotations

import duckdb

from warehouse.marts.mart import query_of
from warehouse.published.sectors import COMPLIANCE
from warehouse.rules.pack import Pack
from warehouse.rules.relations import register_rules
from warehouse.table import Cells, Column, Table

SIMULATED_DUTIES = Table(
    name="simulated_duties",
    grain="The people of one territory whose compliance changes in one way where one pack takes the place of another.",
    key=("territory", "change"),
    columns=(
        Column("territory", "varchar", "The territory; null where it is not known."),
        Column(
            "change", "varchar",
            "becomes_compliant, becomes_non_compliant, newly_bound, no_longer_bound, stays_compliant, "
            "stays_non_compliant, or not_reported under either pack.", False,
        ),
        Column("people", "bigint", "How many; null where it is withheld."),
        Column("periods_before", "bigint", "In how many periods they do not comply with the first pack."),
        Column("periods_after", "bigint", "In how many they would not with the second."),
    ),
    cells=Cells("people", ("territory", "change"), ("periods_before", "periods_after")),
)  # fmt: skip

OUTCOMES = """
    select
        entity_id,
        case
            when bool_or(status = 'non_compliant') then 'non_compliant'
            when bool_or(status = 'compliant') then 'compliant'
            when bool_or(status = 'not_reported') then 'not_reported'
        end as outcome,
        count(*) filter (status = 'non_compliant') as periods
    from ({compliance})
    group by entity_id
"""

CHANGES = """
    with paired as (
        select
            coalesce(one.entity_id, other.entity_id) as entity_id, one.outcome as before, other.outcome as after,
            coalesce(one.periods, 0) as periods_before, coalesce(other.periods, 0) as periods_after
        from duties_before as one
        full join duties_after as other using (entity_id)
    )
    select
        entity_id, {territory} as territory, before, after,
        case
            when before is null then 'newly_bound'
            when after is null then 'no_longer_bound'
            when 'not_reported' in (before, after) then 'not_reported'
            else if(before = after, 'stays_', 'becomes_') || after
        end as change,
        periods_before, periods_after
    from paired
    join released.persons using (entity_id)
    where before is not null or after is not null
"""

DUTIES_BY_TERRITORY = """
    select
        territory, change, count(*) as people, sum(periods_before)::bigint as periods_before,
        sum(periods_after)::bigint as periods_after
    from duties_changed
    group by territory, change
"""


def simulate_duties(connection: duckdb.DuckDBPyConnection, before: Pack, after: Pack, territory: str) -> None:
    """Make the table duties_changed: each person whom either pack binds, by pseudonym, with what becomes of them.

    `connection` sees a release as `simulate` has it, and both packs are taken to be in force.
    """
    for name, pack in (("duties_before", before), ("duties_after", after)):
        register_rules(connection, [pack])
        connection.execute(f"create temp table {name} as {OUTCOMES.format(compliance=query_of(COMPLIANCE))}")
    connection.execute(f"create temp table duties_changed as {CHANGES.format(territory=territory)}")
