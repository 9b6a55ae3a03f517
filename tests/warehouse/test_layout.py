from pathlib import Path

import pytest

from warehouse.errors import StorageError
from warehouse.layout import private_folder


def test_folders_are_for_their_owner_alone(tmp_path: Path) -> None:
    folder = private_folder(tmp_path / "a" / "b")
    assert [path.stat().st_mode & 0o777 for path in (folder, folder.parent)] == [0o700, 0o700]


def test_an_existing_folder_keeps_its_rights(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    assert private_folder(tmp_path).stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize("impossible", ["file/home", "/proc/home"])
def test_an_unwritable_home_is_told_with_its_remedy(tmp_path: Path, impossible: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="PADRON_HOME"):
        private_folder(tmp_path / impossible)
