"""Plugins in fresh environments: a good one, a broken one, one that takes an id that is taken."""

import ast
from pathlib import Path

import pytest

from tests.environments import ROOT, FreshEnvironment, run


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> FreshEnvironment:
    fresh = FreshEnvironment(tmp_path_factory.mktemp("plugins") / "venv")
    fresh.install(ROOT)
    return fresh


@pytest.fixture
def work(tmp_path: Path) -> Path:
    (tmp_path / "Dockerfile").write_text("FROM scratch\nUSER 1000\n", encoding="utf-8")
    return tmp_path


def plugin(environment: FreshEnvironment, name: str, code: str) -> Path:
    """Put a plugin into the environment as an installer would: a module and its dist-info."""
    info = environment.site / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(f"[scanguard]\n{name} = {name}_module\n", encoding="utf-8")
    (environment.site / f"{name}_module.py").write_text(code, encoding="utf-8")
    return info


def remove(info: Path) -> None:
    for file in info.iterdir():
        file.unlink()
    info.rmdir()


def test_example_plugin(environment: FreshEnvironment, work: Path) -> None:
    environment.install(ROOT / "plugins" / "scanguard-example")
    listed = environment.scanguard("plugins", cwd=work)
    assert listed.returncode == 0
    lines = listed.stdout.splitlines()
    assert lines[0].startswith("scanguard ") and "built in" in lines[0]
    assert lines[1:] == ["example 0.1.0  from scanguard-example  1 checks", "  EXA001  missing-source-label"]
    found = environment.scanguard("check", "--select", "missing-source-label", "--fail-on", "low", cwd=work)
    assert found.returncode == 1
    assert "Dockerfile:1:6: low[missing-source-label] EXA001" in found.stdout
    assert environment.scanguard("check", "--fail-on", "low", "--no-plugins", cwd=work).returncode in (0, 1)
    assert "EXA001" not in environment.scanguard("rules", "--no-plugins", cwd=work).stdout
    assert "missing-source-label" in environment.scanguard("explain", "EXA001", cwd=work).stdout
    own = ROOT / "plugins" / "scanguard-example" / "tests"
    run(environment.bin / "python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", own, own, cwd=work)


@pytest.mark.parametrize("path", sorted((ROOT / "plugins").glob("*/src/**/*.py")), ids=lambda path: path.stem)
def test_plugins_import_the_public_surface_only(path: Path) -> None:
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    modules = [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    modules += [name.name for node in nodes if isinstance(node, ast.Import) for name in node.names]
    assert {name for name in modules if name.partition(".")[0] == "scanguard"} <= {"scanguard.plugin"}


def test_broken_plugin_is_a_notification(environment: FreshEnvironment, work: Path) -> None:
    info = plugin(environment, "broken", "raise RuntimeError('boom')\n")
    try:
        found = environment.scanguard("check", cwd=work)
        assert found.returncode == 3
        assert "Plugin 'broken' of broken 1.0 could not be loaded: RuntimeError at broken_module:1." in found.stdout
        assert "Traceback" not in found.stdout + found.stderr
        assert environment.scanguard("plugins", cwd=work).returncode == 3
        assert environment.scanguard("check", "--no-plugins", "--exit-zero", cwd=work).returncode == 0
    finally:
        remove(info)


def test_misspelt_hook_is_found(environment: FreshEnvironment, work: Path) -> None:
    code = "from scanguard.plugin import hookimpl\n@hookimpl\ndef scanguard_cheks():\n    return []\n"
    info = plugin(environment, "misspelt", code)
    try:
        found = environment.scanguard("check", cwd=work)
        assert found.returncode == 3
        assert "scanguard_cheks" in found.stdout
    finally:
        remove(info)


def test_rule_that_is_taken_is_refused(environment: FreshEnvironment, work: Path) -> None:
    code = (
        "from scanguard.plugin import Severity, dockerfile_check, hookimpl\n"
        "@dockerfile_check('SGD101', 'other', Severity.LOW, category='user')\n"
        "def check(build):\n    '''Says nothing.'''\n    return iter(())\n"
        "@hookimpl\ndef scanguard_checks():\n    return [check]\n"
    )
    info = plugin(environment, "taken", code)
    try:
        found = environment.scanguard("check", cwd=work)
        assert found.returncode == 2
        assert found.stderr == (
            "scanguard: plugin 'taken' brings a rule 'SGD101', which 'scanguard' has already; "
            "uninstall one of them or use --no-plugins\n"
        )
    finally:
        remove(info)


def test_nothing_is_loaded_from_the_working_directory(environment: FreshEnvironment, work: Path) -> None:
    info = work / "evil-1.0.dist-info"
    info.mkdir()
    (info / "entry_points.txt").write_text("[scanguard]\nevil = evil_module\n", encoding="utf-8")
    (work / "evil_module.py").write_text("raise SystemExit('loaded')\n", encoding="utf-8")
    found = environment.scanguard("plugins", cwd=work)
    assert found.returncode == 0
    assert "evil" not in found.stdout
