"""The README's example of an image: every finding of Trivy on the line that brought it in."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.environments import ROOT
from tests.real.scan import Scan, lines, scan


def test_the_archive_is_current() -> None:
    words = [sys.executable, "scripts/example_image.py", "--check"]
    assert subprocess.run(words, cwd=ROOT, timeout=60).returncode == 0


def test_every_vulnerability_is_on_its_line(trivy: Scan) -> None:
    found = scan(ROOT / "examples" / "image", "--image", "app.tar", "--dockerfile", "Dockerfile", with_trivy=trivy)
    assert found.code == 1
    assert lines(found, "vulnerable-package") == {
        "CVE-2023-45853": (7, "base"),
        "CVE-2023-4911": (7, "base"),
        "CVE-2024-6119": (8, "exact"),
        "CVE-2023-30861": (4, "candidates"),
        "CVE-2023-32681": (4, "candidates"),
    }


def test_the_readme_shows_what_is_printed(trivy: Scan) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = text.partition("\n## Images\n")[2].partition("```text\n")[2].partition("```\n")[0]
    words = ("--image", "examples/image/app.tar", "--dockerfile", "examples/image/Dockerfile", "--format", "text")
    found = scan(ROOT, *words, with_trivy=trivy, LC_ALL="C.UTF-8")
    printed = found.output.split("\n\n")
    assert len(shown) > 500
    for block in shown.rstrip("\n").split("\n\n"):
        assert any(one.startswith(block) for one in printed), block


@pytest.mark.parametrize("format", ["sarif", "json"])
def test_parts_of_a_run_are_joined_byte_for_byte(format: str, trivy: Scan, tmp_path: Path) -> None:
    for name in ("Dockerfile", "app.tar"):
        shutil.copy(ROOT / "examples" / "image" / name, tmp_path)
    (tmp_path / "other.Dockerfile").write_text("FROM debian:12\n")
    words = (".", "--image", "app.tar", "--dockerfile", "Dockerfile", "--exit-zero", "--format", format)
    whole = scan(tmp_path, *words, with_trivy=trivy).output
    for part in (1, 2):
        (tmp_path / f"{part}.out").write_text(scan(tmp_path, *words, "--shard", f"{part}/2", with_trivy=trivy).output)
    merge = [sys.executable, "-I", "-m", "scanguard", "merge", "1.out", "2.out", "--exit-zero", "--format", format]
    joined = subprocess.run(merge, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True).stdout
    assert "CVE-2024-6119" in whole
    assert joined == whole
