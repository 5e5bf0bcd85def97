"""Bad input: one clear line, the right exit code, nothing half-written, and every other target still scanned."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
GOOD = f"FROM debian:12@sha256:{'0123456789abcdef' * 4}\nUSER 1000\n"


class Place:
    """A folder with a good Dockerfile, and the program to run in it as a process of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "good").mkdir()
        (root / "good" / "Dockerfile").write_text(GOOD, encoding="utf-8")

    def run(self, *words: str, data: bytes = b"") -> tuple[int, str, str]:
        """Exit code, standard output, standard error; no run ever shows a traceback."""
        done = subprocess.run(
            [sys.executable, "-m", "scanguard", *words],
            cwd=self.root,
            input=data,
            capture_output=True,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
            timeout=60,
        )
        out, err = done.stdout.decode(), done.stderr.decode()
        assert "Traceback" not in out + err
        return done.returncode, out, err

    def names(self) -> list[str]:
        return sorted(path.name for path in self.root.iterdir())


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def incomplete(place: Place, path: str, where: str, message: str) -> None:
    """`check PATH good` says what is wrong with the path, scans the other target, and returns 3 in every format."""
    line = f"{where}: error: {message}\n\n"
    assert place.run("check", path, "good") == (3, f"{line}nothing found in 1 file; incomplete: 1 error above\n", "")
    code, out, err = place.run("check", path, "good", "--format", "json")
    report = json.loads(out)
    told = [(one["level"], one["uri"], one["message"]) for one in report["notifications"]]
    assert (code, err, report["complete"], report["summary"]["files"]) == (3, "", False, 1)
    assert told == [("error", where, message)]
    code, out, err = place.run("check", path, "good", "--format", "sarif")
    (invocation,) = json.loads(out)["runs"][0]["invocations"]
    assert (code, err, invocation["executionSuccessful"]) == (3, "", False)
    assert len(invocation["toolExecutionNotifications"]) == 1


class TestTargets:
    def test_missing(self, place: Place) -> None:
        incomplete(place, "missing/Dockerfile", "missing/Dockerfile", "does not exist; check the path")

    def test_below_a_file(self, place: Place) -> None:
        incomplete(place, "good/Dockerfile/Dockerfile", "good/Dockerfile/Dockerfile", "does not exist; check the path")

    def test_a_directory_without_dockerfiles(self, place: Place) -> None:
        (place.root / "empty").mkdir()
        message = "holds no file named `Dockerfile*`, `*.dockerfile` or `Containerfile*`; name the file itself"
        incomplete(place, "empty", "empty", message)

    def test_a_link_to_nothing(self, place: Place) -> None:
        (place.root / "Link").symlink_to("nothing")
        incomplete(place, "Link", "Link", "does not exist; check the path")

    def test_a_link_to_itself(self, place: Place) -> None:
        (place.root / "Link").symlink_to("Link")
        incomplete(place, "Link", "Link", "is a symbolic link that leads to itself; mend the link")

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
    def test_unreadable(self, place: Place) -> None:
        (place.root / "Dockerfile").write_text(GOOD)
        (place.root / "Dockerfile").chmod(0)
        message = "cannot be read: permission denied; change its mode or run as its owner"
        incomplete(place, "Dockerfile", "Dockerfile", message)

    def test_a_pipe(self, place: Place) -> None:
        os.mkfifo(place.root / "pipe")
        message = "is a pipe, not a file; name a regular file, or `-` for standard input"
        incomplete(place, "pipe", "pipe", message)

    def test_a_device(self, place: Place) -> None:
        code, out, err = place.run("check", "/dev/zero", "good")
        assert (code, err) == (3, "")
        assert out == (
            "/dev/zero: error: is a device, not a file; name a regular file, or `-` for standard input\n\n"
            "nothing found in 1 file; incomplete: 1 error above\n"
        )

    def test_binary(self, place: Place) -> None:
        (place.root / "Dockerfile").write_bytes(b"\x7fELF\x02\x01\x01\0\0\0" + bytes(range(256)) * 40)
        incomplete(place, "Dockerfile", "Dockerfile", "is not a text file; name another")

    def test_a_name_that_is_too_long(self, place: Place) -> None:
        name = "x" * 5000
        code, out, err = place.run("check", name, "good")
        assert (code, err) == (3, "")
        assert out.startswith(f"{name}: error: cannot be read: File name too long\n")

    def test_an_empty_name(self, place: Place) -> None:
        code, out, err = place.run("check", "", "good")
        assert (code, err) == (3, "")
        assert "error: an empty path names nothing; write `.` for the working directory\n" in out

    def test_in_a_directory_that_is_searched(self, place: Place) -> None:
        (place.root / "one").mkdir()
        (place.root / "one" / "Dockerfile").write_bytes(b"\0\0")
        os.mkfifo(place.root / "one" / "Dockerfile.pipe")
        code, out, err = place.run("check", ".", "--format", "json")
        report = json.loads(out)
        assert (code, err, report["summary"]["files"]) == (3, "", 1)
        assert "one/Dockerfile" in [one["uri"] for one in report["notifications"]]

    def test_several_at_once(self, place: Place) -> None:
        code, out, err = place.run("check", "a", "b", "good")
        assert (code, err) == (3, "")
        assert out == (
            "a: error: does not exist; check the path\nb: error: does not exist; check the path\n\n"
            "nothing found in 1 file; incomplete: 2 errors above\n"
        )


