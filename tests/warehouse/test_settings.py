from pathlib import Path

import pytest

from warehouse.errors import SettingsError
from warehouse.settings import SAMPLE_SOURCES, Settings


def test_defaults_lie_in_the_working_directory() -> None:
    settings = Settings.from_environment({})
    assert settings.home == Path("var").absolute()
    assert settings.landing == settings.home / "landing"
    assert settings.sources == SAMPLE_SOURCES


def test_the_environment_round_trips(tmp_path: Path) -> None:
    settings = Settings(tmp_path, tmp_path / "s", tmp_path / "l", "2GB", 1, 7, 3)
    assert Settings.from_environment(settings.as_environment()) == settings
    with_model = settings.with_files(
        model=tmp_path / "model.yaml", parameters=tmp_path / "p.json", truth=tmp_path / "t"
    )
    assert Settings.from_environment(with_model.as_environment()) == with_model


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PADRON_MEMORY_LIMIT", "plenty"),
        ("PADRON_MEMORY_LIMIT", "6"),
        ("PADRON_THREADS", "0"),
        ("PADRON_THREADS", "two"),
        ("PADRON_SEED", "-1"),
        ("PADRON_KEEP_RELEASES", ""),
        ("PADRON_WATCH_SECONDS", "0"),
        ("PADRON_REPORTS_URL", "registry.example/reports"),
        ("PADRON_REPORTS_URL", "file:///var/lib/padron/reports"),
    ],
)
def test_an_unusable_value_is_told_by_its_name(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.from_environment({name: value})


def test_a_new_home_brings_its_own_landing_zone(tmp_path: Path) -> None:
    moved = Settings.from_environment({}).with_paths(home=tmp_path, sources=None, landing=None)
    assert moved.landing == tmp_path / "landing"


def test_a_landing_zone_given_beside_a_home_stays(tmp_path: Path) -> None:
    moved = Settings.from_environment({}).with_paths(home=tmp_path, sources=None, landing=tmp_path / "in")
    assert (moved.home, moved.landing) == (tmp_path, tmp_path / "in")


def test_a_home_that_reads_as_a_pattern_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="patterns"):
        Settings(home=tmp_path / "a*b", sources=tmp_path, landing=tmp_path)
