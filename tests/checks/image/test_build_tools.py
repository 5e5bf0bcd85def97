"""Build tools that an image really holds, and what the Dockerfile says of them."""

from scanguard.checks.image import build_tools_present
from scanguard.checks.image.packages import read
from scanguard.image.problems import ImagePlace, ImageProblem
from scanguard.plugin import Confidence, ImageScan, Severity
from tests.checks.image.scans import DEBIAN, apk, dpkg, problems, scan
from tests.images import File, hardlink, removed

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
            ImagePlace(1),
            severity=Severity.NOTE,
            key="gcc",
        ),
    )


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
    assert (found.names, found.provided) == ({"musl", "a"}, {"so:libc.musl-x86_64.so.1", "libc"})
