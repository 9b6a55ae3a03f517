"""The trained parameters of a model: a versioned JSON from which any pair scores the same for ever."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from linkage.model.declaration import Model
from warehouse.errors import ModelError
from warehouse.layout import PRIVATE_FILE, private_folder
from warehouse.manifest import sha256_of

FORMAT = 2
FREQUENCIES = Path("linkage_statistics", "frequencies.parquet")
"""Where the frequencies that go with parameters lie, from the folder of the parameters."""
Levels = tuple[tuple[float, ...], ...]  # a row a comparison, a probability a level, lowest level first


@dataclass(frozen=True)
class LatentClass:
    """One kind of pair: its share of the candidate pairs, and P(level | class) of every comparison."""

    name: str
    share: float
    levels: Levels


@dataclass(frozen=True)
class TrainedOn:
    """What the parameters were fitted to, in numbers alone."""

    nodes: int
    candidate_pairs: int
    patterns: int
    random_pairs: int
    iterations: int
    log_likelihood: float


@dataclass(frozen=True)
class Parameters:
    """A fitted mixture. The first class is `match`, the second `family`, the rest meet by chance.

    `comparisons` lists the compared fields in the order of the vector; `model` is the fingerprint of their levels.
    `schemes` are the identifiers compared, and `frequencies` is the SHA-256 of the table of how frequent values are.
    """

    model: str
    comparisons: tuple[str, ...]
    classes: tuple[LatentClass, ...]
    random_levels: Levels
    trained_on: TrainedOn
    schemes: tuple[str, ...] = ()
    frequencies: str = ""

    def log_probabilities(self, vectors: NDArray[np.uint64]) -> NDArray[np.float64]:
        """ln(share · P(vector | class)): a row a vector, a column a class. Null levels say nothing."""
        columns = [np.log(each.share) + log_likelihood(vectors, each.levels) for each in self.classes]
        return np.stack(columns, axis=1)

    def write(self, path: Path) -> None:
        """Write the parameters as JSON, whole or not at all."""
        private_folder(path.parent)
        partial = path.with_suffix(".partial")
        document = {"format": FORMAT, **asdict(self)}
        partial.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        partial.chmod(PRIVATE_FILE)
        partial.replace(path)

    @classmethod
    def read(cls, path: Path) -> Parameters:
        """Read parameters written by `write`; raise `ModelError` for any other file."""
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
            if document.pop("format") != FORMAT:
                raise ModelError(str(path), [f"not parameters of format {FORMAT}; train the model again"])
            return cls(
                model=document["model"],
                comparisons=tuple(document["comparisons"]),
                classes=tuple(
                    LatentClass(each["name"], each["share"], _levels(each["levels"])) for each in document["classes"]
                ),
                random_levels=_levels(document["random_levels"]),
                trained_on=TrainedOn(**document["trained_on"]),
                schemes=tuple(document["schemes"]),
                frequencies=document["frequencies"],
            )
        except OSError as error:
            raise ModelError(str(path), [f"the parameters cannot be read: {error.strerror}"]) from None
        except (ValueError, KeyError, TypeError, AttributeError):
            raise ModelError(str(path), ["not the parameters of a linkage model; train the model again"]) from None

    def check(self, model: Model) -> None:
        """Raise `ModelError` unless the parameters were trained on the comparisons of `model`."""
        if self.model != fingerprint(model):
            raise ModelError(model.name, ["its comparisons are not those that the parameters were trained on"])


@dataclass(frozen=True)
class FrozenModel:
    """Trained parameters, with the frequencies that weighed with them: a pair scores the same among any records."""

    parameters: Parameters
    frequencies: Path

    @classmethod
    def read(cls, path: Path) -> FrozenModel:
        """The parameters at `path` with the frequencies beside them; raise `ModelError` where these are others."""
        parameters, frequencies = Parameters.read(path), path.parent / FREQUENCIES
        if not frequencies.exists() or sha256_of(frequencies) != parameters.frequencies:
            fault = "not the frequencies that the parameters were trained with; run `padron model freeze` again"
            raise ModelError(str(frequencies), [fault])
        return cls(parameters, frequencies)

    def write(self, folder: Path) -> Path:
        """Copy the parameters and the frequencies to `folder`, for a later linkage; returns the file to name to it."""
        frequencies = folder / FREQUENCIES
        private_folder(frequencies.parent)
        shutil.copyfile(self.frequencies, frequencies)
        frequencies.chmod(PRIVATE_FILE)
        path = folder / "linkage_parameters.json"
        self.parameters.write(path)
        return path


def fingerprint(model: Model) -> str:
    """A hash of all that decides a pair's levels."""
    levels = [each.model_dump(mode="json", exclude_defaults=True) for each in model.comparisons]
    return hashlib.sha256(json.dumps(levels, sort_keys=True).encode()).hexdigest()[:16]


def level_of(vectors: NDArray[np.uint64], place: int) -> NDArray[np.intp]:
    """The level that each packed vector holds for the comparison at `place`."""
    return ((vectors >> np.uint64(4 * place)) & np.uint64(15)).astype(np.intp)


def log_likelihood(vectors: NDArray[np.uint64], levels: Levels) -> NDArray[np.float64]:
    """The logarithm of P(vector | class) of each vector; comparisons are independent within the class."""
    return log_likelihood_of([level_of(vectors, place) for place in range(len(levels))], len(vectors), levels)


def log_likelihood_of(reached: Sequence[NDArray[np.intp]], rows: int, levels: Levels) -> NDArray[np.float64]:
    """`log_likelihood` from the levels already taken out of the vectors, an array of `rows` for each comparison."""
    total = np.zeros(rows)
    for place, probabilities in enumerate(levels):
        total += np.log(np.array([1.0, *probabilities]))[reached[place]]
    return total


def _levels(rows: list[list[float]]) -> Levels:
    return tuple(tuple(float(value) for value in row) for row in rows)
