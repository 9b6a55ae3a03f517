"""Names in comparable form, by the naming customs of the region.

A name's words stand in capitals with particles gone, abbreviations written out, SAN and SANTA joined to
their saint; titles and suffixes such as JR or FILHO are left out, and a placeholder such as NN is no name.
"""

from __future__ import annotations

from typing import Literal

from sources.standardise.abbreviations import Part as Abbreviated
from sources.standardise.abbreviations import abbreviations, written_out_sql
from sources.standardise.letters import LONGEST_KEPT
from warehouse.session import literal

Part = Literal["given", "surname", "person"]
ABBREVIATED: dict[Part, tuple[Abbreviated, ...]] = {
    "given": ("given",),
    "surname": ("surname",),
    "person": ("given", "surname"),
}

PARTICLES = ("DE", "DEL", "DA", "DAS", "DO", "DOS", "LOS")
ARTICLES = ("LA", "LAS", "EL", "LO")
TITLES = "SR|SRA|SRTA|DR|DRA|LIC|ING|PROF|PROFA|DON|DOÑA"
SUFFIXES = ("JR", "HIJO", "FILHO", "SOBRINHO")
LAST_SUFFIXES = "JUNIOR|NETO"  # names too, when they stand alone
EMPTY_WORDS = ("NN", "XX", "XXX", "XXXX", "XXXXX")

ABSENT = (
    "NO (?:TIENE|REGISTRA|APLICA|INFORMA|INDICA|CONSTA|DISPONIBLE|ESPECIFICAD[OA]|DECLARAD[OA]|IDENTIFICAD[OA])"
    "|NAO (?:TEM|CONSTA|INFORMAD[OA]|DECLARAD[OA]|IDENTIFICAD[OA]|POSSUI)"
    "|(?:SIN|SEM) (?:(?:PRIMER|SEGUNDO) )?(?:NOMBRES?|APELLIDOS?|DATOS?|INFORMACION|NOME|SOBRENOME|INFORMACAO)"
    "|NINGUN[OA]?|NENHUM[A]?|DESCONOCID[OA]|DESCONHECID[OA]|IGNORAD[OA]|PENDIENTE|NULL|NONE|NAN|NA"
)
NEWBORN = "(?:RN|RECIEN NACID[OA]|RECEM NASCID[OA]|NEONATO|BEBE|HIJ[OA] DE|FILH[OA] DE)(?: .*)?"
PLACEHOLDER = f"(?:{ABSENT}|{NEWBORN}|N ?N(?: N ?N)*|[SN] [NADI]|S N S N|X+(?: X+)*|[0-9 ]*|{'|'.join(SUFFIXES)})"
J_NAMES = (
    "ANGEL|ANTONIO|ASCENCION|ASUNCION|CARMEN|CONCEPCION|CRUZ|DOLORES|ENCARNACION|FELIX|GUADALUPE|ISABEL|JESUS|LUIS|LUZ"
    "|MANUEL|MARIA|MERCED|MERCEDES|NATIVIDAD|PILAR|REFUGIO|REYES|ROSARIO|SOCORRO|TRINIDAD"
)
M_NAMES = (
    "ANGELES|CARMEN|CONCEPCION|DOLORES|ELENA|ESTHER|GUADALUPE|ISABEL|JESUS|JOSE|LOURDES|LUISA|LUZ|MERCEDES|PILAR|REFUGIO"
    "|ROSARIO|SOCORRO|TERESA|TRINIDAD"
)


def names_query(values: str, part: Part) -> str:
    """A query over `values` (value, words: distinct, as `letters.fold` makes them) giving (value, std).

    A placeholder gives no row; `std` has at most 100 characters, whole words where it can. Most names hold
    no word that any rule looks for, and pass as they are.
    """
    written = written_out_sql("tokens", ABBREVIATED[part])
    phrase = f"(^| )(?:{ABSENT.removesuffix('|NA')})( |$)"
    return f"""
    with special as (
        select value, words from ({values})
        where length(words) > {LONGEST_KEPT} or regexp_matches(words, {literal(_marks(part))})
    ),
    said as (
        select value, trim(regexp_replace(words, {literal(phrase)}, ' ', 'g')) as words from special
        where not regexp_full_match(words, {literal(PLACEHOLDER)})
    ),
    split as (select value, string_split(words, ' ') as tokens from said),
    kept as (select value, coalesce(nullif({_kept()}, []), tokens) as tokens from split),
    written_out as (select value, array_to_string({written}, ' ') as words from kept),
    joined as (select value, {_joined(part)} as words from written_out),
    shortened as (select value, {_shortened()} as std from joined)
    select value, std from shortened where not regexp_full_match(std, {literal(PLACEHOLDER)})
    union all
    select value, words as std from ({values}) anti join special using (value) where words is not null
    """


def _marks(part: Part) -> str:
    """A pattern found in every name that any rule would change, and in few others."""
    words = [*PARTICLES, *SUFFIXES, *EMPTY_WORDS, *abbreviations(ABBREVIATED[part]), TITLES, LAST_SUFFIXES, "SAN|SANTA"]
    return f"[0-9]|(?:^| )(?:[A-ZÑ]|{'|'.join(words)}|{ABSENT}|{NEWBORN})(?: |$)"


def _kept() -> str:
    """The tokens without particles, articles after DE, E and Y between words, and words that say nothing."""
    return f"""list_filter(tokens, lambda token, place:
        not list_contains({[*PARTICLES, *EMPTY_WORDS]}, token)
        and not (list_contains({list(ARTICLES)}, token) and place > 1 and tokens[place - 1] = 'DE')
        and not (list_contains({list(SUFFIXES)}, token) and place > 1)
        and not (token in ('E', 'Y') and place > 1 and place < len(tokens)))"""


def _joined(part: Part) -> str:
    words = "words"
    steps = [(f"^(?:(?:{TITLES}) )+", ""), (r"(^| )(SAN|SANTA) ([^ ]{3,})", r"\1\2\3")]
    if part != "surname":
        steps += [(f"^J ({J_NAMES})( |$)", r"JOSE \1\2"), (f"^M ({M_NAMES})( |$)", r"MARIA \1\2")]
    for pattern, replacement in steps:
        words = f"regexp_replace({words}, {literal(pattern)}, {literal(replacement)}, 'g')"
    return words


def _shortened() -> str:
    """Whole words up to 100 characters (a longer word is cut), then no suffix at the end."""
    cut = f"regexp_extract(words || ' ', '^(.{{1,{LONGEST_KEPT}}}) ', 1)"
    short = f"coalesce(nullif({cut}, ''), left(words, {LONGEST_KEPT}))"
    whole = f"case when length(words) <= {LONGEST_KEPT} then words else {short} end"
    return f"regexp_replace({whole}, '( (?:{LAST_SUFFIXES}))+$', '')"
