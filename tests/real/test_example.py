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
