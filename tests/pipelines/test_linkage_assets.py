"""The linkage assets by themselves: what a nightly run links, and what it says of it."""

from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from linked_home import make_linked_home

from linkage.review.judgements import add_judgements, judge, judgements_path
from pipelines.defs.linkage import full_linkage, linkage_definitions
from pipelines.resources import Installation
from sources.catalogue import read_catalogue
from warehouse.layout import Layout
from warehouse.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return make_linked_home(tmp_path / "home")


def _link(settings: Settings, config: dict[str, Any] | None = None) -> dict[str, Any]:
    """Materialise all linkage assets; the metadata of the first and the events of the spine."""
    assets = linkage_definitions(read_catalogue(settings.sources)).assets
    result = dg.materialize(
        list(assets or []), resources={"installation": Installation.of(settings)}, run_config=config or {}
    )
    made = [event.materialization for event in result.get_asset_materialization_events()]
    told = {each.asset_key.path[-1]: dict(each.metadata) for each in made}
    assert len(told) == 8
    return {name: each.value for name, each in (told["record_nodes"] | told["spine"]).items()}


def test_a_run_links_what_changed_alone_and_says_so(settings: Settings) -> None:
    first = _link(settings)
    assert (first["mode"], first["why"]) == (
        "full",
        "the model, the sources' terms or the program are not those of the last full linkage",
    )
    again = _link(settings)
    assert (again["mode"], again["changed"]) == ("incremental", 0)
    sources = sorted(contract.source for contract in read_catalogue(settings.sources).with_persons[:2])
    said = judge(f"{sources[0]}-1", f"{sources[1]}-2", "match", who="desk", why="")
    add_judgements(judgements_path(Layout(settings.home)), [said])
    judged = _link(settings)
    assert (judged["mode"], judged["changed"], judged["merged"]) == ("incremental", 2, 1)
    forced = _link(settings, full_linkage())
    assert (forced["mode"], forced["why"]) == ("full", "a full linkage was asked for")
    assert not {"merged", "split", "created"} & forced.keys()
