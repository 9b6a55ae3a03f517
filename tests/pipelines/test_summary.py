from io import StringIO
from pathlib import Path

from rich.console import Console

from pipelines.commands.summary import show_linkage
from warehouse.layout import Layout


def test_a_restored_home_has_no_linkage_yet_and_says_who_makes_it(tmp_path: Path) -> None:
    shown = StringIO()
    show_linkage(Layout(tmp_path), Console(file=shown))
    assert "the next build makes them again" in shown.getvalue()
