from collections.abc import Iterator

from scanguard.plugin import Build, Package, Problem, Severity, dockerfile_check

_TOOLS = frozenset(
    "curl wget git vim vim-tiny vim-minimal nano emacs less telnet netcat netcat-openbsd netcat-traditional ncat nmap nc socat "
    "tcpdump tshark strace ltrace gdb lsof htop procps net-tools iproute2 iputils-ping dnsutils bind-tools bind-utils "
    "openssh-client openssh-server openssh ssh ftp rsync screen tmux traceroute mtr iperf iperf3".split()
)
_SYSTEM = frozenset("apt apk dnf yum microdnf zypper pacman".split())


@dockerfile_check(
    "SGD405",
    "debug-tools",
    Severity.LOW,
    category="hygiene",
    equivalents=("DL3001",),
    cis=("4.3",),
    nist=("4.1.2",),
    enabled=False,
)
def check(build: Build) -> Iterator[Problem]:
    """Debug and network tools ship in the image.

    ## What it does

    Reports editors, debuggers, network clients and the like that stay in the layers of the shipped stage. A tool that
    `HEALTHCHECK`, `CMD` or `ENTRYPOINT` calls is needed and not reported. The rule is on in the strict policy only.

    ## Why it is bad

    They serve whoever breaks in as well as whoever debugs, and every package has vulnerabilities of its own.

    ## Example

    ```dockerfile
    FROM debian:12-slim
    RUN apt-get update && apt-get install -y --no-install-recommends vim tcpdump
    ```

    Debug with a container beside it instead (`docker debug`, `kubectl debug`):

    ```dockerfile
    FROM debian:12-slim
    ```

    ## How to fix

    Remove the packages, or install, use and remove them in one `RUN`.

    ## References

    - [Ephemeral containers](https://kubernetes.io/docs/concepts/workloads/pods/ephemeral-containers/)
    """
    if build.shipped is None:
        return
    needed = _called(build)
    found: dict[int, list[Package]] = {}
    for package in build.shipped.packages:
        if package.manager in _SYSTEM and package.name in _TOOLS and package.in_layer and package.name not in needed:
            found.setdefault(package.step.span.start, []).append(package)
    for packages in found.values():
        names = list(dict.fromkeys(package.name for package in packages))
        listed = ", ".join(f"'{name}'" for name in names)
        first = packages[0]
        trace = build.trace(f"{listed} installed here", first.span, first.step.stage)
        message = f"{listed} {'ship' if len(names) > 1 else 'ships'} in the image."
        yield Problem(message, first.span, first.step.stage, trace=trace, key=",".join(names))


def _called(build: Build) -> set[str]:
    """The programs that the container calls when it runs."""
    return {
        call.name
        for step in build.shipped_steps()
        if step.instruction.keyword in ("HEALTHCHECK", "CMD", "ENTRYPOINT")
        for call in step.invocations
    }
