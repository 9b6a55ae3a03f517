"""The drafted contract as an ODCS document: codes of closed lists are in it, and no other value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sources import fields
from sources.delivery import DATE_IN_NAME
from sources.drafting.extract import Extract, open_extract
from sources.drafting.guesses import Guess, Guessed, folded, guess
from sources.drafting.profile import profiled

RESTRICTED = fields.NAMES | {
    "record_key", "person_key", "identifier", "birth_date", "phone", "email", "address_line", "household_key",
    "mother_name", "father_name",
}  # fmt: skip
CONFIDENTIAL = frozenset({
    "sex", "birth_year", "birth_place", "death_date", "income", "disability", "ethnicity", "language", "occupation",
    "education_level", "employment_status", "amount", "reason",
})  # fmt: skip
CODED = frozenset({"occupation", "education_level", "employment_status", "disability", "ethnicity", "language"})
MALE = frozenset({"m", "h", "male", "hombre", "masculino", "masc", "varon", "homem", "1"})
FEMALE = frozenset({"f", "m", "female", "mujer", "femenino", "feminino", "fem", "mulher", "2"})
OTHER = frozenset({"x", "otro", "outro", "other", "no binario", "nb"})
UNKNOWN = frozenset({"nd", "n/d", "s/d", "desconocido", "ignorado", "unknown", "no especificado", "9", "0", "i"})
SECTORS = {
    "education": "educa|school|escuela", "health": "salud|health|saude|clinic|hospital",
    "social_security": "seguridad_social|social_security|previdencia|imss|afiliad", "labour": "trabajo|labou?r|empleo",
    "civil_registry": "civil|regist|nacimientos|births", "housing": "vivienda|housing|habita",
    "finance": "hacienda|finance|tribut|tax", "migration": "migra", "agriculture": "agric|rural",
    "social_development": "social|bienestar|benefic",
}  # fmt: skip


@dataclass(frozen=True)
class Draft:
    """A drafted contract: its document, the guesses it holds, and what a person must settle."""

    document: dict[str, Any]
    guessed: Guessed
    to_settle: tuple[str, ...]

    @property
    def text(self) -> str:
        """The document as YAML, headed by what is to be settled."""
        head = "".join(f"# - {line}\n" for line in self.to_settle)
        return f"# A draft. To settle before it is used:\n{head}{_yaml(self.document)}"


def draft_contract(
    file: Path, contract_id: str | None = None, role: str | None = None, kind: str | None = None
) -> Draft:
    """Draft the contract of the sample extract `file`; raises `DeliveryError` where it cannot be opened."""
    extract = open_extract(file)
    contract_id = contract_id or _contract_id(file)
    profiles = [profiled(name, values) for name, values in extract.values.items()]
    guessed = guess(profiles, file.stem, role, kind)
    columns = [_property(each, extract) for each in guessed.columns]
    return Draft(_document(extract, contract_id, guessed, columns), guessed, tuple(_to_settle(guessed, extract)))


def _contract_id(file: Path) -> str:
    """The folder's name and what the file's name says apart from dates and numbers."""
    return f"{folded(file.parent.absolute().name) or 'institution'}.{_subject(file)}"


def _subject(file: Path) -> str:
    return re.sub(r"_+", "_", re.sub(r"\d+", "", folded(file.name.partition(".")[0]))).strip("_") or "extract"


def _document(extract: Extract, contract_id: str, guessed: Guessed, columns: list[dict[str, Any]]) -> dict[str, Any]:
    institution, subject = contract_id.partition(".")[0], contract_id.rpartition(".")[2]
    written = extract.written | _decimal(guessed)
    landing: dict[str, Any] = {
        "server": "landing",
        "type": "local",
        "path": _pattern(extract.file, institution),
        "format": extract.format,
    }
    if written:
        landing["customProperties"] = _properties(written)
    terms = {
        "role": guessed.role, **({"kind": guessed.kind} if guessed.kind else {}), "levelOfGovernment": "national",
        "purposes": ["registry"], "duplicateFree": False, "coverage": {"complete": False},
    }  # fmt: skip
    return {
        "apiVersion": "v3.1.0", "kind": "DataContract", "id": contract_id, "name": institution, "version": "0.1.0",
        "status": "draft", "domain": _sector(f"{institution}_{contract_id}"),
        "description": {"purpose": f"{subject.replace('_', ' ').capitalize()}, for the unified registry."},
        "servers": [landing],
        "slaProperties": [
            {"property": "frequency", "value": 1, "unit": "month"}, {"property": "latency", "value": 10, "unit": "d"},
        ],
        "customProperties": _properties(terms),
        "schema": [{"name": subject, "properties": columns}],
    }  # fmt: skip


def _pattern(file: Path, institution: str) -> str:
    """Where such files will arrive: the name with its date, or any number, as *."""
    starred = re.sub(r"\d+", "*", DATE_IN_NAME.sub("*", re.sub(r"(?i)\.(gz|zip)$", "", file.name)))
    return f"{institution}/{re.sub(r'[*]+', '*', starred.replace('[', '?').replace(']', '?'))}"


def _sector(text: str) -> str:
    return next((sector for sector, pattern in SECTORS.items() if re.search(pattern, text)), "social_development")


def _decimal(guessed: Guessed) -> dict[str, str]:
    numeric = [each.profile for each in guessed.columns if each.field in fields.NUMBERS]
    return {"decimal": ","} if any(profile.decimal for profile in numeric) else {}


def _property(each: Guess, extract: Extract) -> dict[str, Any]:
    terms: dict[str, Any] = {"mapsTo": each.field}
    if each.field == "identifier":
        terms["scheme"] = each.scheme or "local"
    if each.field in fields.DATES and each.profile.date_formats not in ((), ("%Y-%m-%d",)):
        formats = list(each.profile.date_formats)
        terms["format"] = formats if len(formats) > 1 else formats[0]
    if cut := extract.cuts.get(each.profile.name):
        terms |= {"start": cut.start, "width": cut.width}
    codes = _codes(each, extract.values[each.profile.name])
    if codes:
        terms["codes"] = codes
    is_key = each.field == "record_key"
    return {
        "name": each.profile.name,
        "logicalType": _logical_type(each),
        **({"required": True, "primaryKey": True} if is_key else {}),
        "classification": _classification(each),
        "customProperties": _properties(terms),
    }


def _codes(each: Guess, values: list[str | None]) -> dict[str, str]:
    """Of sex what the known words mean; of other coded fields each code of a closed list as itself."""
    if each.field == "sex":
        return sex_codes({value for value in values if value is not None})
    return {code: code for code in each.profile.codes} if each.field in CODED else {}


def sex_codes(found: set[str]) -> dict[str, str]:
    """The known words among `found`; M is a man beside F, and a woman beside H."""
    plain = {value: value.casefold() for value in found}
    letters = set(plain.values())
    male = MALE - ({"m"} if "h" in letters else set())
    female = FEMALE - (set() if "h" in letters else {"m"})
    lists = ((male, "male"), (female, "female"), (OTHER, "other"), (UNKNOWN, "unknown"))
    return {value: sex for value in sorted(found) for words, sex in lists if plain[value].replace("ó", "o") in words}


def _logical_type(each: Guess) -> str:
    if each.field in fields.DATES:
        return "date"
    if each.field in fields.WHOLE_NUMBERS:
        return "integer"
    return "number" if each.field in fields.NUMBERS else "string"


def _classification(each: Guess) -> str:
    """A column that nobody knows is held to be restricted, unless its values are a short closed list."""
    if each.field in RESTRICTED:
        return "restricted"
    if each.field in CONFIDENTIAL:
        return "confidential"
    return "restricted" if each.field == "ignore" and not each.profile.codes and each.profile.filled else "internal"


def _to_settle(guessed: Guessed, extract: Extract) -> list[str]:
    """What only a person can know, column by column without any value."""
    lines = ["legalBasis, team, purposes, retentionMonths, trust and coverage: add what the agreement says"]
    if extract.cuts:
        lines.append("columns: cut by the blanks of the sample alone; hold them against the institution's layout")
    keys = [each.profile.name for each in guessed.columns if each.profile.is_key]
    lines.append(
        f"candidate keys: {', '.join(keys)}" if keys else "no column tells every row apart: name the record key"
    )
    for each in guessed.columns:
        name = each.profile.name
        if each.field == "ignore":
            lines.append(f"{name}: nothing says what it is; map it, or let it be ignored")
        if each.field in fields.DATES and each.profile.date_rivals:
            lines.append(f"{name}: reads as well as {' or '.join(each.profile.date_rivals)}; ask which it is")
        if each.scheme == "local":
            lines.append(f"{name}: an identifier whose scheme its numbers do not tell; local means the source's own")
        if each.field == "sex" and each.profile.distinct == 1:
            lines.append(f"{name}: one code alone; make sure what it means")
    return lines


def _properties(terms: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"property": name, "value": value} for name, value in terms.items()]


class _Flow(yaml.SafeDumper):
    """Lists and mappings of custom properties on one line, as contracts are written by hand."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _yaml(document: dict[str, Any]) -> str:
    """Block style above, one line a column below."""
    above = {name: value for name, value in document.items() if name != "schema"}
    text = yaml.dump(above, Dumper=_Flow, sort_keys=False, allow_unicode=True, width=10_000, default_flow_style=None)
    table = document["schema"][0]
    lines = [
        "      - "
        + yaml.dump(column, Dumper=_Flow, sort_keys=False, allow_unicode=True, width=10_000, default_flow_style=True)
        for column in table["properties"]
    ]
    return f"{text}schema:\n  - name: {table['name']}\n    properties:\n{''.join(lines)}"
