"""Date formats as contracts write them: strptime's own signs, or the letters of ODCS, such as yyyy-MM-dd."""

from __future__ import annotations

import re
from datetime import datetime

TOKEN = re.compile(
    r"'[^']*'|y+|u+|Y+|a{4}|M+|m+|d+|D+|H+|h+|s+|S+|T|[^A-Za-z]|."  # aaaa is the year in Spanish
)
SIGNS = {
    "yyyy": "%Y", "uuuu": "%Y", "YYYY": "%Y", "aaaa": "%Y", "yy": "%y", "uu": "%y", "YY": "%y",
    "MMMM": "%B", "MMM": "%b", "MM": "%m", "M": "%m", "dd": "%d", "DD": "%d", "d": "%d", "D": "%d",
    "HH": "%H", "ss": "%S", "T": "T",
}  # fmt: skip


def as_strptime(text: str) -> str:
    """`text` with the letters of ODCS replaced by strptime's signs; a text of other letters stays as it is."""
    if "%" in text:
        return text
    signs, is_time = [], False
    for token in TOKEN.findall(text):
        sign = ("%M" if is_time else "%m") if token in ("mm", "m") else SIGNS.get(token)
        if sign is None and token.startswith("'"):
            sign = token.strip("'")
        if sign is None and token.isalpha():
            return text
        is_time = is_time or token == "HH"
        signs.append(sign if sign is not None else token)
    return "".join(signs)


def is_date_format(text: str) -> bool:
    """Whether `text` reads dates: at least a year, in strptime's signs."""
    try:
        sample = datetime(2001, 2, 3).strftime(text)
        return sample != text and bool(datetime.strptime(sample, text))
    except ValueError:
        return False
