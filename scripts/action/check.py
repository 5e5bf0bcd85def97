"""The step of the action that checks: the inputs become one run of ScanGuard, its reports what GitHub shows.

Inputs arrive as environment variables `SCANGUARD_INPUT_…` and are text, never code. What ScanGuard says to people is kept
from being a command to the runner, and every output is written before the step fails.
https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

PREFIX = "SCANGUARD_INPUT_"
SEVERITIES = ("critical", "high", "medium", "low", "note")
INCOMPLETE, WRONG_USAGE = 3, 2
SUMMARY_ROOM = 900_000
"""GitHub drops a step's summary of more than 1 MiB."""
OF_THE_RUNNER = ("GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STATE", "GITHUB_STEP_SUMMARY")
"""Files by which a step steers the rest of the job: no business of the program that reads the scanned repository."""
_TOLD = 4_000


class InputError(Exception):
    """An input that cannot be meant so; the text says which and what to write instead."""


class Wanted(NamedTuple):
    """What the inputs ask for; `remarks` are for the log."""

    words: tuple[str, ...]
    sarif: str
    annotations: bool
    summary: bool
    remarks: tuple[str, ...]


def main(environ: Mapping[str, str]) -> int:
    """Run the step; returns ScanGuard's exit code."""
    inputs = {name.removeprefix(PREFIX): value for name, value in environ.items() if name.startswith(PREFIX)}
    with tempfile.TemporaryDirectory(prefix="scanguard-reports-", dir=environ.get("RUNNER_TEMP")) as home:
        try:
            asked = wanted(inputs, Path(home))
            forget(asked.sarif)
        except InputError as error:
            say(command("error", str(error)))
            write_outputs(environ, {"exit-code": str(WRONG_USAGE)})
            return WRONG_USAGE
        for remark in asked.remarks:
            say(command("notice", remark))
        code, errors = run(asked.words, environ)
        annotate(asked, Path(home), code, errors)
        if asked.summary:
            summarise(environ, Path(home))
        write_outputs(environ, outputs(asked, Path(home), code))
        return code


def wanted(inputs: Mapping[str, str], home: Path) -> Wanted:
    """The command line that the inputs stand for; reports of our own go to `home`. Raises InputError for a wrong one."""
    annotations, summary = flag(inputs, "ANNOTATIONS"), flag(inputs, "SUMMARY")
    since, remarks = base(inputs) if flag(inputs, "CHANGED_ONLY") else ("", ())
    sarif = inputs.get("SARIF_FILE", "").strip()
    formats = lines(inputs.get("FORMATS", ""))
    words = [f"--output=json={home / 'report.json'}"]
    if sarif:
        words.append(f"--output=sarif={sarif}")
    if annotations:
        words.append(f"--output=github={home / 'annotations'}")
    if summary:
        words.append(f"--output=markdown={home / 'summary.md'}")
        # A Markdown file of the workflow's own is meant for a comment, which holds less: then the summary is as short.
        if not any(word.startswith("markdown=") for word in formats):
            words.append(f"--max-length={SUMMARY_ROOM}")
    words += [f"--output={word}" for word in formats]
    single = ("POLICY", "FAIL_ON", "TARGET", "DOCKERFILE", "CATEGORY", "BASELINE", "TRIVY")
    words += [f"{option(name)}={value}" for name in single if (value := inputs.get(name, "").strip())]
    words += [f"--image={name}" for name in lines(inputs.get("IMAGE", ""))]
    words += [f"--since={since}"] if since else []
    words += [*lines(inputs.get("ARGS", "")), "--", *lines(inputs.get("PATHS", ""))]
    return Wanted(tuple(words), sarif, annotations, summary, remarks)


def option(name: str) -> str:
    """The option of `scanguard check` for an input of this name."""
    return f"--{name.lower().replace('_', '-')}"


def lines(text: str) -> tuple[str, ...]:
    """The values of an input that has one a line, empty lines left out."""
    return tuple(line.strip() for line in re.split(r"[\r\n]+", text) if line.strip())


def flag(inputs: Mapping[str, str], name: str) -> bool:
    """An input that is true or false. Raises InputError for anything else."""
    value = inputs.get(name, "").strip().lower()
    if value not in ("true", "false"):
        raise InputError(f"The input {option(name)[2:]} is '{value}'; write true or false.")
    return value == "true"


