"""The packs told in words, for an analyst and for a ministry's lawyer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from warehouse.rules.metrics import METRICS
from warehouse.rules.pack import Pack, Rule

COMPARED = {"at_least": "≥", "at_most": "≤", "above": ">", "below": "<", "equals": "="}
UNREAD = "unverified: not read in the law"


def ages(rule: Rule) -> str:
    """The ages that the rule is for, such as `6-17`, `65+` or `all`."""
    if rule.age_min is None and rule.age_max_exclusive is None:
        return "all"
    if rule.age_max_exclusive is None:
        return f"{rule.age_min}+"
    return f"{rule.age_min or 0}-{rule.age_max_exclusive - 1}"


def condition(rule: Rule) -> str:
    """What the rule asks, such as `attendance_rate ≥ 0.85 a month`."""
    money = f" {rule.currency}" if rule.currency else ""
    span = "" if rule.period == "once" else f" a {rule.period}"
    line = f", income below the line {rule.line}" if rule.line else ""
    includes = f", {rule.includes} among them" if rule.includes else ""
    return f"{rule.metric} {COMPARED[rule.comparator]} {rule.threshold:g}{money}{span}{includes}{line}"


def validity(pack: Pack, rule: Rule | None = None) -> str:
    """The days on which the pack, or one of its rules, is in force."""
    first, last = pack.validity(rule) if rule else (pack.valid_from or date.min, pack.valid_to or date.max)
    begun = "any day" if first == date.min else first.isoformat()
    return f"{begun} to {'today' if last == date.max else last.isoformat()}"


def pack_document(pack: Pack) -> str:
    """The Markdown page of one pack."""
    return "\n".join(_page(pack)) + "\n"


def _page(pack: Pack) -> Iterator[str]:
    yield f"# {pack.name}"
    yield ""
    yield f"`{pack.key}`, {pack.country}, in force {validity(pack)}" + (
        f"; part of the strategy {pack.strategy}." if pack.strategy else "."
    )
    codes = ", ".join(f"`{code}`" for code in pack.delivered_as)
    yield f"Sources name it {codes}." if codes else "No source delivers enrolments under a code of its own."
    yield ""
    yield "| rule | says | who | asks | grace | flag | in force | status | citation |"
    yield "|---|---|---|---|---|---|---|---|---|"
    yield from (_row(pack, rule) for rule in pack.rules)
    unobserved = sorted({rule.metric for rule in pack.rules if not METRICS[rule.metric].is_observed})
    if unobserved:
        yield ""
        yield "No person is judged by these metrics, for no delivered event tells them: " + ", ".join(unobserved) + "."


def _row(pack: Pack, rule: Rule) -> str:
    minors = {True: ", with minors", False: ", without minors", None: ""}[rule.minors]
    who = f"{rule.unit}, {ages(rule)}{minors}" + (f", {rule.sex}" if rule.sex else "")
    cited = f"[{rule.citation.text}]({rule.citation.url})" if rule.citation.url else rule.citation.text
    status = "verified" if rule.status == "verified" else UNREAD
    grace = f"{rule.grace} months" if rule.grace else ""
    cells = (f"`{rule.id}` ({rule.kind})", rule.title, who, f"`{condition(rule)}`", grace, rule.effect)
    return "| " + " | ".join((*cells, validity(pack, rule), status, cited)) + " |"


def index_document(packs: Sequence[Pack]) -> str:
    """The Markdown page that lists all packs."""
    lines = [
        "# Programmes",
        "",
        "Each page is made of one rule pack in `warehouse/programmes/`. A rule that is *unverified* was not read in",
        "the law it cites: its figure is a default, and every result that rests on it says so. A result is a flag for",
        "a person to review; nothing is sanctioned by it. The days on which a pack is in force are defaults too.",
        "",
        "| pack | programme | country | rules | verified |",
        "|---|---|---|---:|---:|",
    ]
    for pack in packs:
        verified = sum(rule.status == "verified" for rule in pack.rules)
        page = f"[{pack.key}]({page_name(pack)})"
        lines.append(f"| {page} | {pack.name} | {pack.country} | {len(pack.rules)} | {verified} |")
    return "\n".join(lines) + "\n"


def page_name(pack: Pack) -> str:
    """The file name of a pack's page."""
    return f"{pack.programme.replace('.', '_')}_{pack.version}.md"
