"""Parts of a contract in words, as its page and the record of processing show them."""

from __future__ import annotations

from datetime import timedelta

from sources.contract import ContractColumn, SourceContract
from sources.service_levels import service_levels


def cell(text: object) -> str:
    """`text` as it may stand in a Markdown table."""
    return str(text).replace("|", "\\|").replace("\n", " ")


def owners(contract: SourceContract) -> str:
    """The members of the team, with their roles."""
    team = contract.odcs.team
    members = team if isinstance(team, list) else getattr(team, "members", None)
    return ", ".join(f"{each.username} ({each.role or 'member'})" for each in members or ())


def rows(contract: SourceContract) -> str:
    """What a row is about."""
    terms = contract.terms
    kind = f"one {terms.kind} each" if terms.role == "events" else "one person each"
    return kind + (", at most one row a person" if terms.duplicate_free else "")


def delivered(contract: SourceContract) -> str:
    """Where deliveries come from."""
    if contract.is_queried:
        return f"the rows of a query to the database {contract.server.database} on {contract.server.host}"
    what = {"snapshot": "each tells all", "delta": "each tells what changed", "append": "each adds to the others"}
    return f"files {contract.server.path} in the landing zone; {what[contract.delivers]}"


def written(contract: SourceContract) -> str:
    """How the files are written."""
    if contract.is_queried:
        return "as the query gives it"
    said = contract.reading.model_dump(by_alias=True, exclude_unset=True)
    said |= {"delimiter": contract.reading.delimiter} if contract.format == "csv" else {}
    listed = "; ".join(
        f"{name} {value!r}" if isinstance(value, str) else f"{name} {value}" for name, value in said.items()
    )
    return f"{contract.format}{f' ({listed})' if listed else ''}, plain, gz or zip"


def expected(contract: SourceContract) -> str:
    """When the next delivery is due."""
    levels = service_levels(contract)
    if levels.every is None:
        return "**not promised**"
    return f"every {days(levels.every)}, at most {days(levels.latency)} late"


def days(span: timedelta) -> str:
    """A span in days, or in hours where it is shorter."""
    whole = span / timedelta(days=1)
    return f"{whole:g} days" if whole >= 1 or not whole else f"{whole * 24:g} hours"


def complete(contract: SourceContract) -> str:
    """Whom the source is complete for."""
    coverage = contract.terms.coverage
    if not coverage.complete:
        return "no: that a person is not in it means nothing"
    since = f" since {coverage.since}" if coverage.since else ""
    return f"yes, for {coverage.territory or 'everywhere'}{since}"


def column_row(column: ContractColumn) -> tuple[str, ...]:
    """One column's name, field, type, form, whether it is always filled, and its protection."""
    terms = column.terms
    field = f"{column.field} ({terms.scheme})" if terms.scheme else column.field
    codes = ", ".join(f"{code} = {meaning}" for code, meaning in terms.codes.items())
    place = f"from {terms.start}, {terms.width} wide" if terms.width else ""
    forms = "; ".join(part for part in (place, ", ".join(terms.format), codes) if part)
    told = column.odcs.description or ""
    filled = "always" if column.required else ""
    protection = column.odcs.classification or ""
    name = f"{column.name}{f' – {told}' if told else ''}"
    return tuple(map(cell, (name, field, column.odcs.logicalType or "", forms, filled, protection)))
