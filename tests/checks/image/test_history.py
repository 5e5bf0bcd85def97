"""What an image's history tells: its steps in whichever builder's words, and whether the Dockerfile is the one."""

import json

import pytest

from scanguard.checks.image import (
    added_file,
    distribution_upgrade,
    image_not_built_from_dockerfile,
    package_update_alone,
)
from scanguard.checks.image.history import Past, history
from scanguard.image.configuration import read_image
from scanguard.image.nodes import LayerContents
from scanguard.image.problems import ImagePlace, ImageProblem
from scanguard.plugin import Check, Confidence, ImageScan, Severity
from tests.checks.image.scans import DEBIAN, problems, scan
from tests.environments import ROOT

CONFIGS = ROOT.parent / "shared" / "fixtures" / "image_configs.json"
HASH = "0123456789abcdef" * 4


def stepped(line: str, base: int | None = 1) -> ImageScan:
    """An image of a base and one step."""
    return scan(DEBIAN, {"a": b""}, history=("/bin/sh -c #(nop) ADD file:" + HASH + " in / ", line), base=base)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("RUN /bin/sh -c make # buildkit", ("RUN", "make", "")),
        ("/bin/sh -c make", ("RUN", "make", "")),
        ("|2 A=b c B=/bin/sh x /bin/sh -c make all", ("RUN", "make all", "|2 A=b c B=/bin/sh x")),
        ("RUN |1 A=b /bin/bash -o pipefail -c make # buildkit", ("RUN", "make", "|1 A=b")),
        ("/bin/sh -c --mount=type=cache,target=/x make", ("RUN", "--mount=type=cache,target=/x make", "")),
        ("RUN make", ("RUN", "make", "")),
        ("/bin/sh -c #(nop)  ENV A=1", ("ENV", "A=1", "")),
        ("/bin/bash -o pipefail -c #(nop) COPY dir:x in /y ", ("COPY", "dir:x in /y", "")),
        ("COPY a /b # buildkit", ("COPY", "a /b", "")),
        ("EXPOSE map[8080/tcp:{}]", ("EXPOSE", "map[8080/tcp:{}]", "")),
        ("", ("RUN", "", "")),
        ("powershell -Command x", ("RUN", "powershell -Command x", "")),
    ],
)
def test_entries(line: str, expected: tuple[str, str, str]) -> None:
    found = history(stepped(line))
    assert found[0] == Past("ADD", f"file:{HASH} in /", "", 0, own=False, entry=0)
    assert found[1] == Past(*expected, 1, own=True, entry=1)


def test_whose_entries() -> None:
    lines = ("RUN a", "-ENV A=1", "RUN b", "-ENV B=1", "RUN c", "-CMD x")
    three = ({"a": b""}, {"b": b""}, {"c": b""})
    assert [(one.layer, one.own) for one in history(scan(*three, history=lines, base=2))] == [
        (0, False), (None, False), (1, False), (None, False), (2, True), (None, True),
    ]  # fmt: skip
    assert [one.own for one in history(scan(*three, history=lines, base=0))] == [True] * 6
    assert [one.own for one in history(scan(*three, history=lines, base=None))] == [
        False,
        False,
        True,
        True,
        True,
        True,
    ]
    assert {(one.layer, one.own) for one in history(scan(*three, history=lines[:3], base=0))} == {(None, False)}


@pytest.mark.skipif(not CONFIGS.is_file(), reason="the images of five builders lie beside the repository")
def test_real_histories() -> None:
    for name, config in json.loads(CONFIGS.read_text(encoding="utf-8")).items():
        image = read_image(json.dumps(config).encode(), reference=name, name=name, kind="docker")
        found = history(ImageScan(image))
        assert len(found) == len(image.history)
        for past in found if name != "t-cmd-unbase.tar" else ():  # a history that no builder wrote
            assert "#(nop)" not in past.text and "buildkit" not in past.text
            assert not past.text.startswith("/bin/sh -c")


UPGRADES = {
    "RUN /bin/sh -c apt-get update && apt-get dist-upgrade -y # buildkit": "apt-get dist-upgrade",
    "/bin/sh -c apt-get -qq -y dist-upgrade": "apt-get dist-upgrade",
    "RUN /bin/sh -c apt full-upgrade -y # buildkit": "apt full-upgrade",
    "RUN |1 A=b /bin/sh -c zypper dup": "zypper dup",
    "/bin/sh -c set -eux\nsudo apt-get dist-upgrade -y\n": "apt-get dist-upgrade",
    "/bin/sh -c do-release-upgrade": "do-release-upgrade",
}


