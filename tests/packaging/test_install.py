"""ScanGuard from a wheel, from an sdist and editable: each in a fresh environment, each finds its policies."""

from pathlib import Path

import pytest

from tests.environments import ROOT, FreshEnvironment, run

DOCKERFILE = "# syntax=example/frontend:1\nFROM scratch\nUSER 1000\n"


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("dist")
    environment = FreshEnvironment(home / "venv")
    run(environment.bin / "python", "-m", "hatchling", "build", "-d", home / "dist", cwd=ROOT)
    return home / "dist"


@pytest.mark.parametrize("kind", ["wheel", "sdist", "editable"])
def test_installed(kind: str, distributions: Path, tmp_path: Path) -> None:
    environment = FreshEnvironment(tmp_path / "venv")
    if kind == "editable":
        environment.install("-e", ROOT)
    else:
        environment.install(next(distributions.glob("*.whl" if kind == "wheel" else "*.tar.gz")))
    work = tmp_path / "work"
    work.mkdir()
    (work / "Dockerfile").write_text(DOCKERFILE, encoding="utf-8")
    found = environment.scanguard("check", "--policy", "strict", "--format", "json", "Dockerfile", cwd=work)
    assert found.returncode == 1, found.stderr
    assert '"name":"unpinned-frontend"' in found.stdout.replace('": "', '":"')
    assert environment.scanguard("check", "Dockerfile", cwd=work).returncode == 0
    where = run(
        environment.bin / "python", "-c", "import scanguard; print(scanguard.__file__)", cwd=work
    ).stdout.strip()
    assert where.startswith(str(ROOT if kind == "editable" else tmp_path))


def test_wheel_holds_policies_and_schemas(distributions: Path) -> None:
    import zipfile

    names = zipfile.ZipFile(next(distributions.glob("*.whl"))).namelist()
    for name in (
        "scanguard/_policies/default.yaml",
        "scanguard/_policies/strict.yaml",
        "scanguard/policy/policy.schema.json",
        "scanguard/reporters/report.schema.json",
        "scanguard/cli/completions/scanguard.bash",
        "scanguard/py.typed",
    ):
        assert name in names
    assert not [name for name in names if name.startswith("tests/")]
