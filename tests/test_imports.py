"""`scanguard check Dockerfile` stays quick because of what it does not load."""

import subprocess
import sys
from pathlib import Path

FORBIDDEN = frozenset(
    "argparse asyncio attr concurrent dataclasses difflib docker hashlib http importlib.metadata json jsonschema logging "
    "multiprocessing pathlib requests rich sarif_om shutil socket ssl subprocess tempfile tomllib urllib xml yaml".split()
)
PROGRAM = """
import sys
from scanguard.cli import main
code = main(["check", sys.argv[1]])
sys.stderr.write(f"{code} " + " ".join(sorted(sys.modules)))
"""


def loaded(path: Path) -> tuple[str, set[str]]:
    done = subprocess.run([sys.executable, "-I", "-c", PROGRAM, str(path)], capture_output=True, text=True, timeout=60)
    code, _, modules = done.stderr.partition(" ")
    return code, set(modules.split())


def bare() -> set[str]:
    """What an interpreter of this environment has loaded before it does anything."""
    words = [sys.executable, "-I", "-c", "import sys; print(*sys.modules)"]
    return set(subprocess.run(words, capture_output=True, text=True, timeout=60, check=True).stdout.split())


def test_common_path_loads_nothing_heavy(tmp_path: Path) -> None:
    path = tmp_path / "Dockerfile"
    path.write_text("FROM debian:12\nRUN apt-get update && apt-get install -y gcc\n", encoding="utf-8")
    code, modules = loaded(path)
    assert code == "1"
    assert modules & FORBIDDEN == set()
    assert "pluggy" in modules
    foreign = {name.partition(".")[0] for name in modules - bare()} - sys.stdlib_module_names
    assert foreign == {"pluggy", "scanguard"}
    assert {name for name in modules if name.startswith("scanguard")} <= OWN


OWN_PACKAGES = ("app", "build", "checks", "cli", "dockerfile", "engine", "model", "policy", "reporters", "sources")
NOT_ON_THE_WAY = (
    "scanguard.cli.arguments",
    "scanguard.cli.rules",
    "scanguard.model.fingerprint",
    "scanguard.policy.load",
    "scanguard.reporters.json",
    "scanguard.reporters.sarif",
)


def own_modules() -> set[str]:
    root = Path(__file__).resolve().parents[1] / "scanguard"
    names = {
        ".".join(path.relative_to(root.parent).with_suffix("").parts).removesuffix(".__init__")
        for path in root.rglob("*.py")
    }
    return {name for name in names if not name.startswith(NOT_ON_THE_WAY)}


OWN = own_modules()


def test_the_command_does_without_what_inspect_needs(tmp_path: Path) -> None:
    path = tmp_path / "Dockerfile"
    path.write_text("FROM debian:12\n", encoding="utf-8")
    words = [sys.executable, "-I", "-X", "importtime", "-m", "scanguard", "check", str(path)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60)
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}
    assert done.returncode == 1
    assert loaded & {"ast", "dis", "inspect", "tokenize"} == set()
    assert "pluggy" in loaded
