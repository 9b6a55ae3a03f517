"""Lists of words, each in the forms that an office may write it in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa
from unidecode import unidecode

from sources.synthetic.arrays import NOBODY, Ints, Text

PLAIN, UNACCENTED, ABBREVIATED, OF_HUSBAND = range(4)
"""The forms of a word; the last is a married woman's: de and the husband's surname."""

ABBREVIATIONS = {
    "María": "Ma.", "José": "J.", "Francisco": "Fco.", "Guadalupe": "Gpe.", "Hernández": "Hdz.", "González": "Glez.",
    "Rodríguez": "Rdz.", "Martínez": "Mtz.", "Fernández": "Fdez.", "Jiménez": "Jmz.", "Gutiérrez": "Gtz.",
    "Ramírez": "Rmz.", "Domínguez": "Dgz.", "Sánchez": "Schz.", "Concepción": "Concep.",
    "Calle": "C.", "Avenida": "Av.", "Andador": "And.", "Privada": "Priv.", "Callejón": "Cjón.",
}  # fmt: skip

FORMS: tuple[Callable[[str], str], ...] = (
    lambda word: word,
    unidecode,
    lambda word: " ".join(ABBREVIATIONS.get(part, part) for part in word.split()),
    lambda word: f"de {word}",
)


@dataclass(frozen=True)
class Style:
    """How an office writes: all in capitals, and without accents, where its system knows no better."""

    upper: bool = False
    ascii: bool = False


PROPER, CAPITALS, TELEX = Style(), Style(upper=True), Style(upper=True, ascii=True)


@dataclass(frozen=True)
class Vocabulary:
    """Words by code. `NOBODY` is the code of no word at all."""

    words: tuple[str, ...]

    def written(self, codes: Ints, style: Style = PROPER, form: Ints | int = PLAIN) -> Text:
        """The word of each code, in its form and the office's style; null for `NOBODY`."""
        position = np.where(codes == NOBODY, 0, np.asarray(form) * len(self.words) + codes)
        return _forms(self.words, style).take(pa.array(position, mask=codes == NOBODY))


@cache
def _forms(words: tuple[str, ...], style: Style) -> Text:
    forms = [form(word) for form in FORMS for word in words]
    plain = [unidecode(word) for word in forms] if style.ascii else forms
    return pa.array([word.upper() for word in plain] if style.upper else plain)