def base(inputs: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """The commit that a change is measured against, empty where the event has none, and what to say of that.

    A branch that was written anew was pushed over a commit that is nowhere any more: then there is none either.
    """
    commit, before = inputs.get("BASE", "").strip(), inputs.get("BEFORE", "").strip()
    if is_commit(commit) or (is_commit(before) and is_here(before)):
        return commit or before, ()
    return "", ("This event has no commit to compare with, so changed-only leaves nothing out: everything is checked.",)


def is_commit(name: str) -> bool:
    """Whether this is the full name of a commit; zeros stand for none."""
    return re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", name) is not None and set(name) != {"0"}


def is_here(commit: str) -> bool:
    """Whether the clone has a commit. Asks git for an object, which runs nothing that the repository names."""
    environ = {**os.environ, "GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none", "GIT_NO_REPLACE_OBJECTS": "1"}
    words = ("git", "cat-file", "-e", f"{commit}^{{commit}}")
    try:
        done = subprocess.run(words, env=environ, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0


def forget(path: str) -> None:
    """Remove a report that lies there already: where this run writes none, nobody must take the old one for its own.

    Raises InputError where it cannot be removed.
    """
    if path and (os.path.islink(path) or os.path.isfile(path)):
        try:
            os.unlink(path)
        except OSError as error:
            raise InputError(
                f"The input sarif-file names '{path}', which cannot be replaced: {error.strerror}."
            ) from error


def run(words: tuple[str, ...], environ: Mapping[str, str]) -> tuple[int, str]:
    """Run ScanGuard while the runner obeys nothing that is printed; returns its exit code and what it said of errors."""
    kept = {name: value for name, value in environ.items() if not name.startswith(PREFIX) and name not in OF_THE_RUNNER}
    token = secrets.token_hex(20)
    say(f"::stop-commands::{token}")
    try:
        program = (sys.executable, "-I", "-m", "scanguard", "check", *words)
        done = subprocess.run(program, env=kept, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
        errors = done.stderr.decode("utf-8", "replace")
        say(errors.rstrip("\n"))
    finally:
        say(f"\n::{token}::")
    return done.returncode if 0 <= done.returncode <= INCOMPLETE else INCOMPLETE, errors.strip()


def annotate(asked: Wanted, home: Path, code: int, errors: str) -> None:
    """Print the annotations that ScanGuard wrote, or one with the reason why it wrote none."""
    report = home / "annotations"
    if report.is_file():
        say(report.read_text(encoding="utf-8"))
    elif asked.annotations:
        say(command("error", errors[:_TOLD] or f"ScanGuard ended with code {code} and wrote no report."))


def summarise(environ: Mapping[str, str], home: Path) -> None:
    """Append the Markdown to the summary of the job."""
    report = home / "summary.md"
    said = "## ScanGuard\n\nNothing was checked. The log of the step says why.\n"
    text = report.read_text(encoding="utf-8") if report.is_file() else said
    if path := environ.get("GITHUB_STEP_SUMMARY"):
        with open(path, "a", encoding="utf-8", newline="\n") as file:
            file.write(text)


def outputs(asked: Wanted, home: Path, code: int) -> dict[str, str]:
    """The outputs of the action. Counts are empty where nothing was checked: that is not the same as none."""
    found = {"exit-code": str(code), "sarif-file": asked.sarif if os.path.isfile(asked.sarif) else ""}
    report = home / "report.json"
    if report.is_file():
        counts = json.loads(report.read_text(encoding="utf-8"))["summary"]
        found |= {name: str(counts[name]) for name in SEVERITIES} | {"findings": str(counts["active"])}
    return found


def write_outputs(environ: Mapping[str, str], values: Mapping[str, str]) -> None:
    """Append outputs to the runner's file, each between marks that no value can know."""
    if path := environ.get("GITHUB_OUTPUT"):
        with open(path, "a", encoding="utf-8", newline="\n") as file:
            file.writelines(entries(values))


def entries(values: Mapping[str, str]) -> Iterator[str]:
    """The lines of a file of outputs, with a mark of its own for each value."""
    for name, value in values.items():
        mark = secrets.token_hex(20)
        yield f"{name}<<{mark}\n{value}\n{mark}\n"


def command(kind: str, message: str) -> str:
    """An annotation without a place."""
    escaped = message.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return f"::{kind} title=ScanGuard::{escaped}"


def say(text: str) -> None:
    """Print to the log now, before anything that another process prints."""
    if text:
        sys.stdout.buffer.write(f"{text}\n".encode("utf-8", "replace"))
        sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(os.environ))
