"""What the verbs of `padron contract` do."""

from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table as Grid

from pipelines.checked_contracts import checked_catalogue, rule_faults
from quality.suites import contract_suite
from sources.contract import SourceContract, read_contract
from sources.differences import Difference, breaks, differences, major
from sources.documents.pages import write_pages
from sources.drafting.draft import draft_contract
from warehouse.errors import ContractError, StorageError


def check_contracts(place: Path, console: Console) -> None:
    """Show the contracts at `place`; raise `ContractError` with every fault of all of them."""
    if place.is_file():
        contract = read_contract(place)
        if faults := rule_faults(contract):
            raise ContractError(str(place), faults)
        contracts: tuple[SourceContract, ...] = (contract,)
    else:
        contracts = checked_catalogue(place).contracts
    grid = Grid()
    grid.add_column("contract", no_wrap=True)
    for heading in ("version", "rows", "format", "columns", "mapped", "rules"):
        grid.add_column(heading)
    for each in contracts:
        mapped = sum(column.field != "ignore" for column in each.columns)
        counts = (len(each.columns), mapped, len(contract_suite(each.odcs)))
        kind = each.terms.kind or str(each.terms.role)
        grid.add_row(each.id, str(each.odcs.version), kind, each.format, *map(str, counts))
    console.print(grid)
    console.print(f"{len(contracts)} contract{'s' if len(contracts) > 1 else ''} without a fault.")


def draft(
    file: Path, out: Path | None, contract_id: str | None, role: str | None, kind: str | None, console: Console
) -> None:
    """Draft a contract from the sample `file`, write it to `out` or print it, and say what is to be settled."""
    drafted = draft_contract(file, contract_id, role, kind)
    if out is None:
        console.file.write(drafted.text)
        return
    if out.exists():
        raise StorageError(f"{out}: is there already; a draft is written over nothing. Name another file.")
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(drafted.text, encoding="utf-8")
    grid = Grid("column", "mapsTo", "filled", "distinct", "written")
    for each in drafted.guessed.columns:
        profile = each.profile
        field = f"{each.field} ({each.scheme})" if each.scheme else each.field
        filled = f"{profile.filled / max(profile.rows, 1):.0%}"
        grid.add_row(escape(profile.name), field, filled, f"{profile.distinct:,}", ", ".join(profile.date_formats))
    console.print(grid)
    for line in drafted.to_settle:
        console.print(f"to settle: {escape(line)}", soft_wrap=True, highlight=False)
    read_contract(out)
    console.print(f"The draft lies at [bold]{out}[/]", soft_wrap=True)


def compare(old: Path, new: Path, console: Console) -> bool:
    """Show what differs between the contracts in the files; return whether any of it breaks."""
    before, after = read_contract(old), read_contract(new)
    found = differences(before, after)
    if not found:
        console.print("Nothing differs that matters to who delivers or who uses the data.")
        return False
    grid = Grid("where", "what", "breaks", "why")
    for each in sorted(found, key=lambda each: not each.breaks):
        grid.add_row(*map(escape, (each.where, each.what, "yes" if each.breaks else "no", each.why)))
    console.print(grid)
    console.print(_verdict(found, before, after))
    return breaks(found)


def _verdict(found: list[Difference], before: SourceContract, after: SourceContract) -> str:
    count = sum(each.breaks for each in found)
    if not count:
        return "Nothing breaks."
    raised = major(before) != major(after)
    advice = "" if raised else f" Raise the version to {_next(before)} to say so."
    return f"{count} of {len(found)} differences break something.{advice}"


def _next(contract: SourceContract) -> str:
    return f"{int(major(contract)) + 1}.0.0" if major(contract).isdecimal() else "a new major one"


def write_documents(folder: Path, out: Path, console: Console) -> None:
    """Write the pages of all contracts to `out`."""
    pages = write_pages(checked_catalogue(folder), out)
    console.print(f"{len(pages)} pages lie in [bold]{out}[/]; begin with {pages[-1].name}.", soft_wrap=True)
