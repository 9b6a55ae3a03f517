"""Which field each column of a sample probably fills, from what it is called and what its values have in common."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import yaml

from sources import fields
from sources.drafting.profile import Profile

KEY_WORDS = re.compile(
    r"\b(folio|id|clave|cve|nss|expediente|matricula|codigo|cod|nro|num|numero|registro|key|no|afiliacion|padron|ficha)\b"
)
PERSON_WORDS = re.compile(
    r"persona|beneficiari|expediente|matricula|nss|afiliad|alumn|paciente|titular|person|student|patient|rut|dni|curp|cpf|contribuyente"
)
IDENTIFIER_WORDS = re.compile(
    r"\b(curp|cpf|nis|nit|rut|run|dni|cedula|ci|documento|doc|rfc|nss|cuil|cuit|cns|pasaporte|passport|identificacion)\b"
)
KINDS = {
    "answer": r"cuestionario|questionario|questionnaire|encuesta|pregunta|respuesta",
    "tax": r"impuesto|\btax|declara|renta|tribut",
    "attendance": r"asist|presente|attend|frequen",
    "vaccination": r"vacun|vacin|vaccin|dosis|inmuni",
    "checkup": r"consulta|control|checkup|atencion|cita|salud",
    "contribution": r"cotiz|contrib|aport|patronal",
    "benefit": r"pago|benefic|monto|payment|transfer|apoyo",
    "enrolment": r"inscri|enrol|alta|padron|matric",
    "work": r"emple|trabaj|work|laboral|spell|puesto|patron",
    "migration": r"migra|entrada|salida|frontera",
}
EVENT_SIGNS = frozenset({
    "period", "present", "enrolled_days", "amount", "programme", "end_date", "unit", "days", "employer", "currency",
})  # fmt: skip
SIGNS_OUTWEIGH = 1
"""An extract with names tells of events where more columns than this speak for it."""


@dataclass(frozen=True)
class Guess:
    """A column's probable field (`ignore` where nothing speaks for one) and its identifier's scheme."""

    profile: Profile
    field: str
    scheme: str | None = None


@dataclass(frozen=True)
class Guessed:
    """The guesses of all columns, in order, and the role and kind that they speak for."""

    columns: tuple[Guess, ...]
    role: str
    kind: str | None


def guess(profiles: Sequence[Profile], named: str, role: str | None = None, kind: str | None = None) -> Guessed:
    """The probable mapping of an extract that is called `named`; `role` and `kind` may be given."""
    first = [_guess(profile) for profile in profiles]
    role = role or _role(first)
    if role == "events":
        return Guessed(tuple(_events(first)), role, kind or _kind(named, profiles))
    return Guessed(tuple(_with_key(_allowed(first, "persons"))), role, None)


def folded(name: str) -> str:
    """`name` in lower case, without accents, its words parted by _."""
    plain = unicodedata.normalize("NFKD", re.sub(r"([a-z])([A-Z])", r"\1_\2", name)).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", plain.casefold()).strip("_")


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    listed = yaml.safe_load(Path(__file__).with_name("words.yaml").read_text(encoding="utf-8"))
    return tuple((name, re.compile(pattern.replace(r"\b", r"(?:\b|(?<=_)|(?=_))"))) for name, pattern in listed)


def _guess(profile: Profile) -> Guess:
    if profile.scheme:
        return Guess(profile, "identifier", profile.scheme)
    if profile.is_email:
        return Guess(profile, "email")
    name = folded(profile.name)
    for field, pattern in _patterns():
        if pattern.search(name) and _fits(profile, field):
            return Guess(profile, field)
    if IDENTIFIER_WORDS.search(name.replace("_", " ")):
        return Guess(profile, "identifier", "local")
    return Guess(profile, "ignore")


def _fits(profile: Profile, field: str) -> bool:
    """The values can be of that field; of a column without values the name alone speaks."""
    if not profile.filled:
        return True
    if field in fields.DATES:
        return bool(profile.date_formats)
    if field in fields.NUMBERS | fields.WHOLE_NUMBERS:
        return profile.is_number
    return not (field in fields.NAMES and profile.has_digits)


def _role(guesses: Sequence[Guess]) -> str:
    found = {guess.field for guess in guesses}
    signs = len(found & EVENT_SIGNS)
    has_person = bool(found & {"birth_date", *fields.NAMES})
    return "events" if signs > (SIGNS_OUTWEIGH if has_person else 0) else "persons"


def _kind(named: str, profiles: Sequence[Profile]) -> str:
    """The kind whose words the file's name, or else the columns' names, hold."""
    for text in (folded(named), " ".join(folded(profile.name) for profile in profiles)):
        for kind, pattern in KINDS.items():
            if re.search(pattern, text):
                return kind
    return "enrolment"


def _events(guesses: Sequence[Guess]) -> Iterator[Guess]:
    paid = [replace(each, field="amount") if each.field == "income" else each for each in guesses]
    keyed = _with_key(_allowed(paid, "events"))
    names = fields.PERSON & {guess.field for guess in keyed} & {"birth_date", *fields.NAMES}
    person = None if names else _person_key(keyed)
    for each in keyed:
        yield replace(each, field="person_key", scheme=None) if each is person else each


def _person_key(guesses: Sequence[Guess]) -> Guess | None:
    """The column that seems to say whom an event happened to: called so, else an identifier, else any key."""
    free = [guess for guess in guesses if guess.field in ("ignore", "identifier")]
    called = [guess for guess in free if PERSON_WORDS.search(folded(guess.profile.name))]
    numbered = [guess for guess in free if guess.field == "identifier"]
    keys = [guess for guess in free if KEY_WORDS.search(folded(guess.profile.name).replace("_", " "))]
    return next(iter((*called, *numbered, *keys)), None)


def _allowed(guesses: Sequence[Guess], role: str) -> list[Guess]:
    """Each field once (of two columns the better filled keeps it), and only fields of the role."""
    known = fields.allowed(role)
    best: dict[tuple[str, str | None], Guess] = {}
    for each in guesses:
        use = (each.field, each.scheme)
        if use not in best or each.profile.filled > best[use].profile.filled:
            best[use] = each
    return [
        each if each.field in known and best[(each.field, each.scheme)] is each else Guess(each.profile, "ignore")
        for each in guesses
    ]


def _with_key(guesses: Sequence[Guess]) -> list[Guess]:
    """The likeliest of the columns whose every row has a value of its own becomes the record key."""
    keys = sorted((guess for guess in guesses if guess.profile.is_key), key=_unlikely_key)
    best = keys[0] if keys else None
    return [Guess(each.profile, "record_key") if each is best else each for each in guesses]


def _unlikely_key(guess: Guess) -> tuple[bool, bool, bool]:
    called = KEY_WORDS.search(folded(guess.profile.name).replace("_", " "))
    return (guess.field not in ("ignore", "identifier"), not called, guess.scheme not in (None, "local"))
