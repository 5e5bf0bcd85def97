"""The packages of a stage: which were installed, which are gone, and in which layer."""

import pytest

from scanguard.build.model import Package, Stage
from tests.build.builds import build, stage


def state(package: Package) -> str:
    """`kept`, `same layer` or `later`."""
    if package.removed is None:
        return "kept"
    return "later" if package.in_layer else "same layer"


def listed(found: Stage) -> list[tuple[str, str]]:
    return [(package.name, state(package)) for package in found.packages]


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        ("RUN apt-get install gcc", [("gcc", "kept")]),
        ("RUN apt-get install gcc && apt-get purge gcc", [("gcc", "same layer")]),
        ("RUN apt-get install gcc\nRUN apt-get purge gcc", [("gcc", "later")]),
        ("RUN apt-get install gcc make && apt-get remove make", [("gcc", "kept"), ("make", "same layer")]),
        ("RUN apt-get install gcc=4:12 && apt-get purge gcc", [("gcc", "same layer")]),
        (
            "RUN apt-get install gcc-12 gcc g++ && apt-get purge 'gcc*'",
            [("gcc-12", "same layer"), ("gcc", "same layer"), ("g++", "kept")],
        ),
        ("RUN apt-get install gcc-12 && apt-get purge 'gcc-?2'", [("gcc-12", "same layer")]),
        (
            "RUN apt-get install gcc\nRUN apt-get install gcc && apt-get purge gcc",
            [("gcc", "later"), ("gcc", "same layer")],
        ),
        ("RUN apt-get purge gcc && apt-get install gcc", [("gcc", "kept")]),
        ("RUN apk add --virtual .build gcc make && apk del .build", [("gcc", "same layer"), ("make", "same layer")]),
        ("RUN apk add --virtual .build gcc\nRUN apk del .build", [("gcc", "later")]),
        (
            "RUN apk add --virtual .build gcc && apk add curl && apk del .build",
            [("gcc", "same layer"), ("curl", "kept")],
        ),
        ("RUN apk add gcc && apk del .build", [("gcc", "kept")]),
        ("RUN yum install gcc && dnf remove gcc", [("gcc", "same layer")]),
        ("RUN mamba install gxx && conda remove gxx", [("gxx", "same layer")]),
        ("RUN uv pip install cmake && pip uninstall -y cmake", [("cmake", "same layer")]),
        ("RUN pip install cmake && apt-get purge cmake", [("cmake", "kept")]),
        ("RUN apt-get install gcc && apt-get autoremove", [("gcc", "kept")]),
        ("RUN apt-get install gcc && apt-get purge --auto-remove gcc", [("gcc", "same layer")]),
        ("RUN for p in gcc make; do apt-get install $p; done", [("gcc", "kept"), ("make", "kept")]),
        (
            "ARG P='gcc make'\nRUN apt-get install $P && apt-get purge $P",
            [("gcc", "same layer"), ("make", "same layer")],
        ),
        ("RUN <<EOF\napt-get install gcc\napt-get purge gcc\nEOF", [("gcc", "same layer")]),
        ('RUN ["apt-get", "install", "gcc"]', [("gcc", "kept")]),
        ("RUN sudo apt-get install gcc", [("gcc", "kept")]),
        ("CMD apt-get install gcc", []),
        ("ENTRYPOINT apt-get install gcc", []),
        ("HEALTHCHECK CMD apt-get install gcc", []),
        ("ONBUILD RUN apt-get install gcc", []),
    ],
)
def test_installed_and_removed(run: str, expected: list[tuple[str, str]]) -> None:
    assert listed(stage(f"FROM debian:12\n{run}\n")) == expected


@pytest.mark.parametrize(
    "sweep",
    [
        "apt-get purge -y --auto-remove -o APT::AutoRemove::RecommendsImportant=false",
        "apt-get autoremove -y",
        "apt-get autopurge -y",
    ],
)
def test_the_apt_mark_idiom(sweep: str) -> None:
    """Docker's official images: everything that this layer installed and did not mark again goes."""
    text = (
        "FROM debian:12\nRUN apt-get install curl\n"
        'RUN savedAptMark="$(apt-mark showmanual)" && apt-get install gcc make && make && '
        f"apt-mark auto '.*' > /dev/null && {sweep}\n"
    )
    assert listed(stage(text)) == [("curl", "kept"), ("gcc", "same layer"), ("make", "same layer")]


def test_apt_mark_spares_what_it_marks_again() -> None:
    text = (
        "FROM debian:12\nRUN apt-get install gcc tini && apt-mark auto '.*' && apt-mark manual tini && "
        "apt-get autoremove\n"
    )
    assert listed(stage(text)) == [("gcc", "same layer"), ("tini", "kept")]


def test_everything_about_a_package() -> None:
    built = build("FROM debian:12\nRUN apt-get install gcc=12 || true\nRUN apt-get purge gcc\n")
    install, purge = built.stages[0].steps[1:]
    (package,) = built.stages[0].packages
    source = built.dockerfile.source
    assert source[package.span] == "gcc=12"
    assert package.removed_span is not None
    assert source[package.removed_span] == "gcc"
    assert package == Package("apt", "gcc", "12", package.span, install, True, True, "", purge, package.removed_span)


def test_certainty() -> None:
    found = stage('FROM debian:12\nARG X\nRUN if test -n "$X"; then apt-get install gcc; fi; apt-get install $X-dev\n')
    assert [(one.name, one.known, one.certain) for one in found.packages] == [
        ("gcc", True, False),
        ("$X-dev", False, True),
    ]


def test_rustup_installs_without_a_package() -> None:
    text = "FROM debian:12\nRUN curl -sSf https://sh.rustup.rs | sh -s -- -y\n"
    built = build(text)
    (package,) = built.stages[0].packages
    assert (package.manager, package.name, built.dockerfile.source[package.span]) == (
        "rustup",
        "rust",
        "https://sh.rustup.rs",
    )


class TestInheritance:
    TEXT = (
        "FROM debian:12 AS one\nRUN apt-get install gcc\n"
        "FROM one AS two\nRUN apt-get install make\n"
        "FROM one AS three\nRUN apt-get purge gcc\n"
        "FROM two\n"
    )

    def test_goes_down_and_not_sideways(self) -> None:
        built = build(self.TEXT)
        assert [listed(one) for one in built.stages] == [
            [("gcc", "kept")],
            [("gcc", "kept"), ("make", "kept")],
            [("gcc", "later")],
            [("gcc", "kept"), ("make", "kept")],
        ]

    def test_keeps_the_stage_that_installed(self) -> None:
        assert [one.step.stage for one in build(self.TEXT).stages[3].packages] == [0, 1]

    def test_copies_bring_no_packages(self) -> None:
        assert stage("FROM debian:12\nRUN apt-get install gcc\nFROM scratch\nCOPY --from=0 / /\n").packages == ()
