"""What sudo's rules let users run without a password."""

import pytest

from scanguard.checks.dockerfile import passwordless_sudo
from scanguard.plugin import Severity
from tests.build.builds import build


@pytest.mark.parametrize(
    ("rule", "what"),
    [
        ("a ALL=(ALL) NOPASSWD: ALL", "become root"),
        ("a ALL=(ALL:ALL) NOPASSWD:SETENV: ALL", "become root"),
        ("a ALL=NOPASSWD:ALL", "become root"),
        ("a ALL=($OTHER) NOPASSWD:ALL", "become root"),
        ("a ALL=(www-data,root) SETENV: NOPASSWD: ALL", "become root"),
        ("a ALL=NOPASSWD: /bin/true, ALL", "become root"),
        ("a ALL=NOPASSWD: TOOLS", "become root"),
        ("NOPASSWD", "become root"),
        ("a ALL=NOPASSWD: /sbin/ip link, SETENV: /bin/b", "run '/sbin/ip', '/bin/b' as root"),
        ("a ALL=NOPASSWD: /sbin/ip link, /sbin/ip route,/bin/b", "run '/sbin/ip', '/bin/b' as root"),
        ("a ALL=(root) NOPASSWD:NOEXEC: /a,/b,/c,/d,/e", "run '/a', '/b', '/c' and 2 more as root"),
        ("a ALL=(www-data) NOPASSWD: ALL", ""),
        ("a ALL=(:docker) NOPASSWD: ALL", ""),
    ],
)
def test_rules(rule: str, what: str) -> None:
    found = list(passwordless_sudo.check.run(build(f'FROM debian:12\nRUN echo "{rule}" > /etc/sudoers.d/a\n'), {}))
    wanted = [f"'/etc/sudoers.d/a' lets a user {what} without a password (NOPASSWD)."] if what else []
    assert [one.message for one in found] == wanted
    assert [one.severity for one in found] == [Severity.MEDIUM if what.startswith("run") else None] * len(wanted)
