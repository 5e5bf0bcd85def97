from collections.abc import Iterator

from scanguard.build.privileges import DROPPERS, privilege_drop
from scanguard.checks.image.accounts import PASSWD, accounts
from scanguard.checks.image.parts import duty, file_system, is_windows
from scanguard.checks.image.proof import proof
from scanguard.image.problems import ImageProblem
from scanguard.model.finding import REFUTES
from scanguard.plugin import Confidence, ImageScan, Severity, image_check, is_root, user_number

# Programs that are there for nothing else; setpriv and runuser come with every Debian.
_ONLY_DROPPERS = ("gosu", "su-exec", "setuidgid", "s6-setuidgid")
_DIRECTORIES = (
    "usr/local/bin",
    "usr/local/sbin",
    "usr/bin",
    "usr/sbin",
    "bin",
    "sbin",
    "command",
    "package/admin/s6/command",
)


@image_check(
    "SGI101",
    "image-root-user",
    Severity.HIGH,
    needs=("layers",),
    equivalents=("CIS-DI-0001", "DS-0002"),
    cis=("4.1",),
    nist=("4.1.2",),
    cwe=("250",),
)
def check(scan: ImageScan) -> Iterator[ImageProblem]:
    """A container of the image runs as root.

    ## What it does

    Looks at the user that the image's configuration names: none at all, `root`, a number that is 0, with or without a group
    (`0:0`), or a name that `/etc/passwd` of the image gives the uid 0. The user that the base image sets counts. An
    entrypoint that drops privileges (gosu, su-exec) lowers the confidence. Images of Windows have no root. Where
    nobody knows who runs in the base image, an image that runs as another user refutes `root-user`, which is a note then.

    ## Why it is bad

    A process that is broken into has all the rights of its user. Root in a container can write every file of the image,
    install tools, and is one kernel or runtime defect away from root on the host.

    ## Example

    ```dockerfile
    FROM python:3.12-slim
    COPY app.py /app/
    CMD ["python", "/app/app.py"]
    ```

    Make a user and run as it:

    ```dockerfile
    FROM python:3.12-slim
    RUN useradd --create-home --uid 10001 app
    COPY app.py /app/
    USER 10001
    CMD ["python", "/app/app.py"]
    ```

    ## How to fix

    Add `USER` after the last instruction that needs root. A number lets Kubernetes verify `runAsNonRoot`.

    ## References

    - [USER](https://docs.docker.com/reference/dockerfile/#user)
    - [The image's configuration](https://github.com/opencontainers/image-spec/blob/main/config.md)
    """
    user = scan.image.config.user.strip()
    if is_windows(scan):
        return
    name = user.partition(":")[0].strip()
    if not name:
        message = "A container of the image runs as root: the image sets no USER."
    elif is_root(name):
        message = f"A container of the image runs as root: USER is '{user}'."
    elif _uid(scan, name) == 0:
        message = f"A container of the image runs as root: USER is '{user}', whose uid is 0."
    else:
        yield from _refuted(scan, name, user)
        return
    drop = _drop(scan)
    if drop:
        message = f"{message[:-1]}; {drop} may drop privileges at start."
    confidence = Confidence.LOW if drop else Confidence.HIGH
    yield ImageProblem(message, duty(scan, "USER", lacking=not name), confidence, key=user or "root")


def _refuted(scan: ImageScan, name: str, user: str) -> Iterator[ImageProblem]:
    """The user that the base image, of which nothing is known, sets; where the Dockerfile tells, the image is another's."""
    found = proof(scan)
    if found is None or found.stage.user.known:
        return
    if user_number(name) is not None or _uid(scan, name):
        message = f"A container of the image runs as '{user}', though the Dockerfile does not say so."
        place, facts = duty(scan, "USER", lacking=False), ((REFUTES, "root-user"),)
        yield ImageProblem(message, place, Confidence.MEDIUM, Severity.NOTE, key=user, facts=facts)


def _uid(scan: ImageScan, name: str) -> int | None:
    """The uid of an account; docker takes one that is no number for 0 (https://github.com/moby/sys/tree/main/user)."""
    for account in accounts(scan, PASSWD) or ():
        if account.name == name:
            return account.number or 0
    return None


def _drop(scan: ImageScan) -> str:
    """The words for what may drop privileges, empty where nothing is known to."""
    config = scan.image.config
    for word in (*config.entrypoint, *config.command):
        for part in word.split():
            if part.rpartition("/")[2] in DROPPERS:
                return f"'{part.rpartition('/')[2]}'"
    shipped = scan.build.shipped if scan.build else None
    drop = privilege_drop(shipped) if shipped else None
    if drop is not None:
        return drop.message
    if config.entrypoint:
        system = file_system(scan)
        for program in _ONLY_DROPPERS:
            if any(system.find(f"{directory}/{program}") for directory in _DIRECTORIES):
                return f"'{program}' is installed and the entrypoint"
    return ""
