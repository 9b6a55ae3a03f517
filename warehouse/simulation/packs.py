"""Two versions of a pack run side by side on a release: who gains, who loses, who complies, and what it costs where.

The release's own tables are read, so persons bear its pseudonyms, and ages are known to the year. A rule that no
published table tells is unknown for everybody. A pack without conditions goes on for those who are enrolled; one
without amounts has no cost.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from warehouse.marts.mart import ANSWERED, LEAVERS, SILENCES, TOLD_HOMES, query_of
from warehouse.published.poverty import TARGETING
from warehouse.rules.pack import Pack
from warehouse.rules.poverty_line import read_poverty_lines
from warehouse.rules.relations import register_poverty_lines, register_rules
from warehouse.session import literal
from warehouse.simulation.duties import simulate_duties
from warehouse.table import Cells, Column, Table

RELEASED = Path(__file__).with_name("published_view.sql")
QUERY = Path(__file__).with_name("packs.sql")
READ = ("household_members", "relationships", "incomes_per_capita", "deprivations", "deliveries")

SIMULATED = Table(
    name="simulated",
    grain="The people of one territory to whom one thing happens where one pack takes the place of another.",
    key=("territory", "change"),
    columns=(
        Column("territory", "varchar", "The territory; null where it is not known."),
        Column("change", "varchar", "gains, loses, keeps, or unknown under either pack.", False),
        Column("people", "bigint", "How many; null where it is withheld."),
        Column("monthly_before", "double", "What the first pack gives them in a month; null without amounts."),
        Column("monthly_after", "double", "What the second pack gives them in a month."),
    ),
    cells=Cells("people", ("territory", "change"), ("monthly_before", "monthly_after")),
)

CHANGES = """
    select
        entity_id, {territory} as territory, one.outcome as before, other.outcome as after,
        case
            when 'unknown' in (one.outcome, other.outcome) then 'unknown'
            when one.outcome = other.outcome then 'keeps'
            when other.outcome = 'within' then 'gains'
            else 'loses'
        end as change,
        one.monthly as monthly_before, other.monthly as monthly_after
    from before as one
    join after as other using (entity_id)
    join released.persons using (entity_id)
    where 'within' in (one.outcome, other.outcome) or 'unknown' in (one.outcome, other.outcome)
"""

BY_TERRITORY = """
    select
        territory, change, count(*) as people, sum(monthly_before) as monthly_before,
        sum(monthly_after) as monthly_after
    from people_changed
    group by territory, change
"""


def simulate(
    connection: duckdb.DuckDBPyConnection, database: Path, before: Pack, after: Pack, territory: str = "municipality"
) -> None:
    """Make the tables people_changed and duties_changed in `connection`: who has an outcome under either pack.

    People bear pseudonyms; the second table tells of co-responsibilities (`warehouse.simulation.duties`).

    `database` is the registry.duckdb of a release; `territory` a column of persons: municipality, region or country.
    """
    connection.execute(f"attach {literal(database)} as released (read_only)")
    connection.execute(RELEASED.read_text(encoding="utf-8"))
    for name in READ:
        connection.execute(f"create temp view {name} as from released.{name}")
    register_poverty_lines(connection, read_poverty_lines())
    for view in (TOLD_HOMES, LEAVERS, ANSWERED, SILENCES):
        connection.execute(view.read_text(encoding="utf-8"))
    for name, pack in (("before", before), ("after", after)):
        register_rules(connection, [in_force(pack)])
        query = QUERY.read_text(encoding="utf-8").format(country=literal(pack.country), targeting=query_of(TARGETING))
        connection.execute(f"create temp table {name} as {query}")
    connection.execute(f"create temp table people_changed as {CHANGES.format(territory=territory)}")
    simulate_duties(connection, in_force(before), in_force(after), territory)


def in_force(pack: Pack) -> Pack:
    """The pack as if it held on any day."""
    always = {"valid_from": None, "valid_to": None}
    return pack.model_copy(update={**always, "rules": tuple(rule.model_copy(update=always) for rule in pack.rules)})
