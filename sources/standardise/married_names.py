"""Surnames by marriage: "DE <husband>" and "VDA DE <husband>" are none of hers where her own stand beside them."""

from __future__ import annotations

from warehouse.session import literal

WIDOW = "(?:VDA|VIUDA|VIUVA)"
HUSBAND = "DE ([^ ]+)$"
OWN_WITH_DE = (
    "ALBA|ANDA|ARCO|ARMAS|ASIS|AVILA|AZA|BUEN|CORDOBA|CORRAL|DIOS|FATIMA|GRACIA|GUADALUPE|GUEVARA|HARO|HITA|HOYOS|JESUS"
    "|LARA|LEON|LIMA|LIRA|LOERA|LOURDES|LUJAN|LUNA|MATA|MESA|MIER|NAVA|OCA|OLIVA|PABLO|PADUA|PAULA|PAZ|RIVERO|SALES"
    "|SANTIAGO|TAGLE|TORO|TORRES|TRIANA|VEGA|VERA"
)


def without_widowhood_sql(words: str) -> str:
    """An SQL expression: `words` up to VDA or VIUDA; where the name begins so, only that word goes."""
    before = f"regexp_replace({words}, '^(.+?) {WIDOW}( .*)?$', '\\1')"
    return f"regexp_replace({before}, '^{WIDOW} ', '')"


def own_sql(words: str) -> str:
    """An SQL expression: `words` without a husband's surname at the end; surnames that bear a DE of their own stay."""
    husband = f"regexp_extract({words}, '(?:^| ){HUSBAND}', 1)"
    return (
        f"case when regexp_full_match({husband}, {literal(OWN_WITH_DE + '|')}) then {words} "
        f"else regexp_replace({words}, '(?:^| ){HUSBAND}', '') end"
    )
