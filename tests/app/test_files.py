"""Files that are written whole or not at all, and never through a link of the scanned repository."""

from pathlib import Path

import pytest

from scanguard.app.files import write_file
from scanguard.model.errors import ConfigurationError


@pytest.mark.parametrize("there", [True, False])
def test_a_link_is_replaced_whether_its_file_is_there_or_not(tmp_path: Path, there: bool) -> None:
    outside = tmp_path / "outside"
    if there:
        outside.write_text("kept")
    (tmp_path / "repository").mkdir()
    report = tmp_path / "repository/report.json"
    report.symlink_to(outside)
    write_file("report.json", "{}\n", str(report.parent))
    assert not report.is_symlink()
    assert report.read_text() == "{}\n"
    assert [path.read_text() for path in tmp_path.glob("outside")] == ["kept"] * there
    assert list(report.parent.iterdir()) == [report]


def test_a_directory_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be written: Is a directory"):
        write_file("", "x", str(tmp_path))
