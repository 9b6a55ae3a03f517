"""Review sheets in the annotation format of the recordlinkage toolkit, for reviewers who use its annotator.

A pair's label is 1 for a match, 0 for no match and null for not judged; the format has no place for a reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import recordlinkage

from linkage.review.answers import Answer, ReviewError
from linkage.review.queue import DESK_FIELDS, ReviewPair
from warehouse.handover import handed_over

DATASET = "padron"
LABELS = {None: "", 0: "non_match", 1: "match"}


def write_annotation(pairs: Sequence[ReviewPair], path: Path) -> None:
    """Write `pairs` as an annotation file, in the order of the sheet."""
    shown = {pair.record_id_l: pair.left for pair in pairs} | {pair.record_id_r: pair.right for pair in pairs}
    people = pd.DataFrame.from_dict(shown, orient="index", columns=list(DESK_FIELDS), dtype=object)
    index = pd.MultiIndex.from_arrays(
        [[pair.record_id_l for pair in pairs], [pair.record_id_r for pair in pairs]], names=[0, 1]
    )
    with handed_over(path) as partial:
        recordlinkage.write_annotation_file(str(partial), index, people, dataset_a_name=DATASET)


def read_annotation(path: Path) -> list[Answer]:
    """The answers of an annotation file; raise `ReviewError` with every pair that is not of the format."""
    try:
        pairs = recordlinkage.read_annotation_file(str(path)).pairs
        numbered = list(enumerate(pairs, start=1))
    except OSError as error:
        raise ReviewError(path.name, [f"cannot be read: {error.strerror}"]) from None
    except (ValueError, KeyError, TypeError):
        raise ReviewError(path.name, ["is not an annotation file: it needs version and pairs"]) from None
    faults = [f"pair {number}: {fault}" for number, pair in numbered if (fault := _fault(pair))]
    if faults:
        raise ReviewError(path.name, faults)
    return [_answer(number, pair) for number, pair in numbered]


def _fault(pair: Any) -> str | None:
    try:
        records = [pair["identifiers"][side]["record"] for side in ("a", "b")]
        label = pair.get("label")
    except (KeyError, TypeError, AttributeError):
        return "does not name its two records"
    if not all(isinstance(record, str) for record in records):
        return "a record id is no text"
    return None if label is None or label in (0, 1) else "the label is none of 1 (match), 0 (no match) and null"


def _answer(number: int, pair: Any) -> Answer:
    one, other = (pair["identifiers"][side]["record"] for side in ("a", "b"))
    return Answer(f"pair {number}", one, other, LABELS[pair.get("label")], "")
