"""The program as a process of its own: streams, locales, pipes, plugins."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.images import Recipe, docker_archive, entry

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "ghp_" + "A1b2C3d4E5" * 3 + "F6g7H8"


def run(*words: str, cwd: Path, data: bytes = b"", **environment: str) -> tuple[int, bytes, str]:
    """Run `python -m scanguard`: exit code, standard output as bytes, standard error."""
    clean = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environment}
    done = subprocess.run(
        [sys.executable, "-m", "scanguard", *words], cwd=cwd, input=data, capture_output=True, env=clean, timeout=60
    )
    return done.returncode, done.stdout, done.stderr.decode()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "Dockerfile").write_text(
        f"FROM debian:12\nENV GITHUB_TOKEN={TOKEN}\nLABEL a='é😀\u202e'\n", encoding="utf-8"
    )
    return tmp_path


def test_check(folder: Path) -> None:
    code, out, err = run("check", "Dockerfile", cwd=folder)
    assert (code, err) == (1, "")
    assert out.decode().splitlines()[-1].endswith("fails on medium or worse")
    assert TOKEN not in out.decode()


def test_standard_input(folder: Path) -> None:
    code, out, err = run("check", "-", cwd=folder, data=b"FROM scratch\nUSER 1000\n")
    assert (code, out, err) == (0, b"clean: nothing found in 1 file\n", "")


@pytest.mark.parametrize(
    "environment", [{"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}]
)
@pytest.mark.parametrize("words", [("check",), ("explain", "root-user"), ("graph",)])
def test_a_terminal_that_knows_ascii_only(folder: Path, environment: dict[str, str], words: tuple[str, ...]) -> None:
    (folder / "Dockerfile").write_text(
        "FROM debian:12 AS é\nLABEL a='é😀'\nRUN apt-get install -y gcc # é\n", encoding="utf-8"
    )
    code, out, err = run(*words, cwd=folder, **environment)
    assert (code, err) == (1 if words == ("check",) else 0, "")
    assert out.isascii()


@pytest.mark.parametrize("format", ["json", "sarif"])
def test_json_is_the_same_in_every_locale(folder: Path, format: str) -> None:
    (folder / "Dockerfile").write_text("FROM debian:12\nUSER é😀\n", encoding="utf-8")
    code, plain, _ = run("check", "--format", format, cwd=folder)
    assert code == 1
    for environment in ({"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "latin-1"}, {"PYTHONHASHSEED": "7"}):
        assert run("check", "--format", format, cwd=folder, **environment) == (1, plain, "")
    assert "'é😀'" in json.dumps(json.loads(plain), ensure_ascii=False)


def test_a_pipe_that_is_closed_early(folder: Path) -> None:
    lines = "".join(f"RUN apt-get install -y gcc-{number}\n" for number in range(2000))
    (folder / "Dockerfile").write_text("FROM debian:12\n" + lines)
    process = subprocess.Popen(
        [sys.executable, "-m", "scanguard", "check"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.read(10)
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    assert (process.wait(timeout=60), err) == (3, b"")


CLEAN = f"FROM debian:12@sha256:{'0123456789abcdef' * 4}\nUSER 1000\n"
COMMANDS = [
    (("check", "clean"), 0),
    (("check", "Dockerfile"), 1),
    (("check", "--format", "json", "clean"), 0),
    (("check", "--no-trivy", "--image", "./app.tar"), 1),
    (("layers", "./app.tar"), 0),
    (("--help",), 0),
    (("--version",), 0),
]


class TestStreams:
    """Standard streams that are closed, or that cannot be written."""

    @pytest.fixture
    def place(self, folder: Path) -> Path:
        (folder / "clean").write_text(CLEAN, encoding="utf-8")
        recipe = Recipe(({"etc/passwd": b"root:x:0:0::/root:/bin/sh\n"},), history=(entry("COPY etc /etc # buildkit"),))
        (folder / "app.tar").write_bytes(docker_archive(recipe))
        return folder

    def shell(self, words: tuple[str, ...], streams: str, cwd: Path) -> tuple[int, bytes, str]:
        """Run with a redirection of the shell."""
        done = subprocess.run(
            ["sh", "-c", f'exec "$@" {streams}', "sh", sys.executable, "-m", "scanguard", *words],
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(cwd / "cache")},
            timeout=60,
        )
        return done.returncode, done.stdout, done.stderr.decode()

    @pytest.mark.parametrize(("words", "code"), COMMANDS, ids=[" ".join(words) for words, _ in COMMANDS])
    def test_closed(self, place: Path, words: tuple[str, ...], code: int) -> None:
        plain = self.shell(words, "", place)
        assert (plain[0], plain[1] != b"", plain[2]) == (code, True, "")
        assert self.shell(words, "2>&-", place) == plain
        assert self.shell(words, "0<&- 2>&-", place) == plain
        assert self.shell(words, "0<&-", place) == plain
        lost = "scanguard: standard output cannot be written: it is closed\n"
        assert self.shell(words, "1>&-", place) == (3, b"", lost)
        assert self.shell(words, "0<&- 1>&-", place) == (3, b"", lost)
        assert self.shell(words, "0<&- 1>&- 2>&-", place) == (3, b"", "")

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
    @pytest.mark.parametrize("words", [("check", "clean"), ("--help",)])
    def test_full(self, place: Path, words: tuple[str, ...]) -> None:
        full = "scanguard: standard output cannot be written: No space left on device\n"
        assert self.shell(words, ">/dev/full", place) == (3, b"", full)
        assert self.shell(words, "2>/dev/full", place) == self.shell(words, "", place)

    def test_an_error_that_nobody_hears(self, place: Path) -> None:
        words = ("layers", "./none.tar")
        code, out, err = self.shell(words, "", place)
        assert (code, out, err.count("\n")) == (3, b"", 1)
        for streams in ("2>&-", "1>&- 2>&-", "2>/dev/null"):
            assert self.shell(words, streams, place) == (3, b"", "")
        assert self.shell(words, "1>&-", place) == (code, out, err)

    def test_a_report_is_not_written_into_a_closed_stream(self, place: Path) -> None:
        words = ("check", "--output", "json=report.json", "Dockerfile")
        for streams in ("2>&-", "0<&- 1>&- 2>&-"):
            self.shell(words, streams, place)
            assert json.loads((place / "report.json").read_bytes())["summary"]["files"] == 1
            (place / "report.json").unlink()


def test_no_secret_in_any_output(folder: Path) -> None:
    for words in (("check",), ("check", "--format", "json"), ("check", "--format", "sarif"), ("graph",)):
        _, out, err = run(*words, cwd=folder)
        assert TOKEN not in out.decode() + err


PLUGIN = '''
from scanguard.plugin import PolicyFile, Problem, Reporter, Severity, dockerfile_check, hookimpl

@dockerfile_check("ACME1", "acme-rule", Severity.LOW, category="hygiene")
def check(build):
    """Acme."""
    yield Problem("Acme was here.", build.stages[0].from_span, 0)

@hookimpl
def scanguard_checks():
    return [check]

@hookimpl
def scanguard_reporters():
    return [Reporter("count", lambda report: f"{len(report.findings)} findings\\n")]
'''


def install(site: Path, name: str, text: str) -> None:
    """A distribution with one module and an entry point to it."""
    (site / f"{name}.py").write_text(text)
    info = site / f"{name}-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text(f"[console_scripts]\nx = y:z\n\n[scanguard]\n{name}-entry = {name}\n")


class TestPlugins:
    @pytest.fixture
    def site(self, tmp_path: Path) -> Path:
        site = tmp_path / "site"
        site.mkdir()
        return site

    @pytest.fixture
    def home(self, tmp_path: Path) -> Path:
        home = tmp_path / "home"
        home.mkdir()
        (home / "Dockerfile").write_text("FROM scratch\nUSER 1000\n")
        return home

    def test_loaded(self, site: Path, home: Path) -> None:
        install(site, "acme", PLUGIN)
        path = f"{ROOT}{os.pathsep}{site}"
        code, out, err = run("plugins", cwd=home, PYTHONPATH=path)
        assert (code, err) == (0, "")
        assert "acme-entry 1.2  from acme  1 checks\n  ACME1  acme-rule\n" in out.decode()
        code, out, err = run("check", "--format", "json", "--select", "acme-rule", cwd=home, PYTHONPATH=path)
        assert [(one["id"], one["message"]) for one in json.loads(out)["findings"]] == [("ACME1", "Acme was here.")]
        assert (
            run("check", "--format", "count", "--select", "acme-rule", cwd=home, PYTHONPATH=path)[1] == b"1 findings\n"
        )
        assert b"Acme was here." in run("check", cwd=home, PYTHONPATH=path)[1]
        assert run("check", "--no-plugins", "--select", "acme-rule", cwd=home, PYTHONPATH=path)[0] == 2
        assert b"ACME1" not in run("plugins", "--no-plugins", cwd=home, PYTHONPATH=path)[1]

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("raise ValueError('confidential')", "ValueError at broken:1"),
            ("import no_such_module", "ModuleNotFoundError at "),
            ("def broken(:", "SyntaxError"),
            ("raise SystemExit(7)", "SystemExit at broken:1"),
            (
                "from scanguard.plugin import hookimpl\n@hookimpl\ndef scanguard_chekcs():\n    return []\n",
                "unknown hook 'scanguard_chekcs'",
            ),
            (
                "from scanguard.plugin import hookimpl\n@hookimpl\ndef scanguard_checks():\n    raise KeyError('confidential')\n",
                "KeyError at broken:4",
            ),
            (
                "from scanguard.plugin import hookimpl\n@hookimpl\ndef scanguard_checks():\n    return [3]\n",
                "scanguard_checks answered with int, not with Check",
            ),
        ],
    )
    def test_broken(self, site: Path, home: Path, text: str, reason: str) -> None:
        install(site, "broken", text)
        install(site, "acme", PLUGIN)
        path = f"{ROOT}{os.pathsep}{site}"
        code, out, err = run("check", "--format", "json", cwd=home, PYTHONPATH=path)
        assert (code, err) == (3, "")
        report = json.loads(out)
        assert [one["id"] for one in report["findings"]] == ["ACME1"]
        (message,) = [one["message"] for one in report["notifications"]]
        assert message.startswith("Plugin 'broken-entry' of broken 1.2 could not be loaded: ")
        assert reason in message
        assert "confidential" not in message
        code, out, err = run("plugins", cwd=home, PYTHONPATH=path)
        assert (code, err) == (3, "")
        assert b"broken-entry 1.2  from broken  failed: " in out
        assert run("check", "--no-plugins", cwd=home, PYTHONPATH=path)[0] == 0

    def test_a_rule_that_is_there_already(self, site: Path, home: Path) -> None:
        install(site, "acme", PLUGIN.replace("ACME1", "SGD101"))
        code, out, err = run("check", cwd=home, PYTHONPATH=f"{ROOT}{os.pathsep}{site}")
        assert (code, out) == (2, b"")
        assert err == (
            "scanguard: plugin 'acme-entry' brings a rule 'SGD101', which 'scanguard' has already; "
            "uninstall one of them or use --no-plugins\n"
        )

    def test_a_rule_of_the_engine(self, site: Path, home: Path) -> None:
        install(site, "acme", PLUGIN.replace("ACME1", "SGD001"))
        code, out, err = run("check", cwd=home, PYTHONPATH=f"{ROOT}{os.pathsep}{site}")
        assert (code, out) == (2, b"")
        assert err == "scanguard: a plugin brings a rule 'SGD001', which the engine has already\n"

    def test_nothing_is_loaded_from_the_repository_under_scan(self, home: Path) -> None:
        install(home, "acme", PLUGIN)
        code, out, _ = run("plugins", cwd=home)
        assert code == 0
        assert b"ACME1" not in out

    def test_a_reporter_that_fails(self, site: Path, home: Path) -> None:
        install(site, "acme", PLUGIN.replace('f"{len(report.findings)} findings\\n"', "report.no_such_thing"))
        code, _, err = run("check", "--format", "count", cwd=home, PYTHONPATH=f"{ROOT}{os.pathsep}{site}")
        assert code == 3
        assert err.startswith("scanguard: format 'count' failed: AttributeError at acme:")
        assert err.count("\n") == 1

    def test_formats_that_cannot_be_asked_for(self, site: Path, home: Path) -> None:
        install(site, "acme", PLUGIN)
        text = PLUGIN.replace("return [Reporter", "raise KeyError('confidential')\n    [Reporter")
        install(site, "broken", text.replace("acme-", "other-").replace("ACME1", "OTHER1"))
        path = f"{ROOT}{os.pathsep}{site}"
        code, out, err = run("check", "--format", "count", "--select", "acme-rule", cwd=home, PYTHONPATH=path)
        assert (code, out, err) == (3, b"1 findings\n", "")
        code, out, _ = run("check", "--output", "count=n.txt", cwd=home, PYTHONPATH=path)
        assert code == 3
        assert b"error: Plugin 'broken:broken-entry' failed: KeyError at broken:" in out
        assert b"confidential" not in out

    def test_a_check_that_ends_the_program(self, site: Path, home: Path) -> None:
        install(site, "acme", PLUGIN.replace("    yield Problem", "    raise SystemExit(0)\n    yield Problem"))
        code, out, err = run("check", cwd=home, PYTHONPATH=f"{ROOT}{os.pathsep}{site}")
        assert (code, err) == (3, "")
        assert b"Rule ACME1 (acme-rule) failed: SystemExit at acme:" in out
