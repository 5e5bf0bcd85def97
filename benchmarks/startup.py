"""One Dockerfile, cold: `scanguard check` beside hadolint. Run `python benchmarks/startup.py`."""

import compileall
import sys
from pathlib import Path

from measure import median, pairs, ratio, tool

HERE = Path(__file__).resolve().parent
FILES = (HERE / "Dockerfile", HERE.parent / "examples" / "Dockerfile")
COUNT = 15


def main() -> int:
    """Print the medians and the ratio for each file; returns 1 where a tool is not installed."""
    ours, peer = tool("scanguard"), tool("hadolint")
    if ours is None or peer is None:
        print("install both first: pip install -e '.[bench]'")
        return 1
    compileall.compile_dir(str(HERE.parent / "scanguard"), quiet=1)
    print(f"{'file':32} {'lines':>5} {'scanguard':>10} {'hadolint':>10} {'ratio':>6}")
    for path in (*FILES, *(Path(name) for name in sys.argv[1:])):
        one, two = pairs([ours, "check", str(path)], [peer, str(path)], COUNT)
        lines = len(path.read_text(encoding="utf-8", errors="replace").splitlines())
        name = str(path)[-32:]
        print(f"{name:32} {lines:5} {median(one) * 1000:7.1f} ms {median(two) * 1000:7.1f} ms {ratio(one, two):6.2f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