def spent() -> float:
    """Seconds of a processor that the programs run so far have taken: others that run meanwhile make it no longer."""
    times = os.times()
    return times.children_user + times.children_system


class TestSizes:
    def test_a_hundred_megabytes_of_one_line(self, place: Place) -> None:
        with open(place.root / "Dockerfile", "wb") as file:
            file.write(b"RUN ")
            file.seek(100_000_000)
            file.write(b"x")
        started = spent()
        message = "is larger than 10 MB; name a smaller file"
        incomplete(place, "Dockerfile", "Dockerfile", message)
        assert spent() - started < 5

    def test_a_hundred_megabytes_on_standard_input(self, place: Place) -> None:
        code, out, err = place.run("check", "-", data=b"x" * 100_000_000)
        assert (code, err) == (3, "")
        assert out.startswith("stdin: error: is larger than 10 MB; name a smaller file\n")

    @pytest.mark.parametrize(
        ("piece", "size"),
        [
            ("\n", 9_000_000),
            ("\\\n", 9_000_000),
            ("é", 9_000_000),
            ("# comment\n", 9_000_000),
            ("RUN apt-get install gcc && ", 1_000_000),
            ("a=b ", 1_000_000),
            ("x ", 1_000_000),
            ("$A", 1_000_000),
            ("(", 1_000_000),
            ("'", 1_000_000),
            ("<<E ", 200_000),
        ],
    )
    def test_large_files_take_time_in_proportion(self, place: Place, piece: str, size: int) -> None:
        text = f"FROM scratch\nUSER 1000\nRUN {piece}"
        text += piece * ((size - len(text)) // len(piece.encode()))
        (place.root / "Dockerfile").write_text(text, encoding="utf-8")
        started = spent()
        code, _, err = place.run("check", "Dockerfile")
        assert (code in (0, 1), err) == (True, "")
        assert spent() - started < 15

    def test_nine_megabytes_of_one_word(self, place: Place) -> None:
        """BuildKit refuses the line; it is read all the same, and quickly."""
        (place.root / "Dockerfile").write_text(GOOD + "RUN " + "x" * 9_000_000)
        started = spent()
        code, out, err = place.run("check", "Dockerfile")
        assert (code, err) == (1, "")
        assert out.splitlines()[0] == (
            "Dockerfile:3:1: high[syntax-error] SGD001 The line has more than 65535 bytes; "
            "go on in another line after a \\, or put the text into a file."
        )
        assert len(out) < 2000
        assert spent() - started < 5


class TestEncodings:
    def test_nul_bytes_late_in_the_file(self, place: Place) -> None:
        (place.root / "Dockerfile").write_bytes(GOOD.encode() + b"# x\n" * 3000 + b"RUN a\0b\n")
        code, out, err = place.run("check", "Dockerfile", "good")
        assert (code in (0, 1, 3), err) == (True, "")
        assert "\0" not in out
        assert " of 2 files" in out or "in 2 files" in out

    def test_invalid_utf8(self, place: Place) -> None:
        (place.root / "Dockerfile").write_bytes(GOOD.encode() + b"LABEL a=\xff\xfe\x80\n")
        code, out, err = place.run("check", "Dockerfile", "good", "--format", "json")
        report = json.loads(out)
        assert (code, err, report["summary"]["files"]) == (0, "", 2)
        assert [(one["level"], one["uri"]) for one in report["notifications"]] == [("warning", "Dockerfile")]

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
    def test_other_encodings(self, place: Place, encoding: str) -> None:
        (place.root / "Dockerfile").write_bytes(GOOD.encode(encoding))
        incomplete(place, "Dockerfile", "Dockerfile", "is not a text file; name another")

    def test_names_that_are_not_utf8(self, place: Place) -> None:
        path = os.fsencode(place.root) + b"/Dockerfile.\xff"
        with open(path, "wb") as file:
            file.write(GOOD.encode())
        for form in ("text", "json", "sarif"):
            assert place.run("check", ".", "--format", form)[::2] == (0, "")

    def test_names_with_control_characters(self, place: Place) -> None:
        (place.root / "Dockerfile.\x1b[31m\n::error::x").write_text("FROM debian\n")
        code, out, err = place.run("check", ".")
        assert (code, err) == (1, "")
        assert "\x1b" not in out
        assert not any(line.startswith("::") for line in out.splitlines())


class TestPolicies:
    """A wrong policy is exit 2 and one line on standard error; nothing is scanned."""

    def refused(
        self, place: Place, *messages: str, policy: str = "scanguard.yaml", words: tuple[str, ...] = ()
    ) -> None:
        started = spent()
        code, out, err = place.run("check", "good", *words)
        assert (code, out) == (2, "")
        assert err.count("\n") == 1, err
        assert err.startswith(f"scanguard: {policy}"), err
        for message in messages:
            assert message in err, err
        assert spent() - started < 10

    def write(self, place: Place, text: str | bytes) -> None:
        data = text if isinstance(text, bytes) else text.encode()
        (place.root / "scanguard.yaml").write_bytes(data)

    def test_an_unknown_rule(self, place: Place) -> None:
        self.write(place, "extends: default\nrules:\n  root-usr:\n    severity: low\n")
        self.refused(place, ":3:3: ", "'root-usr' is not a rule; did you mean 'root-user'?")

    def test_an_unknown_key(self, place: Place) -> None:
        self.write(place, "fail_onn: low\n")
        self.refused(place, ":1:1: ", "fail_on")

    def test_no_yaml(self, place: Place) -> None:
        self.write(place, "a: [\n")
        self.refused(place, ":")

    @pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"a\0b", b"\x00" * 100, b"\x80abc"])
    def test_no_text(self, place: Place, data: bytes) -> None:
        self.write(place, data)
        self.refused(place)

    @pytest.mark.parametrize(
        "text", ["- a\n", "3\n", "text\n", "a: b: c\n", "--- a\n--- b\n", "!!python/object:os.system {}\n"]
    )
    def test_no_policy(self, place: Place, text: str) -> None:
        self.write(place, text)
        self.refused(place)

    def test_a_bomb(self, place: Place) -> None:
        lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
        lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
        self.write(place, "\n".join(lines) + "\n")
        self.refused(place)

    def test_an_alias_of_itself(self, place: Place) -> None:
        self.write(place, "rules: &a\n  x: *a\n")
        self.refused(place)

    @pytest.mark.parametrize("text", ["[" * 50_000, "{a: " * 50_000, "- " * 50_000, "a: " + "[" * 1000 + "]" * 1000])
    def test_deep_nesting(self, place: Place, text: str) -> None:
        self.write(place, text)
        self.refused(place)

    def test_too_large(self, place: Place) -> None:
        self.write(place, "# " + "x" * 20_000_000)
        self.refused(place, "larger than")

    def test_a_pipe(self, place: Place) -> None:
        os.mkfifo(place.root / "policy.yaml")
        self.refused(place, "pipe", policy="policy.yaml", words=("--policy", "policy.yaml"))

    def test_a_pipe_in_the_repository(self, place: Place) -> None:
        os.mkfifo(place.root / "scanguard.yaml")
        self.refused(place, "pipe")

    def test_a_directory(self, place: Place) -> None:
        (place.root / "policy.yaml").mkdir()
        self.refused(place, "holds no policy", policy="policy.yaml", words=("--policy", "policy.yaml"))

    def test_missing(self, place: Place) -> None:
        self.refused(place, policy="", words=("--policy", "missing.yaml"))
        self.refused(place, policy="", words=("--policy", "defualt"))

    def test_one_that_extends_itself(self, place: Place) -> None:
        self.write(place, "extends: ./scanguard.yaml\n")
        self.refused(place)

    def test_nothing_is_written(self, place: Place) -> None:
        self.write(place, "fail_onn: low\n")
        self.refused(place, words=("--output", "json=a.json"))
        assert place.names() == ["good", "scanguard.yaml"]