@pytest.mark.parametrize("line", UPGRADES)
def test_distribution_upgrades(line: str) -> None:
    assert problems(distribution_upgrade.check, stepped(line)) == (
        ImageProblem(f"A step of the image runs '{UPGRADES[line]}'.", ImagePlace(1, entry=1), key=UPGRADES[line]),
    )
    assert [one.confidence for one in problems(distribution_upgrade.check, stepped(line, None))] == [Confidence.LOW]
    assert problems(distribution_upgrade.check, stepped(line, 2)) == ()


@pytest.mark.parametrize(
    "line",
    [
        "/bin/sh -c apt-get upgrade -y",
        "/bin/sh -c echo apt-get dist-upgrade",
        "COPY dist-upgrade /x",
        "RUN dnf upgrade -y",
        "",
    ],
)
def test_no_distribution_upgrades(line: str) -> None:
    assert problems(distribution_upgrade.check, stepped(line)) == ()


UPDATES = {
    "/bin/sh -c apt-get update": "apt-get update",
    "RUN /bin/sh -c apt-get -qq update && rm -rf /tmp/x # buildkit": "apt-get update",
    "RUN /bin/sh -c apk update": "apk update",
}


@pytest.mark.parametrize("line", UPDATES)
def test_updates_alone(line: str) -> None:
    message = f"A step of the image runs '{UPDATES[line]}' and installs nothing."
    assert problems(package_update_alone.check, stepped(line)) == (
        ImageProblem(message, ImagePlace(1, entry=1), key=UPDATES[line]),
    )


@pytest.mark.parametrize(
    "line",
    [
        "/bin/sh -c apt-get update && apt-get install -y curl",
        "/bin/sh -c apt-get update && apt-get upgrade -y",
        "/bin/sh -c apt-get update && ./install.sh",
        "/bin/sh -c apk update && apk add curl",
        "/bin/sh -c apk add --no-cache curl",
        "/bin/sh -c apt-get update && make deps",
        "/bin/sh -c echo apt-get update",
        "/bin/sh -c git submodule update",
    ],
)
def test_updates_that_are_used(line: str) -> None:
    assert problems(package_update_alone.check, stepped(line)) == ()


ADDED = {
    "ADD requirements.txt /app/ # buildkit": "'requirements.txt'",
    "ADD --chown=1000:1000 a.txt b.tar.gz /app/ # buildkit": "'a.txt'",
    f"/bin/sh -c #(nop) ADD dir:{HASH} in /app ": "a directory to '/app'",
    f"/bin/sh -c #(nop) ADD --chown=1:1 dir:{HASH} in /my app ": "a directory to '/my app'",
}


@pytest.mark.parametrize("line", ADDED)
def test_added_files(line: str) -> None:
    message = f"A step of the image adds {ADDED[line]} with ADD."
    assert problems(added_file.check, stepped(line)) == (
        ImageProblem(message, ImagePlace(1, entry=1), key=ADDED[line]),
    )
    assert problems(added_file.check, stepped(line, 2)) == ()


@pytest.mark.parametrize(
    "line",
    [
        "ADD rootfs.tar.xz / # buildkit",
        "ADD rootfs / # buildkit",
        "ADD app.tar.gz /app # buildkit",
        "ADD --checksum=sha256:0 https://example.com/x /x # buildkit",
        "ADD git@example.com:x/y.git /x # buildkit",
        f"/bin/sh -c #(nop) ADD file:{HASH} in /app ",
        f"/bin/sh -c #(nop) ADD multi:{HASH} in /app ",
        "COPY requirements.txt /app/ # buildkit",
        "ADD",
    ],
)
def test_no_added_files(line: str) -> None:
    assert problems(added_file.check, stepped(line)) == ()


def test_the_first_add_is_the_root_file_system() -> None:
    """Dockle exempts it too; where the base's layers are not known it may be the only thing that is told of a base."""
    for base in (0, 1, None):
        assert problems(added_file.check, stepped("RUN true", base)) == ()


