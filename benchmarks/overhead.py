"""`scanguard check --image` beside Trivy alone, on the same image with the same database. Run `… overhead.py [IMAGE]`.

The image is an archive or a reference in the docker daemon; without one an archive of 300 MB is made. Cold: neither has
seen the image before. Warm: both have. Returns 1 above the bar.
"""

import shutil
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from images import CASES, write  # noqa: E402
from measure import Run, median, own_memory, ratio, run, tool  # noqa: E402

from tests.trivydb import write_cache  # noqa: E402

COUNT = 5
BAR = 1.15
MEMORY = 150


def commands(ours: str, trivy: str, image: str, caches: tuple[Path, Path]) -> tuple[list[str], list[str]]:
    """Both command lines, each with a cache of its own: packages, vulnerabilities and secrets, and no network."""
    quiet = [
        "--skip-version-check",
        "--disable-telemetry",
        "--skip-db-update",
        "--skip-check-update",
        "--offline-scan",
        "-q",
    ]
    what = ["--scanners", "vuln,secret", "--list-all-pkgs", "-f", "json", "-o", "/dev/null"]
    place = ["--input", image] if Path(image).is_file() else ["--image-src", "docker", image]
    theirs = [trivy, "image", *quiet, *what, "--cache-dir", str(caches[1]), *place]
    mine = [ours, "check", "--image", image, "--trivy", trivy, "--trivy-cache", str(caches[0]), "--offline"]
    return [*mine, "--exit-zero", "--format", "json"], theirs


def measure(ours: str, trivy: str, image: str, folder: Path, *, cold: bool) -> tuple[list[Run], list[Run], float]:
    """Five runs of each, in turn, and what one more run of ours takes of memory, in MB."""
    caches = (folder / "ours", folder / "theirs")
    mine: list[Run] = []
    theirs: list[Run] = []
    for number in range(COUNT + (not cold)):
        if cold or not number:
            forget(caches)
        pair = tuple(map(run, commands(ours, trivy, image, caches)))
        if cold or number:
            mine.append(pair[0])
            theirs.append(pair[1])
    if cold:
        forget(caches)
    return mine, theirs, own_memory(commands(ours, trivy, image, caches)[0])


def forget(caches: tuple[Path, Path]) -> None:
    """Caches with the database and nothing else."""
    for cache in caches:
        shutil.rmtree(cache, ignore_errors=True)
        write_cache(cache)


def main() -> int:
    """Print the medians and the ratios; returns 1 above a bar, 2 where a tool is not installed."""
    ours, trivy = tool("scanguard"), tool("trivy")
    if ours is None or trivy is None:
        print("install both first: pip install -e '.[trivy]'")
        return 2
    print(f"{'':6} {'scanguard':>10} {'trivy':>9} {'ratio':>6} {'memory':>8}")
    missed = False
    with tempfile.TemporaryDirectory(prefix="scanguard-overhead-") as folder:
        image = sys.argv[1] if len(sys.argv) > 1 else str(Path(folder) / "image.tar")
        if len(sys.argv) < 2:
            write(Path(image), Path(folder), CASES[0])
        for name in ("cold", "warm"):
            mine, theirs, memory = measure(ours, trivy, image, Path(folder), cold=name == "cold")
            missed |= ratio(mine, theirs) > BAR or memory > MEMORY
            print(
                f"{name:6} {median(mine) * 1000:7.0f} ms {median(theirs) * 1000:6.0f} ms "
                f"{ratio(mine, theirs):6.2f} {memory:5.0f} MB",
                flush=True,
            )
    print(f"the bars are {BAR} and {MEMORY} MB (of ScanGuard itself; Trivy has its own)")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