class TestOutputs:
    def unwritten(self, place: Place, path: str, message: str) -> None:
        """The other outputs are whole, the report is printed, one line says what failed, and nothing is left behind."""
        before = place.names()
        code, out, err = place.run(
            "check", "good", "--output", f"json={path}", "--output", "sarif=whole.sarif", "--format", "json"
        )
        assert (code, err) == (2, f"scanguard: {path}: cannot be written: {message}\n")
        assert json.loads(out)["findings"] == []
        assert json.loads((place.root / "whole.sarif").read_text())["version"] == "2.1.0"
        assert place.names() == sorted([*before, "whole.sarif"])

    def test_a_directory_that_is_missing(self, place: Place) -> None:
        self.unwritten(place, "missing/a.json", "No such file or directory")

    def test_a_directory(self, place: Place) -> None:
        self.unwritten(place, "good", "Is a directory")

    def test_below_a_file(self, place: Place) -> None:
        self.unwritten(place, "good/Dockerfile/a.json", "Not a directory")

    def test_a_full_disk(self, place: Place) -> None:
        if not os.path.exists("/dev/full"):
            pytest.skip("there is no /dev/full here")
        code, _, err = place.run("check", "good", "--output", "json=/dev/full")
        assert (code, err) == (2, "scanguard: /dev/full: cannot be written: No space left on device\n")

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write to every directory")
    def test_a_directory_that_is_read_only(self, place: Place) -> None:
        (place.root / "locked").mkdir(mode=0o500)
        self.unwritten(place, "locked/a.json", "Permission denied")

    def test_standard_output_is_full(self, place: Place) -> None:
        if not os.path.exists("/dev/full"):
            pytest.skip("there is no /dev/full here")
        with open("/dev/full", "wb") as full:
            done = subprocess.run(
                [sys.executable, "-m", "scanguard", "check", "good"],
                cwd=place.root,
                stdout=full,
                stderr=subprocess.PIPE,
                env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
                timeout=60,
            )
        assert done.returncode == 3
        assert done.stderr == b"scanguard: standard output cannot be written: No space left on device\n"


def test_a_working_directory_that_is_gone(place: Place, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    script = f"import os, sys; os.chdir({str(gone)!r}); os.rmdir({str(gone)!r}); sys.argv = ['scanguard', 'check']\n"
    script += "from scanguard.cli import main; raise SystemExit(main())"
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == "scanguard: the working directory does not exist any more\n"
