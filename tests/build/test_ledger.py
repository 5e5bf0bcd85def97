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
            [("gcc-12", "same layer"), ("gcc", "same layer"), ("g++", "same layer")],
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


IN, SWEEP = "apt-get install gcc tini", "apt-get autoremove"
BOTH_KEPT, BOTH_GONE = [("gcc", "kept"), ("tini", "kept")], [("gcc", "same layer"), ("tini", "same layer")]
ONE_GONE = [("gcc", "same layer"), ("tini", "kept")]


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        # Marks alone take nothing away, nor does a simulation.
        (f"{IN} && apt-mark showmanual | xargs apt-mark auto", BOTH_KEPT),
        (f"{IN} && apt-mark auto '.*' && apt-get autoremove -s", BOTH_KEPT),
        (f"{IN} && apt-mark auto '.*' && apt-get autoremove --no-act", BOTH_KEPT),
        (f"{IN} && apt-mark auto '.*' && apt-get purge --auto-remove --dry-run", BOTH_KEPT),
        (f"{IN} && apt-mark auto '.*' && apt-get autoremove -yqq", BOTH_GONE),
        (f"{IN} && apt-mark showmanual | xargs -r apt-mark auto && apt-get autoremove", BOTH_GONE),
        (f"{IN} && apt-mark auto $(apt-mark showmanual) && apt-get autoremove", BOTH_GONE),
        # By name.
        (f"{IN} && apt-mark auto gcc && apt-get autoremove", ONE_GONE),
        (f"{IN} && apt-mark auto gcc make && apt-get purge --auto-remove curl", ONE_GONE),
        (f"{IN} && apt-mark auto 'gc*' && apt autoremove", ONE_GONE),
        (f"{IN} && apt-mark markauto gcc && aptitude -y purge curl", ONE_GONE),
        (f"{IN} && apt-mark auto '.*' && apt-mark manual tini && apt-get autopurge", ONE_GONE),
        (f"{IN} && apt-mark auto '.*' && echo tini | xargs apt-mark unmarkauto && apt-get autoremove", ONE_GONE),
        # The last mark counts, and who installs a package asks for it.
        (f"{IN} && apt-mark manual tini && apt-mark auto '.*' && apt-get autoremove", BOTH_GONE),
        (f"{IN} && apt-mark auto '.*' && {IN} && apt-get autoremove", BOTH_KEPT * 2),
        # A list that was taken before the packages came, or after.
        (
            f"S=$(apt-mark showmanual) && {IN} && apt-mark auto '.*' && apt-mark manual $S && apt-get autoremove",
            BOTH_GONE,
        ),
        (
            f"{IN} && S=\"$(apt-mark showmanual)\" && apt-mark auto '.*' && apt-mark manual $S && apt-get autoremove",
            BOTH_KEPT,
        ),
        (
            f"{IN} && S=$(apt-mark showmanual) && apt-mark auto '.*' && {{ [ -z \"$S\" ] || apt-mark manual $S; }} "
            "&& apt-get autoremove",
            BOTH_KEPT,
        ),
        (
            "apt-get install tini && S=$(apt-mark showmanual) && apt-get install gcc && apt-mark auto '.*' && "
            "apt-mark manual $S && apt-get autoremove",
            [("tini", "kept"), ("gcc", "same layer")],
        ),
        (f"{IN} && apt-mark auto '.*' && apt-mark showauto | xargs apt-mark manual && apt-get autoremove", BOTH_KEPT),
        (f"{IN} && apt-mark auto '.*' && apt-mark manual $(apt-mark showauto) && apt-get autoremove", BOTH_KEPT),
        # A list in a file.
        (
            f"{IN} && apt-mark showmanual >/tmp/s && apt-mark auto '.*' && apt-mark manual $(cat /tmp/s) && {SWEEP}",
            BOTH_KEPT,
        ),
        (
            f"{IN} && apt-mark showmanual >/tmp/s && apt-mark auto '.*' && xargs apt-mark manual </tmp/s && {SWEEP}",
            BOTH_KEPT,
        ),
        (
            f"{IN} && apt-mark showmanual | sort >/tmp/s && apt-mark auto '.*' && apt-mark manual $(</tmp/s) && {SWEEP}",
            BOTH_KEPT,
        ),
        (
            f"{IN} && apt-mark showmanual | tee /tmp/s && apt-mark auto '.*' && sort /tmp/s | xargs apt-mark manual && {SWEEP}",
            BOTH_KEPT,
        ),
        (
            f"apt-mark showmanual >/tmp/s\nRUN {IN} && apt-mark auto '.*' && xargs apt-mark manual </tmp/s && {SWEEP}",
            BOTH_GONE,
        ),
        (
            f"{IN} && apt-mark showmanual >/tmp/s && apt-mark auto '.*' && xargs apt-mark manual </tmp/t && {SWEEP}",
            BOTH_GONE,
        ),
        (
            f"{IN} && apt-mark showmanual >/tmp/s && : >/tmp/s && apt-mark auto '.*' && xargs apt-mark manual </tmp/s && {SWEEP}",
            BOTH_GONE,
        ),
        (f"{IN} && apt-mark auto '.*' && apt-mark manual $(apt-mark showauto | grep -v gcc) && {SWEEP}", BOTH_GONE),
        # Flags before the verb.
        (f"{IN} && apt-mark -q auto gcc && {SWEEP}", ONE_GONE),
        (f"{IN} && apt-mark -o Dir=/ auto gcc && apt-mark -qq manual tini && {SWEEP}", ONE_GONE),
        (f"{IN} && apt-mark -s auto gcc && {SWEEP}", BOTH_KEPT),
        # What some other list holds is not known: Docker's official images mark the libraries of what they built.
        (
            f"{IN} && apt-mark auto '.*' && find /usr/local -type f | xargs ldd | cut -d: -f1 | xargs apt-mark manual && "
            "apt-get autoremove",
            BOTH_GONE,
        ),
        (
            f"{IN} && apt-mark showmanual | xargs apt-mark auto && apt-mark manual $KEEP && apt-get autoremove",
            BOTH_GONE,
        ),
    ],
)
def test_marks(run: str, expected: list[tuple[str, str]]) -> None:
    """https://manpages.debian.org/apt-mark.8."""
    assert listed(stage(f"FROM debian:12\nRUN {run}\n")) == expected


