"""Microsoft's SARIF Multitool over SARIF files: `python tests/multitool.py FILE...` exits with 1 if it says anything.

The tool is an npm package of 100 MB. It is looked for in the directory that SCANGUARD_MULTITOOL names, then in
./node_modules; `python tests/multitool.py --install` puts it into that directory, or into ./node_modules without one.
The tool's own exit code is 0 whatever it finds, so what it writes is read.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

PACKAGE = "@microsoft/sarif-multitool-linux"
VERSION = "5.7.0"
CONFIGURATION = Path(__file__).parent / "golden" / "multitool-ghas.xml"
HOW = "SARIF Multitool is not here: `python tests/multitool.py --install` gets it from npm (100 MB)"


def root() -> Path:
    return Path(os.environ.get("SCANGUARD_MULTITOOL") or Path.cwd())


def binary() -> Path | None:
    """The executable, None where it is not installed."""
    path = root() / "node_modules" / PACKAGE / "Sarif.Multitool"
    return path if path.is_file() else None


def install() -> Path:
    """Install the tool and return the executable."""
    directory = root()
    directory.mkdir(parents=True, exist_ok=True)
    subprocess.run(["npm", "install", "--no-save", "--prefix", str(directory), f"{PACKAGE}@{VERSION}"], check=True)
    path = binary()
    assert path is not None, f"npm put no {PACKAGE} into {directory}"
    path.chmod(0o755)
    return path


def validate(tool: Path, file: Path) -> list[str]:
    """What the tool says about a file, `rule level message` each: errors, warnings and notes."""
    if not file.is_file():
        return ["no such file"]
    with tempfile.TemporaryDirectory() as directory:
        output = Path(directory) / "out.sarif"
        command = [str(tool), "validate", str(file), "-c", str(CONFIGURATION), "--rule-kind", "Sarif;Ghas"]
        command += ["--level", "Error;Warning;Note", "--output", str(output), "--log", "ForceOverwrite;PrettyPrint"]
        environment = os.environ | {"DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
        if done.returncode or not output.is_file():
            return [f"no answer: {done.stdout}{done.stderr}"]
        run = json.loads(output.read_text("utf-8-sig"))["runs"][0]
    said = [_line(result) for result in run["results"]]
    for invocation in run.get("invocations", ()):
        notes = invocation.get("toolExecutionNotifications", ())
        said += [f"failed: {note['message']['text']}" for note in notes if note.get("level") == "error"]
    return said


def _line(result: dict) -> str:
    message = result["message"]
    words = message.get("text") or " ".join(message.get("arguments", ()))
    return f"{result['ruleId']} {result.get('level', 'warning')} {words}"


def main(arguments: list[str]) -> int:
    if "--install" in arguments:
        print(install())
        arguments = [argument for argument in arguments if argument != "--install"]
    tool = binary()
    if tool is None:
        print(HOW, file=sys.stderr)
        return 2
    said = [f"{file}: {line}" for file in arguments for line in validate(tool, Path(file))]
    print("\n".join(said) if said else f"{len(arguments)} files: nothing to say")
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
