"""Build tools that an image really holds, and what the Dockerfile says of them."""

from collections.abc import Callable

import pytest

from scanguard.checks.image import build_tools_present
from scanguard.checks.image.packages import read
from scanguard.image.problems import ImagePlace, ImageProblem
from scanguard.plugin import Confidence, ImageScan, Severity
from tests.checks.image.scans import DEBIAN, apk, dpkg, problems, scan
from tests.image.rpms import Rpm, berkeley, ndb, rpmdb
from tests.images import File, hardlink, removed, symlink

DOCKERFILE = "FROM debian:12-slim\nRUN apt-get update && apt-get install -y gcc curl\n"
HISTORY = ("RUN base", "RUN /bin/sh -c apt-get update && apt-get install -y gcc curl # buildkit")
BASE = ("base-files", "gcc-13-base", "libgcc-s1", "libudev1")
PROGRAM = File(b"\x7fELF", 0o755)


def built(*own: str, dockerfile: str = DOCKERFILE, history: tuple[str, ...] = HISTORY, extra: str = "") -> ImageScan:
    return scan(DEBIAN | dpkg(*BASE), dpkg(*BASE, *own, extra=extra), dockerfile=dockerfile, history=history)


def test_the_dockerfile_is_confirmed() -> None:
    assert problems(build_tools_present.check, built("gcc", "binutils", "libc6-dev", "curl")) == (
        ImageProblem(
            "Build tools 'gcc', 'binutils', 'libc6-dev' are in the image, as the Dockerfile says.",
            ImagePlace(1),
            key="gcc",
            facts=(("named in the Dockerfile", "gcc"), ("not named there", "binutils, libc6-dev")),
        ),
    )


def test_the_dockerfile_is_refuted() -> None:
    assert problems(build_tools_present.check, built("curl")) == (
        ImageProblem(
            "The Dockerfile installs 'gcc', but the image does not have it.",
            ImagePlace(1, entry=1),
            severity=Severity.NOTE,
            key="gcc",
            facts=(("refutes", "build-tools-installed"),),
        ),
    )


def test_what_may_not_have_been_installed_is_refuted_with_less_confidence() -> None:
    text = "FROM debian:12\nRUN if [ $DEV ]; then apt-get install -y gcc; fi\nRUN apt-get install -y gcc make\n"
    history = (
        "RUN base",
        "-/bin/sh -c if [ $DEV ]; then apt-get install -y gcc; fi",
        "/bin/sh -c apt-get install -y gcc make",
    )
    found = problems(
        build_tools_present.check, scan(DEBIAN | dpkg("libc6"), dpkg("libc6"), history=history, dockerfile=text)
    )
    assert [(one.key, one.place, one.confidence) for one in found] == [
        ("gcc", ImagePlace(entry=1), Confidence.MEDIUM),
        ("gcc", ImagePlace(1, entry=2), Confidence.HIGH),
        ("make", ImagePlace(1, entry=2), Confidence.HIGH),
    ]


def test_nothing_is_refuted_whose_program_is_there() -> None:
    program = File(b"x", mode=0o755)
    for path, keys in (("usr/bin/gcc", []), ("opt/x/bin/gcc", ["gcc"]), ("usr/bin/make", ["gcc"])):
        looked = scan(DEBIAN | dpkg(*BASE), dpkg(*BASE) | {path: program}, dockerfile=DOCKERFILE, history=HISTORY)
        refuted = [one.key for one in problems(build_tools_present.check, looked)]
        assert refuted == keys
    text = DOCKERFILE.replace("gcc", "build-essential")
    history = tuple(one.replace("gcc", "build-essential") for one in HISTORY)
    for path, keys in (("usr/bin/make", []), ("usr/bin/less", ["build-essential"])):
        looked = scan(DEBIAN | dpkg(*BASE), dpkg(*BASE) | {path: program}, dockerfile=text, history=history)
        assert [one.key for one in problems(build_tools_present.check, looked)] == keys


def test_what_depends_on_the_platform_is_refuted_by_no_image_of_one() -> None:
    command = "if [ {} ]; then apt-get install -y gcc; fi"
    for condition, keys in (("$DEV", ["gcc"]), ("$TARGETARCH = amd64", []), ("$(uname -m) = x86_64", [])):
        made = command.format(condition)
        history = ("RUN base", f"/bin/sh -c {made}")
        looked = scan(DEBIAN | dpkg("libc6"), {"x": b""}, history=history, dockerfile=f"FROM debian:12\nRUN {made}\n")
        assert [one.key for one in problems(build_tools_present.check, looked)] == keys


def test_nothing_is_refuted_that_another_package_provides() -> None:
    extra = "Package: gcc-12\nStatus: install ok installed\nProvides: c-compiler, gcc (= 12)\n"
    assert [one.key for one in problems(build_tools_present.check, built("curl", extra=extra))] == ["gcc-12"]


