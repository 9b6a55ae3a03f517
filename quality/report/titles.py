"""What rules and programmes are called, by the names that the published tables give them."""

from __future__ import annotations

from warehouse.rules.reading import read_packs


def rule_titles() -> dict[str, str]:
    """Title by `programme@version`, and by that with the rule after it."""
    packs = read_packs()
    rules = {f"{pack.key} {rule.id}": rule.title for pack in packs for rule in pack.rules}
    programmes = {f"{pack.key} {pack.programme}": pack.name for pack in packs}
    return rules | programmes | {pack.key: pack.name for pack in packs}
