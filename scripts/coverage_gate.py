"""Fail where a package's branches are not covered: `python scripts/coverage_gate.py 95 dockerfile build`.

Reads the data of the last run under coverage. Counts branches alone, package by package: lines, or a sum over all
packages, would let one part pay for another.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import coverage

ROOT = Path(__file__).resolve().parents[1]


def measured() -> dict[str, Any]:
    """What coverage's JSON report says of each file below `scanguard/`, by its path from there."""
    data = coverage.Coverage()
    data.load()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "coverage.json"
        data.json_report(outfile=str(report))
        files = json.loads(report.read_text(encoding="utf-8"))["files"]
    package = ROOT / "scanguard"
    return {str((ROOT / name).relative_to(package)): entry["summary"] for name, entry in files.items()}


def main(limit: float, packages: list[str]) -> int:
    """Print the share of each package; returns 1 where one is below `limit` percent or was not measured."""
    try:
        files = measured()
    except coverage.CoverageException as error:
        print(f"nothing was measured: {error}")
        return 1
    failed = False
    for package in packages:
        found = {name: entry for name, entry in files.items() if name.startswith(f"{package}/")}
        branches = sum(entry["num_branches"] for entry in found.values())
        covered = sum(entry["covered_branches"] for entry in found.values())
        share = 100 * covered / branches if branches else 0.0
        failed |= share < limit
        print(f"{package:12} {covered:5} of {branches:5} branches, {share:5.1f} %")
        if share < limit:
            for name, entry in sorted(found.items(), key=lambda item: -item[1]["missing_branches"])[:8]:
                print(f"    {name}: {entry['missing_branches']} missing")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), sys.argv[2:]))
