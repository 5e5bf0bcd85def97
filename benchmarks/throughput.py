"""Two thousand Dockerfiles, one process each tool: scanguard, hadolint, Checkov. Run `python benchmarks/throughput.py`.

Returns 1 where ScanGuard takes more than a tenth of hadolint's wall time, a third of Checkov's, or 150 MB.
"""

import statistics
import sys
import tempfile
from pathlib import Path

from generate import write
from measure import Run, run, tool

COUNT = 2000
SHARES = {"hadolint": 1 / 10, "checkov": 1 / 3}
MEMORY = 150


def measure(folder: Path) -> dict[str, Run]:
    """Run each tool that is installed over `COUNT` Dockerfiles, and print what it took."""
    paths = write(folder, COUNT)
    lines = statistics.median(len(path.read_text(encoding="utf-8").splitlines()) for path in paths)
    print(f"{COUNT} Dockerfiles, {lines:.0f} lines in the median")
    commands = {
        "scanguard": ["check", str(folder)],
        "hadolint": [str(path) for path in paths],
        "checkov": ["-d", str(folder), "--framework", "dockerfile", "--quiet", "--compact"],
    }
    found: dict[str, Run] = {}
    for name, words in commands.items():
        program = tool(name)
        if program is None:
            print(f"{name:10} is not installed: pip install -e '.[bench]'")
            continue
        done = found[name] = run([program, *words])
        print(f"{name:10} {done.seconds:8.2f} s {COUNT / done.seconds:8.0f} files/s {done.memory:6.0f} MB")
    return found


def main() -> int:
    """Measure and judge; returns 1 where a bar is missed, 2 where ScanGuard is not installed."""
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder))
    if "scanguard" not in found:
        return 2
    ours = found["scanguard"]
    good = ours.memory < MEMORY
    for name, share in SHARES.items():
        if name in found:
            got = ours.seconds / found[name].seconds
            good &= got <= share
            print(f"scanguard takes {got:.3f} of {name}'s wall time, the bar is {share:.3f}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