TOOLS = ("gcc", "g++", "make")
META_GONE = [("build-essential", "same layer")]


def found(install: str, run: str) -> list[tuple[str, str]]:
    named = "build-essential" if install == "install" else "nginx"
    return listed(stage(f"FROM debian:12\nRUN apt-get {install} {named} && {run}\n"))


@pytest.mark.parametrize("install", ["install", "build-dep"])
class TestMetapackages:
    """`build-essential` holds nothing: what it brings is there until an autoremove."""

    @pytest.mark.parametrize(
        ("run", "expected"),
        [
            ("true", [("build-essential", "kept")]),
            ("apt-get autoremove", [("build-essential", "kept")]),
            ("apt-get purge -s build-essential", [("build-essential", "kept")]),
            ("apt-get purge make-guile", [("build-essential", "kept")]),
            ("apt-get purge build-essential", [(name, "kept") for name in TOOLS]),
            ("apt-get purge 'build-*'", [(name, "kept") for name in TOOLS]),
            ("apt-get purge gcc", [("make", "kept")]),
            ("apt-get purge build-essential g++", [("gcc", "kept"), ("make", "kept")]),
            ("apt-get purge build-essential && apt-get autoremove -s", [(name, "kept") for name in TOOLS]),
            ("apt-get purge build-essential gcc make", META_GONE),
            ("apt-get purge build-essential gcc-12 g++-12 make", META_GONE),
            ("apt-get purge 'gcc-*' make", META_GONE),
            ("apt-get purge binutils make", META_GONE),
            ("apt-get purge gcc-12-base make", [("gcc", "kept"), ("g++", "kept")]),
            ("dpkg --purge build-essential", [(name, "kept") for name in TOOLS]),
            ("dpkg --purge build-essential gcc g++", [("make", "kept")]),
        ],
    )
    def test_in_one_step(self, install: str, run: str, expected: list[tuple[str, str]]) -> None:
        assert found(install, run) == expected


SWEEPS = [
    "apt-get purge --auto-remove build-essential",
    "apt-get purge --auto-remove=yes build-essential",
    "apt-get purge --autoremove build-essential",
    "apt-get -o APT::Get::AutomaticRemove=1 purge build-essential",
    "apt-get purge build-essential -oAPT::Get::AutomaticRemove=true",
    "apt-get autoremove build-essential",
    "apt-get install --auto-remove build-essential-",
    "apt-get purge build-essential && apt-get autoremove",
    "aptitude purge build-essential",
]


