from collections.abc import Iterator

from scanguard.checks.sudo import passwordless
from scanguard.plugin import Build, Problem, Severity, dockerfile_check

_MOST = 3


@dockerfile_check(
    "SGD104",
    "passwordless-sudo",
    Severity.HIGH,
    category="user",
    equivalents=("DL3004", "DS-0010", "CKV2_DOCKER_1", "DKL-DI-0001"),
    cis=("4.1",),
    nist=("4.1.2",),
    cwe=("250",),
)
def check(build: Build) -> Iterator[Problem]:
    """The shipped image lets a user become root without a password.

    ## What it does

    Looks for `NOPASSWD` in what the instructions of the shipped stages write into `/etc/sudoers` or `/etc/sudoers.d`.
    Rules for named commands only are of severity medium; rules to run something as another user than root are silent.

    ## Why it is bad

    A user who may run everything as root without a password is root. `USER app` then protects nothing.

    ## Example

    ```dockerfile
    FROM debian:12-slim
    RUN useradd app && echo 'app ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/app
    USER app
    ```

    Do as root what needs root, then drop:

    ```dockerfile
    FROM debian:12-slim
    RUN useradd app
    USER app
    ```

    ## How to fix

    Remove sudo. At build time `USER root` and back does the same; at run time `setpriv` or gosu drop instead of rise.

    ## References

    - [USER](https://docs.docker.com/reference/dockerfile/#user)
    """
    for written, commands in passwordless(build):
        what = f"run {_listed(commands)} as root" if commands else "become root"
        message = f"'{written.path}' lets a user {what} without a password (NOPASSWD)."
        severity = Severity.MEDIUM if commands else None
        trace = build.trace(message[:-1], written.span, written.step.stage)
        yield Problem(message, written.span, written.step.stage, severity=severity, trace=trace, key=written.path)


def _listed(commands: tuple[str, ...]) -> str:
    shown = ", ".join(f"'{command}'" for command in commands[:_MOST])
    return shown if len(commands) <= _MOST else f"{shown} and {len(commands) - _MOST} more"
