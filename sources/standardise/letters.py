"""Delivered text in capitals without accents: the ground that every comparable form is built on."""

from __future__ import annotations

import duckdb
import pyarrow as pa
from unidecode import unidecode

from warehouse.session import identifier, literal

LONGEST_READ = 200
LONGEST_KEPT = 100
ENYE = "\ue000"  # stands for Ñ while accents are stripped
RARE = r"[\p{M}\p{Cf}ªº]"
TIDY = r"[^A-Z0-9Ñ ]|  |^ | $"
JOINING = "['`´?]"
FOREIGN = "[^ -~Ñ]"


def capitals_sql(text: str) -> str:
    """An SQL expression: the first 200 characters of `text` in capitals; accents go, Ñ stays a letter of its own."""
    cut = f"left({text}, {LONGEST_READ})"
    visible = f"regexp_replace(regexp_replace({cut}, '\\p{{Cf}}', '', 'g'), '\\.?([ªº])', '\\1 ', 'g')"
    composed = f"nfc_normalize(translate({visible}, 'ªº', 'ao'))"
    return f"""case
        when strlen({text}) = length({text}) then upper({cut})
        when regexp_matches({cut}, {literal(RARE)}) then {_accentless(composed)}
        else {_accentless(cut)} end"""


def words_sql(capitals: str) -> str:
    """An SQL expression: the words of `capitals`, one blank between; apostrophes and lost letters (`?`) join.

    Null where no word is left.
    """
    joined = f"regexp_replace({capitals}, {literal(JOINING)}, '', 'g')"
    words = f"nullif(trim(regexp_replace({joined}, '[^\\p{{L}}\\p{{N}}]+', ' ', 'g')), '')"
    return f"case when {capitals} = '' or regexp_matches({capitals}, {literal(TIDY)}) then {words} else {capitals} end"


def fold(connection: duckdb.DuckDBPyConnection, values: str, table: str) -> None:
    """Make the temporary `table` (value, capitals, words) of the distinct texts that the query `values` gives.

    Letters of other scripts are transliterated, or kept where nobody knows how.
    """
    connection.execute(f"""
        create or replace temp table {identifier(table)} as
        with texts as (select distinct value from ({values}) as given(value) where value is not null),
        folded as (select value, {capitals_sql("value")} as capitals from texts)
        select value, capitals, {words_sql("capitals")} as words from folded
    """)
    foreign = connection.sql(f"select distinct capitals from {table} where regexp_matches(capitals, '{FOREIGN}')")
    texts = [text for (text,) in foreign.fetchall()]
    if not texts:
        return
    spelt = pa.table({"text": pa.array(texts), "spelt": pa.array([transliterate(text) for text in texts])})
    connection.register("spelt", spelt)
    connection.execute(
        f"update {table} set capitals = spelt, words = {words_sql('spelt')} from spelt where capitals = text"
    )
    connection.unregister("spelt")


def transliterate(text: str) -> str:
    """`text` in capital letters of the Latin alphabet; Ñ and letters without a transliteration stay."""
    return "".join(letter if letter == "Ñ" else _latin(letter) for letter in text)


def _accentless(text: str) -> str:
    enye = f"replace(replace({text}, 'ñ', '{ENYE}'), 'Ñ', '{ENYE}')"
    return f"replace(upper(strip_accents({enye})), '{ENYE}', 'Ñ')"


def _latin(letter: str) -> str:
    return unidecode(letter).upper() or (letter.upper() if letter.isalpha() else "")