def test_tools_that_the_dockerfile_does_not_name() -> None:
    text = "FROM debian:12-slim\nRUN apt-get install -y python3-pip\n"
    history = ("RUN base", "RUN /bin/sh -c apt-get install -y python3-pip # buildkit")
    looked = built("python3-pip", "make", dockerfile=text, history=history)
    assert problems(build_tools_present.check, looked) == (
        ImageProblem(
            "Build tool 'make' is in the image, which the Dockerfile does not name.", ImagePlace(1), key="make"
        ),
    )


def test_without_a_dockerfile() -> None:
    looked = scan(
        DEBIAN | apk("busybox"), apk("busybox", "gcc", "musl-dev"), apk("busybox", "gcc", "musl-dev", "cmake")
    )
    assert problems(build_tools_present.check, looked) == (
        ImageProblem("Build tools 'gcc', 'musl-dev' are in the image.", ImagePlace(1), key="gcc,musl-dev"),
        ImageProblem("Build tool 'cmake' is in the image.", ImagePlace(2), key="cmake"),
    )
    unknown = looked._replace(base_layers=None)
    assert [one.confidence for one in problems(build_tools_present.check, unknown)] == [Confidence.MEDIUM] * 2


def test_tools_of_the_base() -> None:
    looked = scan(DEBIAN | dpkg("gcc", "make"), {"a": b""})
    assert problems(build_tools_present.check, looked) == (
        ImageProblem("Build tools 'gcc', 'make' are in the base image.", ImagePlace(0), key="gcc,make"),
    )


def test_tools_that_were_removed() -> None:
    looked = scan(DEBIAN | dpkg(*BASE), dpkg(*BASE, "gcc"), dpkg(*BASE))
    assert problems(build_tools_present.check, looked) == ()
    back = scan(DEBIAN | dpkg(*BASE), dpkg(*BASE, "gcc"), dpkg(*BASE), dpkg(*BASE, "gcc"))
    assert [one.place for one in problems(build_tools_present.check, back)] == [ImagePlace(3)]


def test_settings_that_a_removed_package_left() -> None:
    looked = scan(DEBIAN, dpkg(*BASE, extra="Package: gcc\nStatus: deinstall ok config-files\n"))
    assert problems(build_tools_present.check, looked) == ()


def test_programs_that_no_package_owns() -> None:
    own = {
        "usr/local/go/bin/gofmt": PROGRAM,
        "usr/local/go/pkg/tool/compile": PROGRAM,
        "root/.cargo/bin/cargo": PROGRAM,
        "root/.cargo/bin/rustc": hardlink("root/.cargo/bin/cargo")._replace(mode=0o755),
        "usr/bin/gcc": PROGRAM,
        "app/bin/make": b"no program",
        "app/make": PROGRAM,
    }
    (found,) = problems(build_tools_present.check, scan(DEBIAN | dpkg(*BASE), own))
    assert (found.message, found.place) == (
        "Build tools 'cargo', 'rustc', 'go' are in the image.",
        ImagePlace(1, "usr/local/go/bin/gofmt"),
    )
    (found,) = problems(build_tools_present.check, scan({"a": b""}, {"usr/bin/x86_64-linux-gnu-gcc": PROGRAM}))
    assert found.message == "Build tool 'x86_64-linux-gnu-gcc' is in the image."
    assert problems(build_tools_present.check, scan(DEBIAN, own, removed(*own))) == ()


def test_databases() -> None:
    status = "Package: a\nStatus: install ok installed\nDescription: x\n more\n .\n\nPackage: b\nStatus: purge ok not-installed\n"
    assert read("apt", "x", status + "\n\n: \n\nPackage:\nStatus: install ok installed\n").names == {"a"}
    found = read("apk", "x", "C:Q1\nP:musl\nV:1\np:so:libc.musl-x86_64.so.1=1 libc\n\nP:a\n")
    assert (found.names, found.provided) == ({"musl", "a"}, {"so:libc.musl-x86_64.so.1": "musl", "libc": "musl"})


ROCKY = {"etc/os-release": b"ID=rocky\n"}
PLACE = "var/lib/rpm/rpmdb.sqlite"
RPM_BASE = (Rpm("glibc"), Rpm("libgcc"), Rpm("rpm-build-libs"), Rpm("elfutils-libelf"))
RPM_DOCKERFILE = "FROM rockylinux:9\nRUN dnf install -y {} && dnf clean all\n"


def installed(
    words: str, *own: Rpm | str, path: str = PLACE, write: Callable[..., bytes] = rpmdb
) -> tuple[ImageProblem, ...]:
    """What is found in an image whose Dockerfile installs `words`, and whose database then has `own` besides the base's."""
    text = RPM_DOCKERFILE.format(words)
    history = ("RUN base", f"RUN /bin/sh -c dnf install -y {words} && dnf clean all # buildkit")
    layers = (ROCKY | {path: write(*RPM_BASE)}, {path: write(*RPM_BASE, *own)} | {path + "-wal": b""})
    return problems(build_tools_present.check, scan(*layers, dockerfile=text, history=history))


