"""Days on which sources wrote, as analysts may see them: none that tells a birth or a death.

A register of births or deaths writes a row within days of either, of which a year alone is published.
"""

from __future__ import annotations

import duckdb

DAYS_AROUND = 365
"""A day that lies nearer to a birth or death than this is not told."""

MACRO = f"""
create or replace temp macro day_told(written_on, birth_date, death_date) as
    case
        when abs(date_diff('day', birth_date, written_on)) <= {DAYS_AROUND} then null
        when abs(date_diff('day', death_date, written_on)) <= {DAYS_AROUND} then null
        else written_on
    end
"""


def teach_days_told(connection: duckdb.DuckDBPyConnection) -> None:
    """Give the session `day_told(written_on, birth_date, death_date)`: the day, or null where it tells of either."""
    connection.execute(MACRO)