@pytest.mark.parametrize("sweep", SWEEPS)
class TestSweptMetapackages:
    def test_what_it_brought_goes_with_it(self, sweep: str) -> None:
        assert found("install", sweep) == META_GONE

    def test_what_somebody_asks_for_stays(self, sweep: str) -> None:
        assert found("install", f"apt-mark manual gcc && {sweep}") == [("gcc", "kept")]
        assert found("install", f"apt-mark manual g++ && {sweep}") == [("gcc", "kept"), ("g++", "kept")]

    def test_build_dep_brings_others_that_hold_some(self, sweep: str) -> None:
        """As `apt-get -s` says where dpkg-dev is marked manual."""
        assert found("build-dep", sweep) == [("gcc", "kept"), ("make", "kept")]
        assert found("build-dep -o APT::Get::Build-Dep-Automatic=true", sweep) == META_GONE


def test_sweeps_that_are_switched_off() -> None:
    kept = [(name, "kept") for name in TOOLS]
    assert found("install", "apt-get purge --auto-remove=no build-essential") == kept
    assert found("install", "apt-get -o APT::Get::AutomaticRemove=0 purge build-essential") == kept


def test_metapackages_in_later_steps() -> None:
    purge = "true\nRUN apt-get purge build-essential"
    assert found("install", purge) == [(name, "kept") for name in TOOLS]
    assert found("install", f"{purge}\nRUN apt-get autoremove") == [("build-essential", "later")]
    built = build(f"FROM debian:12\nRUN apt-get install build-essential && {purge}\nRUN apt-get autoremove\n")
    assert built.stages[0].packages[0].removed is built.stages[0].steps[3]


@pytest.mark.parametrize(
    ("run", "left"),
    [
        ("apt-get install gcc g++ && apt-get purge gcc", []),
        ("apt-get install gcc g++ && apt-get purge g++", ["gcc"]),
        ("apt-get install gcc g++ && apt-get purge gcc-12", []),
        ("apt-get install gcc gcc-11 && apt-get purge gcc-11", ["gcc"]),
        ("apt-get install g++ gcc && apt-mark auto gcc && apt-get autoremove", ["g++", "gcc"]),
        ("apt-get install gcc make && apt-get install gcc- make-", []),
        ("apt-get install gcc && apt-get remove gcc+", ["gcc", "gcc"]),
        ("apt-get install gcc make && dpkg -P gcc", ["make"]),
        ("apt-get install gcc && dpkg --purge --dry-run gcc", ["gcc"]),
        ("dnf install gcc gcc-c++ && dnf remove gcc.x86_64", []),
        ("dnf install gcc gcc-c++ && rpm -e gcc-c++", ["gcc"]),
        ("zypper in gcc && rpm --erase gcc", []),
        ("yum install gcc && rpm -e --test gcc", ["gcc"]),
        ("dnf install gcc && dnf swap gcc bash", ["bash"]),
        ("dnf install gcc make && dnf mark remove gcc", ["gcc", "make"]),
        ("dnf install gcc make && dnf mark remove gcc && dnf -y autoremove", ["make"]),
        ("dnf install gcc make && dnf mark dependency gcc make && dnf mark user make && dnf remove vim", ["make"]),
        ("dnf install gcc && dnf mark remove gcc && dnf remove --noautoremove vim", ["gcc"]),
        ("yum install gcc && yum clean all && yum history -y undo last", []),
        ("dnf install make && dnf install gcc && dnf history undo last", ["make"]),
        ("dnf install make && dnf remove vim && dnf history undo last", ["make"]),
        ("apk add -Ut .b gcc && apk del .b", []),
        ("apk add gcc g++ && apk del gcc", ["g++"]),
    ],
)
def test_what_goes_along(run: str, left: list[str]) -> None:
    """`apt-get -s remove` says so for Debian's; dnf takes along what needs a package, rpm and dpkg do not."""
    packages = stage(f"FROM a\nRUN {run}\n").packages
    assert [one.name for one in packages if one.removed is None] == left


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


@pytest.mark.parametrize(
    ("declared", "condition", "runs"),
    [
        ("ARG X=false", "[ ${X} = true ]", False),
        ("ARG X=false", '[ "$X" == "true" ]', False),
        ("ARG X=false", "test $X = true", False),
        ("ARG X=false", '[[ "$X" == "true" ]]', False),
        ("ARG X=a", '[ "$X" != a ]', False),
        ("ENV X=", '[ -n "$X" ]', False),
        ("ENV X=a", '[ -z "$X" ]', False),
        ("ARG X=true", "[ ${X} = true ]", True),
        ("ARG X", "[ ${X} = true ]", True),
        ("ARG X=a", '! [ "$X" = b ]', True),
        ("ARG X=a", '[ ! "$X" = b ]', True),
        ("ARG X=a", '[ "$X" = b ] || true', True),
        ("ARG X=a", '[ "$X" = b -o -d /opt ]', True),
        ("ARG X=ab", "[[ $X == a* ]]", True),
        ("ARG X=ab", "[[ $X =~ ^a ]]", True),
        ("ARG X=a", '[ "$X" = "$(cat x)" ]', True),
        ("ARG TARGETARCH=amd64", "[ $TARGETARCH = arm64 ]", True),
    ],
)
def test_a_branch_that_the_values_of_the_build_switch_off(declared: str, condition: str, runs: bool) -> None:
    text = f"FROM debian:12\n{declared}\nRUN if {condition}; then apt-get install gcc; fi\n"
    assert listed(stage(text)) == ([("gcc", "kept")] if runs else [])


