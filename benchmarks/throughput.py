"""Two thousand Dockerfiles, one process each tool: scanguard, hadolint, Checkov. Run `python benchmarks/throughput.py`."""

import statistics
import sys
import tempfile
from pathlib import Path

from generate import write
from measure import run, tool

COUNT = 2000


def main() -> int:
    """Print wall time, files a second and peak memory of each tool that is installed."""
    with tempfile.TemporaryDirectory() as folder:
        paths = write(Path(folder), COUNT)
        lines = statistics.median(len(path.read_text(encoding="utf-8").splitlines()) for path in paths)
        print(f"{COUNT} Dockerfiles, {lines:.0f} lines in the median")
        commands = {
            "scanguard": ["check", folder],
            "hadolint": [str(path) for path in paths],
            "checkov": ["-d", folder, "--framework", "dockerfile", "--quiet", "--compact"],
        }
        base = 0.0
        for name, words in commands.items():
            program = tool(name)
            if program is None:
                print(f"{name:10} is not installed: pip install -e '.[bench]'")
                continue
            done = run([program, *words])
            base = base or done.seconds
            speed = COUNT / done.seconds
            print(
                f"{name:10} {done.seconds:8.2f} s {speed:8.0f} files/s {done.memory:6.0f} MB  x{done.seconds / base:.1f}"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
