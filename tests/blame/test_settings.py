"""Who set what, where the image agrees."""

import pytest

from scanguard.blame.align import align
from tests.blame.images import ROOT, buildkit, built, image, told

TEXT = """FROM base:1 AS a
ARG V=1
USER app
ENV A=1 B=$V C=3
LABEL x=y
EXPOSE 80 90-91/udp
VOLUME /data
WORKDIR /w
FROM a
RUN own
ENV C=4
WORKDIR sub
ENTRYPOINT ["run"]
CMD serve it
"""
HISTORY = buildkit(
    "ARG V=1", "USER app", "ENV A=1 B=2 C=3", "LABEL x=y", "EXPOSE map[80/tcp:{} 90/udp:{} 91/udp:{}]", "VOLUME [/data]",
    "WORKDIR /w", "RUN /bin/sh -c own", "ENV C=4", "WORKDIR /w/sub", 'ENTRYPOINT ["run"]', 'CMD ["/bin/sh" "-c" "serve it"]',
)  # fmt: skip
CONFIG = {
    "user": "app",
    "environment": (("A", "1"), ("B", "2"), ("C", "4"), ("PATH", "/bin")),
    "labels": (("x", "y"),),
    "directory": "/w/sub",
    "entrypoint": ("run",),
    "command": ("/bin/sh", "-c", "serve it"),
}


@pytest.mark.parametrize(
    ("instruction", "key", "expected"),
    [
        ("USER", "", ("exact", [3])),
        ("user", "", ("exact", [3])),
        ("ENV", "A", ("exact", [4])),
        ("ENV", "B", ("exact", [4])),
        ("ENV", "C", ("exact", [11])),
        ("ENV", "", ("exact", [11])),
        ("ENV", "PATH", ("base", [1])),
        ("LABEL", "x", ("exact", [5])),
        ("EXPOSE", "80", ("exact", [6])),
        ("EXPOSE", "80/tcp", ("exact", [6])),
        ("EXPOSE", "91/udp", ("exact", [6])),
        ("EXPOSE", "91", ("base", [1])),
        ("VOLUME", "/data", ("exact", [7])),
        ("VOLUME", "/other", ("base", [1])),
        ("WORKDIR", "", ("exact", [12])),
        ("ENTRYPOINT", "", ("exact", [13])),
        ("CMD", "", ("exact", [14])),
        ("HEALTHCHECK", "", ("base", [1])),
        ("ARG", "V", ("exact", [2])),
    ],
)
def test_who_set_it(instruction: str, key: str, expected: tuple[str, list[int]]) -> None:
    build = built(TEXT)
    assert told(build, align(image(ROOT, *HISTORY, **CONFIG), build).setting(instruction, key)) == expected


@pytest.mark.parametrize(
    ("instruction", "key", "config"),
    [
        ("USER", "", {"user": "root"}),
        ("ENV", "C", {"environment": (("C", "5"),)}),
        ("ENV", "B", {"environment": ()}),
        ("LABEL", "x", {"labels": ()}),
    ],
)
def test_an_image_that_disagrees(instruction: str, key: str, config: dict[str, object]) -> None:
    blame = align(image(ROOT, *HISTORY, **{**CONFIG, **config}), built(TEXT))
    origin = blame.setting(instruction, key)
    expected = f"The {instruction} of the image is not the one of the Dockerfile."
    assert (origin.certainty.value, origin.spans, origin.reason) == ("unknown", (), expected)


def test_a_directory_that_disagrees() -> None:
    build = built("FROM base:1\nRUN own\nWORKDIR /w\n")
    history = buildkit("RUN /bin/sh -c own", "WORKDIR /w")
    assert align(image(ROOT, *history, directory="/x"), build).setting("WORKDIR").certainty.value == "unknown"
    assert told(build, align(image(ROOT, *history, directory="/w/"), build).setting("WORKDIR")) == ("exact", [3])


@pytest.mark.parametrize(
    ("settings", "history", "made", "certainty"),
    [
        (("ENV B=1", "ENV A=$B"), ("ENV B=1", "ENV A=1"), "/1", ("exact", "exact")),
        (("ENV A=1", "ENV A=$A"), ("ENV A=1", "ENV A=1"), "/1", ("exact", "exact")),
        (("ENV B=1", "ENV A=$B"), ("ENV B=1", "ENV A=1"), "/3", ("candidates", "unknown")),
        # What ENV took is what ARG gave at that time, whatever the name stands for afterwards.
        (("ARG B=2", "ENV A=$B", "ENV B=1"), ("ARG B=3", "ENV A=3", "ENV B=1"), "/3", ("exact", "exact")),
        (("ARG B=2", "ENV B=1 A=$B"), ("ARG B=3", "ENV B=1 A=3"), "/3", ("exact", "exact")),
    ],
)
def test_a_directory_from_a_variable(
    settings: tuple[str, ...], history: tuple[str, ...], made: str, certainty: tuple[str, str]
) -> None:
    build = built("\n".join(("FROM base:1", "RUN own", *settings, "WORKDIR /$A", "RUN last\n")))
    written = buildkit("RUN /bin/sh -c own", *history, f"WORKDIR {made}", "RUN /bin/sh -c last")
    blame = align(image(ROOT, *written, directory=made), build)
    assert (blame.layer(2).certainty.value, blame.setting("WORKDIR").certainty.value) == certainty


def test_settings_that_were_edited() -> None:
    history = buildkit("RUN /bin/sh -c own", "RUN /bin/sh -c more", "USER app", "HEALTHCHECK CMD old")
    build = built("FROM base:1\nRUN own\nRUN more\nHEALTHCHECK CMD new\n")
    blame = align(image(ROOT, *history, user="app"), build)
    changed = "The Dockerfile has changed since the image was built."
    assert (blame.setting("USER").certainty.value, blame.setting("USER").reason) == ("unknown", changed)
    assert told(build, blame.setting("HEALTHCHECK")) == ("candidates", [4])


def test_a_port_that_only_the_build_knows() -> None:
    build = built("FROM base:1\nARG PORT\nRUN own\nEXPOSE $PORT\n")
    history = buildkit("ARG PORT", "RUN |1 PORT=80 /bin/sh -c own", "EXPOSE map[80/tcp:{}]")
    assert told(build, align(image(ROOT, *history), build).setting("EXPOSE", "80/tcp")) == ("exact", [4])


def test_an_image_of_another_file() -> None:
    blame = align(image(ROOT, *buildkit("RUN /bin/sh -c other")), built(TEXT))
    assert blame.setting("USER").reason == blame.reason != ""
