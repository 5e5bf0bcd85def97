from collections.abc import Iterator
from itertools import chain

from scanguard.checks.image.history import history
from scanguard.checks.image.packages import DATABASES
from scanguard.checks.image.parts import base_system, file_system, own_from, sureness
from scanguard.image.filesystem import FileSystem, Placed
from scanguard.image.nodes import Kind
from scanguard.image.problems import ImagePlace, ImageProblem
from scanguard.plugin import ImageScan, Severity, image_check

_SETUID, _SETGID, _EXECUTE = 0o4000, 0o2000, 0o111
_BITS = _SETUID | _SETGID
# What packages of distributions bring with these bits on purpose.
_PACKAGED = frozenset(
    "chage chfn chsh crontab dbus-daemon-launch-helper dotlockfile expiry fusermount fusermount3 gpasswd mount "
    "mount.nfs newgidmap newgrp newuidmap pam_extrausers_chkpwd pam_timestamp_check passwd ping ping6 pkexec "
    "polkit-agent-helper-1 postdrop postqueue screen ssh-agent ssh-keysign su sudo sudoedit umount unix_chkpwd "
    "userhelper usernetctl utempter wall write bsd-write bbsuid mail-lock mail-touchlock mail-unlock mlocate plocate "
    "chrome-sandbox Xorg Xorg.wrap at procmail lockfile traceroute6.iputils doas pam-tmpdir-helper exim exim4 mutt_dotlock "
    "sendmail sendmail.sendmail smtpctl ssmtp msmtp nullmailer-queue dma dma-mbox-create maidag mount.cifs ntfs-3g pppd "
    "lxc-user-nic snap-confine suexec sperl ksu krb5_child ldap_child selinux_child proxy_child p11_child "
    "grub2-set-bootflag cockpit-session unix2_chkpwd mtr-packet fping fping6 slock i3lock locate".split()
)

_SYSTEM = ("usr/", "bin/", "sbin/", "lib/")
_INSTALLED = (*chain.from_iterable(DATABASES.values()), "var/lib/rpm/", "usr/lib/sysimage/rpm/")


@image_check(
    "SGI105",
    "setuid-file",
    Severity.MEDIUM,
    needs=("layers",),
    equivalents=("CIS-DI-0008",),
    cis=("4.8",),
    nist=("4.1.2",),
    cwe=("250", "732"),
)
def check(scan: ImageScan) -> Iterator[ImageProblem]:
    """A program of the image runs with the rights of its owner or group (set-uid, set-gid).

    ## What it does

    Looks at the modes of all programs that a container sees. Those that the base image has with the same bits are not
    reported, nor are directories and files that nobody can execute. Programs that a distribution's packages bring so on
    purpose are of severity low; those that everybody knows (`su`, `mount`, `ssh-keysign`) are not reported at all where the
    base image's layers are not known.

    ## Why it is bad

    A set-uid program of root does what it does as root, whoever starts it: `USER` helps nothing against it. Few containers
    need any.

    ## Example

    ```dockerfile
    FROM debian:12-slim
    COPY --chmod=4755 backup /usr/local/bin/backup
    USER 10001
    ```

    Without the bit the program has the rights of the one who runs it:

    ```dockerfile
    FROM debian:12-slim
    COPY --chmod=755 backup /usr/local/bin/backup
    USER 10001
    ```

    ## How to fix

    Take the bits away (`chmod a-s`) in the layer that brings the file, or do not install it; run containers with
    `--security-opt no-new-privileges`.

    ## References

    - [CIS Docker Benchmark 4.8](https://www.cisecurity.org/benchmark/docker)
    - [no_new_privs](https://www.kernel.org/doc/html/latest/userspace-api/no_new_privs.html)
    """
    for path, placed in _reported(scan).items():
        bits = _bits(placed)
        mode, owner = ("set-uid", placed.entry.uid) if bits & _SETUID else ("set-gid", placed.entry.gid)
        kind = "user" if bits & _SETUID else "group"
        message = f"'/{path}' is {mode}: it runs as {kind} {owner}."
        severity = Severity.LOW if owner or _packaged(path) or _brought(scan, path, placed.layer) else None
        place = ImagePlace(placed.layer, path, bits=bits & _SETUID or bits)
        yield ImageProblem(message, place, sureness(scan), severity, key=f"/{path}")


def _reported(scan: ImageScan) -> dict[str, Placed]:
    """The programs to report by path."""
    start = own_from(scan)
    own = {
        path: placed
        for path, placed in file_system(scan).files.items()
        if placed.layer >= start and _bits(placed) and not (_packaged(path) and scan.base_layers is None)
    }
    base = base_system(scan) if own else FileSystem({}, (), ())
    return {path: placed for path, placed in own.items() if not _had(base, path, _bits(placed))}


def _packaged(path: str) -> bool:
    return path.rpartition("/")[2] in _PACKAGED


def _brought(scan: ImageScan, path: str, layer: int) -> bool:
    """Whether a package most likely brought the program: it is where packages put theirs, and its layer installed some.

    A program that the layer's own command names is not meant: there a `chmod` may have set the bits.
    """
    if not path.startswith(_SYSTEM) or path.startswith("usr/local/"):
        return False
    if not any(entry.path.startswith(_INSTALLED) for entry in scan.contents[layer].entries):
        return False
    name = path.rpartition("/")[2]
    return not any(past.layer == layer and "chmod" in past.text and name in past.text for past in history(scan))


def _bits(placed: Placed) -> int:
    """The bits that matter on a program that somebody can execute, 0 on anything else."""
    found = placed.entry.mode & _BITS  # hardly any file has one: this comes first
    if not found or placed.entry.kind not in (Kind.FILE, Kind.HARDLINK) or not placed.entry.mode & _EXECUTE:
        return 0
    return found


def _had(base: FileSystem, path: str, bits: int) -> bool:
    """Whether the base has the program with these bits already: an upgrade of its package brings nothing new."""
    before = base.find(path)
    return before is not None and _bits(before) == bits
