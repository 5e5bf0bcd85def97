from collections.abc import Iterator

from scanguard.plugin import Build, BuildStep, Confidence, Problem, Severity, Stage, User, dockerfile_check, user_number

_PROVISIONERS = frozenset("bash sh source . make ansible-playbook puppet chef-client perl python python3 ruby".split())
_SYSTEM_PATHS = ("/usr/bin/", "/usr/sbin/", "/bin/", "/sbin/", "/usr/local/bin/")


@dockerfile_check(
    "SGD102",
    "unknown-user",
    Severity.MEDIUM,
    category="user",
    cis=("4.1",),
    nist=("4.1.2",),
    cwe=("250",),
)
def check(build: Build) -> Iterator[Problem]:
    """USER names an account that nothing creates.

    ## What it does

    Compares the name after the last `USER` of the shipped stages with the accounts that the base image is known to have and those
    that `useradd`, `adduser` or a line in `/etc/passwd` create. Numbers need no account. Where the base image's
    accounts are not known, or a script of yours may have made some, the rule is silent. Where an image of the Dockerfile is
    checked too and has the account, the finding says so and is a note.

    ## Why it is bad

    The container does not start: `unable to find user app: no matching entries in passwd file`.

    ## Example

    ```dockerfile
    FROM debian:12-slim
    USER app
    CMD ["sleep", "infinity"]
    ```

    Create the account first:

    ```dockerfile
    FROM debian:12-slim
    RUN useradd --system app
    USER app
    CMD ["sleep", "infinity"]
    ```

    ## How to fix

    Add `RUN useradd` (Debian, Fedora) or `RUN adduser -D` (Alpine) before `USER`, or use a number.

    ## References

    - [USER](https://docs.docker.com/reference/dockerfile/#user)
    """
    stage = build.shipped
    if stage is None or stage.user.span is None or not _missing(stage, stage.user):
        return
    message = f"USER names the account '{stage.user.name}', which neither the base image nor any instruction creates."
    yield Problem(message, stage.user.span, stage.index, Confidence.MEDIUM)


def _missing(stage: Stage, user: User) -> bool:
    if not user.known or not user.name or user_number(user.name) is not None or user.root:
        return False
    if "*" in stage.users or user.name in stage.users:
        return False
    if any(_named_after(user.name, package.name) for package in stage.packages):
        return False
    return not any(_provisions(step) for one in stage.lineage for step in one.steps)


def _named_after(account: str, package: str) -> bool:
    """Whether a package is likely to create the account: `postgresql-16` and `postgres`, `tor` and `debian-tor`."""
    return account.startswith(package[:4]) or package in account.split("-")


def _provisions(step: BuildStep) -> bool:
    """Whether a RUN executes a program of the user's own, which may create accounts."""
    if step.instruction.keyword != "RUN":
        return False
    for call in step.invocations:
        path = call.program.text if call.program else ""
        own = "/" in path and not path.startswith(_SYSTEM_PATHS)
        if own or not call.name or call.name.endswith(".sh") or (call.name in _PROVISIONERS and call.arguments):
            return True
    return bool(step.instruction.heredocs) and not step.invocations
