"""A composite action run by hand: its steps by bash, in files and variables that GitHub's runner would give them.

What the runner does is written down in https://docs.github.com/en/actions/reference: expressions (the few that an action
here may use), files of outputs and of the summary, workflow commands and how they are stopped.
"""

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

_NAME = re.compile(r"[a-z_]+(\.[A-Za-z0-9_-]+)+")
_COMMAND = re.compile(r"\s*::([a-z-]+)( [^:]*)?::(.*)")


class Outcome(NamedTuple):
    """How an action ended: 0 or the code of the step that failed, its outputs, the log, the summary, what it would use."""

    code: int
    outputs: dict[str, str]
    log: str
    summary: str
    used: dict[str, dict[str, str]]

    @property
    def obeyed(self) -> list[tuple[str, str]]:
        """The workflow commands that the runner obeys, those that stop and resume left out."""
        return list(_obeyed(self.log))


class Composite:
    """An action in the directory `home`, run in `work`; `event` is what GitHub knows of the event."""

    def __init__(self, action: Mapping[str, Any], home: Path, temp: Path, work: Path) -> None:
        self.action, self.home, self.temp, self.work = action, home, temp, work

    def run(
        self,
        inputs: Mapping[str, str],
        *,
        skip: tuple[str, ...] = (),
        event: Mapping[str, str] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> Outcome:
        """Run the steps but those named in `skip`; a step after a failed one runs where its condition says `always()`."""
        values = {f"inputs.{name}": str(entry.get("default", "")) for name, entry in self.action["inputs"].items()}
        values |= {f"inputs.{name.replace('_', '-')}": value for name, value in inputs.items()}
        values |= {f"github.event.{name}": value for name, value in (event or {}).items()}
        values["github.action_path"] = str(self.home)
        self.temp.mkdir(exist_ok=True)
        summary = self.temp / "summary"
        summary.write_text("", encoding="utf-8")
        code, log, used = 0, [], {}
        for step in self.action["runs"]["steps"]:
            if step["name"] in skip or not _wanted(step.get("if", "success()"), values, failed=code != 0):
                continue
            if "uses" in step:
                used[step["uses"]] = {name: _filled(value, values) for name, value in step["with"].items()}
                continue
            done, said = self._step(step, values, environment or {})
            log.append(done.stdout)
            values |= {f"steps.{step['id']}.outputs.{name}": value for name, value in said.items() if "id" in step}
            code = code or done.returncode
        outputs = {name: _filled(entry["value"], values) for name, entry in self.action["outputs"].items()}
        return Outcome(code, outputs, "".join(log), summary.read_text(encoding="utf-8"), used)

    def _step(
        self, step: Mapping[str, Any], values: Mapping[str, str], environment: Mapping[str, str]
    ) -> tuple[subprocess.CompletedProcess[str], dict[str, str]]:
        output = self.temp / "output"
        output.write_text("", encoding="utf-8")
        script = self.temp / "step.sh"
        script.write_text(step["run"], encoding="utf-8")
        known = {
            "PATH": os.environ["PATH"],
            "RUNNER_TEMP": str(self.temp),
            "GITHUB_ACTIONS": "true",
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(self.temp / "summary"),
            **environment,
            **{name: _filled(value, values) for name, value in step.get("env", {}).items()},
        }
        words = ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)]
        done = subprocess.run(
            words,
            cwd=self.work,
            env=known,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
        )
        return done, dict(_entries(output.read_text(encoding="utf-8")))


def _filled(text: str, values: Mapping[str, str]) -> str:
    """A text with its expressions evaluated: names, and alternatives between them."""
    return re.sub(r"\$\{\{ (.*?) \}\}", lambda found: _alternatives(found[1], values), text)


def _alternatives(expression: str, values: Mapping[str, str]) -> str:
    for name in expression.split(" || "):
        assert _NAME.fullmatch(name), name
        if value := values.get(name, ""):
            return value
    return ""


def _wanted(condition: str, values: Mapping[str, str], *, failed: bool) -> bool:
    """Whether a step runs: status functions and comparisons, all of which must hold."""
    terms = condition.split(" && ")
    if not {"always()", "failure()"} & set(terms) and failed:
        return False
    return all(_holds(term, values) for term in terms if term not in ("always()", "success()"))


def _holds(term: str, values: Mapping[str, str]) -> bool:
    found = re.fullmatch(r"([a-z_.A-Z0-9-]+) (==|!=) '([^']*)'", term)
    assert found, term
    return (values.get(found[1], "") == found[3]) == (found[2] == "==")


def _entries(text: str) -> Iterator[tuple[str, str]]:
    """A file of outputs, as the runner reads it."""
    lines = iter(text.splitlines())
    for line in lines:
        name, mark, end = line.partition("<<")
        if not mark:
            name, _, value = line.partition("=")
            yield name, value
            continue
        body = []
        for inner in lines:
            if inner == end:
                break
            body.append(inner)
        yield name, "\n".join(body)


def _obeyed(log: str) -> Iterator[tuple[str, str]]:
    """The commands of a log, each with its parameters and its message; none while commands are stopped."""
    stopped = ""
    for line in log.splitlines():
        found = _COMMAND.fullmatch(line)
        if stopped:
            stopped = "" if line.strip() == f"::{stopped}::" else stopped
        elif found and found[1] == "stop-commands":
            stopped = found[3]
        elif found:
            yield found[1], f"{(found[2] or '').strip()}::{found[3]}"
        elif "##[" in line:
            yield "##[", line
