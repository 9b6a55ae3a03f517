"""Other spellings of a contract's words whose meaning is certain, and the one spelling that the code knows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

FORMATS = {
    "csv": "csv", "tsv": "csv", "delimited": "csv",
    "fixedwidth": "fixed_width", "fwf": "fixed_width", "fixed": "fixed_width", "fixedlength": "fixed_width",
    "xlsx": "xlsx", "excel": "xlsx",
    "parquet": "parquet",
    "jsonl": "jsonl", "jsonlines": "jsonl", "ndjson": "jsonl",
}  # fmt: skip

PROPERTIES = {
    "maps": "mapsTo", "mapto": "mapsTo", "identifierscheme": "scheme", "formats": "format", "dateformat": "format",
    "dateformats": "format", "codelist": "codes", "valuemap": "codes",
    "position": "start", "begin": "start", "startposition": "start", "startcolumn": "start", "from": "start",
    "length": "width", "size": "width", "columnwidth": "width", "endposition": "end", "endcolumn": "end",
    "to": "end", "separator": "delimiter", "sep": "delimiter", "fielddelimiter": "delimiter",
    "fieldseparator": "delimiter", "charset": "encoding", "characterset": "encoding", "quotechar": "quote",
    "quotecharacter": "quote", "hasheader": "header", "headerrow": "header", "sheetname": "sheet",
    "worksheet": "sheet", "decimalseparator": "decimal", "decimalsign": "decimal", "columnwidths": "widths",
}  # fmt: skip

DELIMITERS = {
    "comma": ",", "semicolon": ";", "tab": "\t", "\\t": "\t", "pipe": "|", "bar": "|", "colon": ":", "space": " ",
}  # fmt: skip


def folded(word: object) -> str:
    """`word` without capitals, underscores, hyphens and blanks."""
    return re.sub(r"[\s_.-]", "", str(word)).casefold()


def property_name(word: str, known: Mapping[str, str]) -> str:
    """The property that `word` spells, among `known` (folded → camel case); a word of no such meaning stays."""
    plain = folded(word)
    other = PROPERTIES.get(plain, "")
    return known.get(plain) or known.get(folded(other)) or word


def format_name(word: str) -> str:
    """The format that `word` spells, its packing aside; a word of no such meaning stays."""
    plain = re.sub(r"\.?(gz|gzip|zip)$", "", word.strip().casefold())
    return FORMATS.get(folded(plain), word)


def delimiter_sign(value: Any) -> Any:
    """The character that a delimiter's name stands for."""
    return DELIMITERS.get(value.casefold(), value) if isinstance(value, str) else value


def likely(word: str, known: object) -> str:
    """A phrase that names the one of the `known` words that `word` was probably meant to be, or nothing."""
    close = get_close_matches(word, sorted(map(str, known)), n=1, cutoff=0.75)  # type: ignore[call-overload]
    return f" (did you mean {close[0]}?)" if close else ""