@pytest.mark.parametrize("change", ["X=b", "X=$(cat x)", ". ./x", "source x", "read X < x"])
def test_a_variable_that_the_shell_changed_switches_nothing_off(change: str) -> None:
    text = f'FROM debian:12\nARG X=a\nRUN {change}; if [ "$X" = b ]; then apt-get install gcc; fi\n'
    assert listed(stage(text)) == [("gcc", "kept")]


@pytest.mark.parametrize(
    ("run", "left"),
    [
        ('[ "$X" = b ] && apt-get install gcc && apt-get install make', []),
        ('[ "$X" = b ] && apt-get install gcc; apt-get install make', ["make"]),
        ('[ "$X" = b ] && apt-get install gcc || apt-get install make', ["make"]),
        ('[ "$X" = a ] && apt-get install gcc', ["gcc"]),
        ('[ "$X" = b ] || apt-get install gcc', ["gcc"]),
        ('true || [ "$X" = b ] && apt-get install gcc', ["gcc"]),
        ('if [ "$X" = b ]; then [ -d /opt ] && apt-get install gcc; apt-get install make; fi', []),
    ],
)
def test_what_a_failing_test_guards(run: str, left: list[str]) -> None:
    found = stage(f"FROM debian:12\nARG X=a\nRUN {run}\n")
    assert listed(found) == [(name, "kept") for name in left]


def test_only_the_branch_is_switched_off() -> None:
    text = (
        "FROM debian:12\nARG X=a\n"
        'RUN if [ "$X" = b ]; then apt-get install gcc; sh -c "apt-get install make"; '
        "elif true; then apt-get install cmake; else apt-get install meson; fi; apt-get install nasm\n"
    )
    assert listed(stage(text)) == [("cmake", "kept"), ("meson", "kept"), ("nasm", "kept")]


def test_rustup_installs_without_a_package() -> None:
    text = "FROM debian:12\nRUN curl -sSf https://sh.rustup.rs | sh -s -- -y\n"
    built = build(text)
    (package,) = built.stages[0].packages
    assert (package.manager, package.name, built.dockerfile.source[package.span]) == (
        "rustup",
        "rust",
        "https://sh.rustup.rs",
    )


def test_rustup_uninstalls_itself() -> None:
    text = (
        "FROM debian:12\n"
        "RUN curl https://sh.rustup.rs | sh -s -- -y && rustup component add clippy && rustup self uninstall -y\n"
    )
    assert [state(package) for package in stage(text).packages] == ["same layer", "same layer"]
    assert [state(package) for package in stage(text.replace(" self", "")).packages] == ["kept", "kept"]


GO = "https://go.dev/dl/go${V}.linux-amd64.tar.gz"


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        (f"RUN curl -fsSL {GO} | tar -C /usr/local -xz", [("go", "kept")]),
        (f"RUN wget -O go.tgz {GO} && tar xzf go.tgz -C /usr/local/ && rm go.tgz", [("go", "kept")]),
        (
            f"RUN wget {GO} -O x && tar -C/usr/local -xf x && go build && rm -rf /usr/local/go /root/go",
            [("go", "same layer")],
        ),
        (f"RUN curl {GO} | tar -C /usr/local -xz\nRUN rm -r /usr/local/go/", [("go", "later")]),
        (f"RUN curl {GO} | tar -C /tmp -xz", []),
        ("RUN curl https://go.dev/dl/go1.24.0.src.tar.gz | tar -C /usr/local -xz", []),
        ("RUN curl https://example.com/x.linux-amd64.tar.gz | tar -C /usr/local -xz", []),
    ],
)
def test_the_archive_of_go(run: str, expected: list[tuple[str, str]]) -> None:
    assert listed(stage(f"FROM debian:12\nARG V=1.24.0\n{run}\n")) == expected


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