@pytest.mark.parametrize(
    ("sources", "kind", "told"),
    [
        ("a.txt", "file", "'a.txt'"),
        ("a.txt b.tar", "multi", "'a.txt'"),
        ("app", "dir", "'app'"),
        ("a.tar.gz", "file", ""),
        ("https://example.com/x", "file", ""),
    ],
)
def test_the_dockerfile_says_what_a_hash_does_not(sources: str, kind: str, told: str) -> None:
    text = f"FROM debian:12\nRUN true\nADD {sources} /app/\n"
    classic = ("base", "/bin/sh -c true", f"/bin/sh -c #(nop) ADD {kind}:{HASH} in /app/ ")
    buildkit = ("base", "RUN /bin/sh -c true # buildkit", f"ADD {sources} /app/ # buildkit")
    for lines in (classic, buildkit):
        found = problems(added_file.check, scan(DEBIAN, {}, {"a": b""}, history=lines, dockerfile=text))
        assert [one.key for one in found] == ([told] if told else [])


def test_a_file_that_lies_where_it_was_added_was_no_archive() -> None:
    looked = stepped(f"/bin/sh -c #(nop) ADD file:{HASH} in /a ")
    assert [one.key for one in problems(added_file.check, looked)] == ["a file to '/a'"]
    (layer,) = looked.contents[1:]
    fetched = LayerContents(layer.diff_id, layer.size, tuple(one._replace(mode=0o600) for one in layer.entries))
    assert problems(added_file.check, looked._replace(contents=(looked.contents[0], fetched))) == ()


DOCKERFILE = "FROM debian:12\nRUN apt-get install -y curl\nCOPY app /app\nRUN chmod 755 /app\nENV A=1\nCMD /app\n"
BUILT = ("RUN base", "RUN /bin/sh -c apt-get install -y curl # buildkit", "COPY app /app # buildkit",
         "RUN /bin/sh -c chmod 755 /app # buildkit", "-ENV A=1", '-CMD ["/bin/sh" "-c" "/app"]')  # fmt: skip
LAYERS = (DEBIAN, {"a": b""}, {"app": b""}, {"app": b"x"})


def built(check: Check, *lines: str) -> tuple[ImageProblem, ...]:
    return problems(check, scan(*LAYERS, history=lines, dockerfile=DOCKERFILE))


def test_the_image_of_this_dockerfile() -> None:
    assert built(image_not_built_from_dockerfile.check, *BUILT) == ()
    assert problems(image_not_built_from_dockerfile.check, scan(DEBIAN)) == ()


def test_an_image_of_another_dockerfile() -> None:
    other = ("RUN base", "COPY go.mod /src # buildkit", "RUN /bin/sh -c go build # buildkit", "COPY x /y # buildkit")
    (found,) = built(image_not_built_from_dockerfile.check, *other)
    assert found.message.startswith("The image was not built from this Dockerfile: ")
    assert (found.place, found.confidence, found.severity) == (ImagePlace(), Confidence.HIGH, None)


def test_a_base_without_a_history_hides_no_other_dockerfile() -> None:
    other = ("", "COPY go.mod /src # buildkit", "RUN /bin/sh -c go build # buildkit", "COPY x /y # buildkit")
    assert [one.key for one in built(image_not_built_from_dockerfile.check, *other)] == ["other"]
    assert built(image_not_built_from_dockerfile.check, "", *BUILT[1:]) == ()
    assert built(image_not_built_from_dockerfile.check, *other[:3], "") == ()


def test_an_image_of_an_older_dockerfile() -> None:
    older = (*BUILT[:1], "RUN /bin/sh -c apt-get install -y curl=7 jq # buildkit", *BUILT[2:])
    assert built(image_not_built_from_dockerfile.check, *older) == (
        ImageProblem(
            "The image's history has no entry for the RUN of line 2: the Dockerfile or the image was changed after the build.",
            ImagePlace(),
            Confidence.MEDIUM,
            Severity.LOW,
            key="changed",
        ),
    )


def test_a_squashed_image_tells_nothing() -> None:
    for lines in (("",), ("/bin/sh",), ("COPY / / # buildkit",)):
        looked = scan(DEBIAN, history=lines, dockerfile=DOCKERFILE)
        assert problems(image_not_built_from_dockerfile.check, looked) == ()
