"""One Dockerfile, cold: `scanguard check` beside hadolint. Run `python benchmarks/startup.py [FILE...]`.

Returns 1 where the ratio for benchmarks/Dockerfile, of 62 lines, is above the bar: ScanGuard is to be no slower than hadolint.
The other files show how the ratio moves with the size: hadolint's time grows with the file, ours is nearly all start-up.
"""

import compileall
import sys
import tempfile
from pathlib import Path

from generate import write
from measure import median, pairs, ratio, tool

HERE = Path(__file__).resolve().parent
FILES = (HERE / "Dockerfile", HERE.parent / "examples" / "Dockerfile")
COUNT = 15
BAR = 1.0


def compare(ours: str, peer: str, path: Path) -> float:
    """Print the medians for one file and return the ratio."""
    one, two = pairs([ours, "check", str(path)], [peer, str(path)], COUNT)
    lines = len(path.read_text(encoding="utf-8", errors="replace").splitlines())
    found = ratio(one, two)
    print(f"{str(path)[-32:]:32} {lines:5} {median(one) * 1000:7.1f} ms {median(two) * 1000:7.1f} ms {found:6.2f}")
    return found


def main() -> int:
    """Print the medians and the ratio for each file; returns 1 above the bar, 2 where a tool is not installed."""
    ours, peer = tool("scanguard"), tool("hadolint")
    if ours is None or peer is None:
        print("install both first: pip install -e '.[bench]'")
        return 2
    compileall.compile_dir(str(HERE.parent / "scanguard"), quiet=1)
    print(f"{'file':32} {'lines':>5} {'scanguard':>10} {'hadolint':>10} {'ratio':>6}")
    with tempfile.TemporaryDirectory() as folder:
        files = (*FILES, *write(Path(folder), 1), *map(Path, sys.argv[1:]))
        ratios = [compare(ours, peer, path) for path in files]
    print(f"{FILES[0].name}: ratio {ratios[0]:.2f}, the bar is {BAR}; highest of all {max(ratios):.2f}")
    return 1 if ratios[0] > BAR else 0


if __name__ == "__main__":
    sys.exit(main())
