"""Write the shells' completions from the argument parser; `--check` fails where they are not current."""

import sys
from pathlib import Path

import shtab

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from scanguard.cli.arguments import build_parser  # noqa: E402

FOLDER = ROOT / "scanguard" / "cli" / "completions"


def main() -> int:
    """Write or compare the files; returns 1 where one is not current."""
    stale = False
    for shell in ("bash", "zsh"):
        path = FOLDER / f"scanguard.{shell}"
        text = shtab.complete(build_parser(), shell)
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        stale = True
        if "--check" in sys.argv[1:]:
            sys.stderr.write(f"{path.relative_to(ROOT)} is not current: run `python scripts/completions.py`\n")
        else:
            FOLDER.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return 1 if stale and "--check" in sys.argv[1:] else 0


if __name__ == "__main__":
    raise SystemExit(main())
