"""`scanguard check Dockerfile`, and a check of an image that was checked before, stay quick because of what they do not load."""

import json
import subprocess
import sys
from pathlib import Path

from tests.images import Recipe, configuration, docker_archive, entry
from tests.trivydb import write_cache

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
    loaded = imported(done.stderr)
    assert done.returncode == 1
    assert loaded & {"ast", "dis", "inspect", "tokenize"} == set()
    assert "pluggy" in loaded


NOT_FOR_A_KNOWN_IMAGE = frozenset(
    "ast concurrent dataclasses difflib dis docker http importlib.metadata inspect jsonschema logging multiprocessing pathlib "
    "random requests rich sarif_om shutil socket ssl subprocess tarfile tempfile tomllib tokenize urllib xml yaml".split()
)
NOT_OURS_FOR_A_KNOWN_IMAGE = frozenset(
    f"scanguard.{name}"
    for name in (
        "app.dockerfiles",
        "app.images.dockerfile",
        "blame.align",
        "build.script",
        "checks.dockerfile",
        "engine.run",
        "process",
        "reporters.sarif",
        "sources.daemon",
        "trivy.archive",
        "trivy.command",
        "trivy.download",
    )
)
TRIVY = """#!/bin/sh
[ "$1" = --version ] && echo 'Version: 0.76.0' && exit
echo scan >> '{folder}/scans'
while [ $# -gt 0 ]; do case $1 in --output) out=$2 ;; esac; shift; done
printf '%s' '{report}' > "$out"
"""


def test_a_known_image_is_checked_without_what_finds_out_about_it(tmp_path: Path) -> None:
    """The first check runs Trivy, the second one remembers; both say the same."""
    layers = ({"etc/passwd": b"root:x:0:0::/root:/bin/sh\n"},)
    recipe = Recipe(layers, history=(entry("COPY etc /etc # buildkit"),))
    (tmp_path / "app.tar").write_bytes(docker_archive(recipe))
    diff_ids = configuration(recipe)["rootfs"]["diff_ids"]
    trivy = tmp_path / "trivy"
    report = json.dumps({"SchemaVersion": 2, "Metadata": {"DiffIDs": diff_ids}})
    trivy.write_text(TRIVY.format(folder=tmp_path, report=report), encoding="utf-8")
    trivy.chmod(0o755)
    write_cache(tmp_path / "cache")
    words = [sys.executable, "-I", "-X", "importtime", "-m", "scanguard", "check", "--image", "./app.tar", "--offline"]
    words += ["--trivy", str(trivy), "--trivy-cache", str(tmp_path / "cache"), "--format", "json"]
    first, second = (
        subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False) for _ in range(2)
    )
    assert (first.returncode, first.stdout) == (second.returncode, second.stdout)
    ran = {rule["name"] for rule in json.loads(first.stdout)["rules"]}
    assert {"image-root-user", "vulnerable-package"} <= ran
    assert "root-user" not in ran, "no Dockerfile was checked"
    assert (tmp_path / "scans").read_text() == "scan\n"
    assert {"scanguard.trivy.command", "subprocess"} <= imported(first.stderr)
    loaded = imported(second.stderr)
    assert loaded & NOT_FOR_A_KNOWN_IMAGE == set()
    assert loaded & NOT_OURS_FOR_A_KNOWN_IMAGE == set()
    assert {"argparse", "pluggy", "scanguard.trivy.ask"} <= loaded


def imported(errors: str) -> set[str]:
    """The modules that `-X importtime` lists."""
    return {line.rpartition("|")[2].strip() for line in errors.splitlines() if line.startswith("import time:")}
