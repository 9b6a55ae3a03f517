"""What the verbs of `padron review` do: the queue out to a desk, its judgements in, and a judgement withdrawn."""

from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console

from linkage.explanation.naming import record_named
from linkage.places import Places
from linkage.review.answers import Answer, ReviewError, count_answers, judgements_of
from linkage.review.judgements import (
    WITHDRAWN,
    add_judgements,
    count_judgements,
    judge,
    judgements_path,
    judgements_relation,
    read_judgements,
    standing,
)
from linkage.review.queue import ReviewPair, review_sheet
from linkage.review.sheets import read_csv, read_xlsx, write_csv, write_xlsx
from pipelines.defs.linkage import linkage_task
from pipelines.resources import Installation
from sources.catalogue import read_catalogue
from warehouse.errors import LinkageError
from warehouse.layout import Layout
from warehouse.settings import Settings
from warehouse.storage import read_table
from warehouse.tables import RECORD_NODES, REVIEW_QUEUE

ENDINGS = {".csv": "csv", ".xlsx": "xlsx", ".json": "annotation"}


def export_review(settings: Settings, out: Path, form: str | None, limit: int, console: Console) -> None:
    """Write the first `limit` pairs of the review queue to `out` in the form csv, xlsx or annotation."""
    write = _writer(form or _form(out))
    task = linkage_task(read_catalogue(settings.sources), Installation.of(settings))
    queue = read_table(REVIEW_QUEUE, task.places.review_queue)
    judged = standing(read_judgements(judgements_path(Layout(settings.home))))
    with Installation.of(settings).session("review export") as connection:
        relation = judgements_relation(connection, judged)
        sheet = review_sheet(connection, queue, task.records, task.identifiers, relation, limit)
    write(sheet.pairs, out)
    console.print(
        f"{len(sheet.pairs):,} of the {sheet.waiting:,} pairs that wait lie at [bold]{out}[/]; "
        f"{sheet.judged:,} of the queue are judged already.",
        soft_wrap=True,
    )
    console.print("The file identifies people: it is for its owner alone. Delete it when its judgements are taken in.")


def import_review(settings: Settings, file: Path, who: str, console: Console) -> None:
    """Add the judgements of `file` to the ledger; raise `ReviewError` with every fault and add none."""
    answers = _reader(_form(file))(file)
    layout = Layout(settings.home)
    records = read_table(RECORD_NODES, layout.linkage(RECORD_NODES))
    with Installation.of(settings).session("review import") as connection:
        judgements = judgements_of(connection, file.name, answers, records, who=who)
        add_judgements(judgements_path(layout), judgements)
        judged = judgements_relation(connection, standing(read_judgements(judgements_path(layout))))
        total = count_judgements(connection, judged, records)
    counts = count_answers(answers)
    console.print(
        f"Taken in: {counts.match:,} match, {counts.non_match:,} non_match, {counts.unsure:,} unsure; "
        f"{counts.open:,} left open."
    )
    console.print(
        f"The ledger now stands at {total.match:,} match, {total.non_match:,} non_match and {total.unsure:,} unsure; "
        f"{total.gone:,} have no effect, for a record of theirs is gone. The next linkage obeys them."
    )


def withdraw(settings: Settings, one: str, other: str, who: str, why: str, console: Console) -> None:
    """Add a withdrawal of the standing judgement on a pair; raise `LinkageError` where none stands."""
    layout = Layout(settings.home)
    judged = standing(read_judgements(judgements_path(layout)))
    pair = min(one, other), max(one, other)
    if pair not in judged:  # a record that is gone can still be named by its id
        with Installation.of(settings).session("review withdraw") as connection:
            left, right = (record_named(connection, Places.under(layout), name) for name in (one, other))
        pair = min(left, right), max(left, right)
    if pair not in judged:
        raise LinkageError("No judgement stands on that pair, so there is none to withdraw.")
    add_judgements(judgements_path(layout), [judge(*pair, WITHDRAWN, who=who, why=why)])
    console.print(f"Withdrawn: {judged[pair].judgement}. The next linkage is as if it had never been said.")


def _form(file: Path) -> str:
    form = ENDINGS.get(file.suffix.lower())
    if form is None:
        raise ReviewError(file.name, [f"the ending is none of {', '.join(ENDINGS)}; name the file by one of them"])
    return form


def _writer(form: str) -> Callable[[Sequence[ReviewPair], Path], None]:
    if form == "annotation":
        from linkage.review.annotations import write_annotation  # noqa: PLC0415 - its library takes seconds to load

        return write_annotation
    return {"csv": write_csv, "xlsx": write_xlsx}[form]


def _reader(form: str) -> Callable[[Path], list[Answer]]:
    if form == "annotation":
        from linkage.review.annotations import read_annotation  # noqa: PLC0415

        return read_annotation
    return {"csv": read_csv, "xlsx": read_xlsx}[form]
