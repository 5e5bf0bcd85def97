"""The README's example of an image: every finding of Trivy on the line that brought it in."""

import subprocess
import sys

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
