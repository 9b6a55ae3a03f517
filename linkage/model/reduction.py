"""What of a model is of use to the records at hand."""

from __future__ import annotations

from linkage.model.declaration import Model
from linkage.model.vocabulary import KEY_PARTS


def reduced(model: Model, present: set[str]) -> Model:
    """`model` without the comparisons and passes whose features no source has.

    Where no source has any, nothing is compared and every record is a person of its own.
    """
    comparisons = tuple(each for each in model.comparisons if present.intersection(each.known))
    passes = tuple(
        each.model_copy(update={"refine": tuple(part for part in each.refine if _has(part, present))})
        for each in model.blocking.passes
        if all(_has(part, present) for part in each.key)
    )
    return model.model_copy(
        update={"comparisons": comparisons, "blocking": model.blocking.model_copy(update={"passes": passes})}
    )


def frozen_to(whole: Model, present: Model, comparisons: tuple[str, ...]) -> Model:
    """`present` with the `comparisons` of the `whole` model that it was trained on, whatever the sources deliver now.

    A comparison of a field that is gone is null everywhere and says nothing; one that is new waits for a training.
    """
    trained = tuple(each for each in whole.comparisons if each.name in comparisons)
    return present.model_copy(update={"comparisons": trained})


def _has(part: str, present: set[str]) -> bool:
    return not present.isdisjoint(KEY_PARTS[part].needs)
