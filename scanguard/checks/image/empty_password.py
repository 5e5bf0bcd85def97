from collections.abc import Iterator

from scanguard.checks.image.accounts import PASSWD, SHADOW, Account, accounts, origin
from scanguard.checks.image.parts import is_windows
from scanguard.image.problems import ImagePlace, ImageProblem
from scanguard.plugin import ImageScan, Severity, image_check


@image_check(
    "SGI103",
    "empty-password",
    Severity.HIGH,
    needs=("layers",),
    equivalents=("DKL-LI-0001",),
    cis=("4.1",),
    nist=("4.1.2",),
    cwe=("258",),
)
def check(scan: ImageScan) -> Iterator[ImageProblem]:
    """An account of the image has an empty password.

    ## What it does

    Reads `/etc/passwd` and `/etc/shadow` as a container sees them. A field with `*`, `!` or `x` is not empty. An account whose
    shell lets nobody in (`nologin`, `false`) is of severity low. The finding stands at the layer that brought the line.

    ## Why it is bad

    Whoever can run `su` or reach a login service in the container becomes that account without a password: the official
    image of Alpine had such a root for four years (CVE-2019-5021).

    ## Example

    ```dockerfile
    FROM alpine:3.20
    RUN adduser -D app && passwd -d app
    ```

    Leave the password locked:

    ```dockerfile
    FROM alpine:3.20
    RUN adduser -D app
    ```

    ## How to fix

    Lock the account with `passwd -l`, or do not take its password away.

    ## References

    - [CVE-2019-5021](https://nvd.nist.gov/vuln/detail/CVE-2019-5021)
    - [shadow(5)](https://man7.org/linux/man-pages/man5/shadow.5.html)
    """
    if is_windows(scan):
        return
    users = {account.name: account for account in accounts(scan, PASSWD) or ()}
    for path in (PASSWD, SHADOW):
        for account in accounts(scan, path) or ():
            if account.password == "":
                yield _problem(scan, path, account, users.get(account.name, account))


def _problem(scan: ImageScan, path: str, account: Account, user: Account) -> ImageProblem:
    message = f"The password of '{account.name}' is empty in /{path}."
    place = ImagePlace(origin(scan, path, account), path)
    return ImageProblem(message, place, severity=None if user.can_log_in else Severity.LOW, key=account.name)