@pytest.mark.parametrize(
    ("path", "write"),
    [
        (PLACE, rpmdb),
        ("usr/lib/sysimage/rpm/rpmdb.sqlite", rpmdb),
        ("usr/lib/sysimage/rpm/Packages.db", ndb),
        ("var/lib/rpm/Packages", berkeley),
    ],
)
def test_packages_of_rpm(path: str, write: Callable[..., bytes]) -> None:
    assert installed("gcc", "gcc", "glibc-devel", "cpp", path=path, write=write) == (
        ImageProblem(
            "Build tools 'gcc', 'cpp', 'glibc-devel' are in the image, as the Dockerfile says.",
            ImagePlace(1),
            key="gcc",
            facts=(("named in the Dockerfile", "gcc"), ("not named there", "cpp, glibc-devel")),
        ),
    )
    assert installed("gcc", "curl", path=path, write=write) == (
        ImageProblem(
            "The Dockerfile installs 'gcc', but the image does not have it.",
            ImagePlace(1, entry=1),
            severity=Severity.NOTE,
            key="gcc",
            facts=(("refutes", "build-tools-installed"),),
        ),
    )
    assert installed("curl", "curl", path=path, write=write) == ()


@pytest.mark.parametrize(
    ("words", "package"),
    [
        ("gcc-12.2.1", Rpm("gcc", "12.2.1", "2.fc37")),
        ("gcc-12.2.1-2.fc37", Rpm("gcc", "12.2.1", "2.fc37")),
        ("gcc-c++.x86_64", Rpm("gcc-c++")),
        ("java-devel", Rpm("java-17-openjdk-devel", provides=("java-devel",))),
        ("pkgconfig", Rpm("pkgconf", obsoletes=("pkgconfig",))),
    ],
)
def test_other_spellings_of_packages_of_rpm(words: str, package: Rpm) -> None:
    (found,) = installed(words, package)
    assert found.message == f"Build tool '{package.name}' is in the image, as the Dockerfile says."


@pytest.mark.parametrize("words", ["@development-tools", "'pkgconfig(zlib)'", "'gcc*'"])
def test_what_no_database_names_is_not_refuted(words: str) -> None:
    assert installed(words, "curl") == ()


@pytest.mark.parametrize(("manager", "base"), [("yum", "centos:7"), ("microdnf", "ubi9"), ("zypper", "opensuse/leap")])
def test_other_managers_of_rpm(manager: str, base: str) -> None:
    text = f"FROM {base}\nRUN {manager} install -y gcc make\n"
    history = ("RUN base", f"RUN /bin/sh -c {manager} install -y gcc make # buildkit")
    layers = (ROCKY | {PLACE: rpmdb(*RPM_BASE)}, {PLACE: rpmdb(*RPM_BASE, "gcc")})
    found = problems(build_tools_present.check, scan(*layers, dockerfile=text, history=history))
    assert [one.message for one in found] == [
        "Build tool 'gcc' is in the image, as the Dockerfile says.",
        "The Dockerfile installs 'make', but the image does not have it.",
    ]


def test_groups_are_not_refuted() -> None:
    text = "FROM centos:7\nRUN yum groupinstall -y development\n"
    history = ("RUN base", "RUN /bin/sh -c yum groupinstall -y development # buildkit")
    looked = scan(ROCKY | {PLACE: rpmdb(*RPM_BASE)}, {"a": b""}, dockerfile=text, history=history)
    assert problems(build_tools_present.check, looked) == ()


def test_a_database_whose_last_changes_are_in_its_log() -> None:
    """What the log has is not read, so that the database says nothing; programs are looked for instead."""
    layers = (ROCKY | {PLACE: rpmdb(*RPM_BASE)}, {f"{PLACE}-wal": b"x" * 32, "usr/bin/gcc": PROGRAM})
    (found,) = problems(build_tools_present.check, scan(*layers))
    assert (found.message, found.place) == ("Build tool 'gcc' is in the image.", ImagePlace(1, "usr/bin/gcc"))


def test_the_link_to_the_database() -> None:
    link = {"var/lib/rpm": symlink("../../usr/lib/sysimage/rpm")}
    layers = (ROCKY | link | {"usr/lib/sysimage/rpm/Packages.db": ndb("gcc")}, {"a": b""})
    assert [one.key for one in problems(build_tools_present.check, scan(*layers))] == ["gcc"]


def test_an_empty_database_of_another_manager() -> None:
    layers = (ROCKY | {"var/lib/dpkg/status": b""}, {PLACE: rpmdb(*RPM_BASE, "gcc")})
    assert [one.key for one in problems(build_tools_present.check, scan(*layers))] == ["gcc"]
