from collections.abc import Iterator, Sequence

from scanguard.checks.image.accounts import GROUP, PASSWD, Account, accounts, origin, read
from scanguard.checks.image.parts import base_system, is_windows
from scanguard.image.filesystem import text_of
from scanguard.image.problems import ImagePlace, ImageProblem
from scanguard.plugin import ImageScan, Severity, image_check


@image_check(
    "SGI104",
    "duplicate-account",
    Severity.MEDIUM,
    needs=("layers",),
    equivalents=("DKL-LI-0002",),
    cis=("4.1",),
    nist=("4.1.2",),
    cwe=("694",),
)
def check(scan: ImageScan) -> Iterator[ImageProblem]:
    """Two accounts of the image share a number or a name.

    ## What it does

    Looks for a name or a number that stands twice in `/etc/passwd`, and for one that stands twice in `/etc/group`. What
    the base image has twice already is not reported.

    ## Why it is bad

    The kernel knows numbers only: two users with one uid are the same user, and a second account with the uid 0 is a second
    root. Of two lines with one name only the first counts, which may not be the one that was meant.

    ## Example

    ```dockerfile
    FROM debian:12-slim
    RUN useradd --non-unique --uid 0 admin
    ```

    Give every account a number of its own:

    ```dockerfile
    FROM debian:12-slim
    RUN useradd --uid 10001 admin
    ```

    ## How to fix

    Leave `--non-unique` (`-o`) away, and do not append lines to `/etc/passwd` that another step writes too.

    ## References

    - [passwd(5)](https://man7.org/linux/man-pages/man5/passwd.5.html)
    - [group(5)](https://man7.org/linux/man-pages/man5/group.5.html)
    """
    if is_windows(scan):
        return
    for path, number, entry in ((PASSWD, "uid", "user"), (GROUP, "gid", "group")):
        found = tuple(_twice(accounts(scan, path) or (), number, entry))
        before = text_of(scan.contents, base_system(scan), path) if found else None
        known = set(_twice(tuple(read(before[0])), number, entry)) if before else set()
        for first, second, what in found:
            if (first, second, what) not in known:
                message = f"'{first.name}' and '{second.name}' both have the {what} in /{path}."
                if first.name == second.name:
                    message = f"/{path} has the {what} twice."
                key = ",".join(dict.fromkeys((first.name, second.name)))
                yield ImageProblem(message, ImagePlace(origin(scan, path, second), path), key=key)


def _twice(found: Sequence[Account], number: str, entry: str) -> Iterator[tuple[Account, Account, str]]:
    """Pairs of accounts that share a name or a number, and what they share; a pair that shares both is told once."""
    names: dict[str, Account] = {}
    numbers: dict[int, Account] = {}
    for account in found:
        if account.name in names:
            yield names[account.name], account, f"{entry} '{account.name}'"
        elif account.number is not None and account.number in numbers:
            yield numbers[account.number], account, f"{number} {account.number}"
        names.setdefault(account.name, account)
        if account.number is not None:
            numbers.setdefault(account.number, account)
