"""Build tools: which packages are some, and which lie under a path."""

import pytest

from scanguard.build.model import Package
from scanguard.build.tools import is_build_tool, tools_under
from scanguard.model.location import Span
from tests.build.builds import build, run_step, written_as

TOOLS = {
    "apt": "gcc g++ gcc-12 g++-13 clang clang-16 make cmake ninja-build build-essential libssl-dev python3-dev "
    "linux-headers-amd64 golang-go golang-1.22 rustc cargo default-jdk openjdk-21-jdk openjdk-21-jdk-headless maven "
    "pkg-config nvidia-cuda-toolkit cuda-nvcc-12-4 dotnet-sdk-9.0 binutils temurin-21-jdk llvm autoconf libtool bison",
    "apk": "gcc musl-dev build-base alpine-sdk linux-headers go rust cargo openjdk21-jdk make clang17 llvm17",
    "dnf": "gcc gcc-c++ make openssl-devel kernel-headers kernel-devel gcc-toolset-13 golang java-21-openjdk-devel "
    "@development-tools rpm-build cmake3 gcc-c++-12.2.1-2.fc39 llvm-toolset-devel",
    "yum": "gcc devtoolset-11",
    "microdnf": "gcc",
    "zypper": "gcc libopenssl-devel gcc13 gcc13-c++ cpp13 go1.21 rust1.70 cargo1.70",
    "pacman": "base-devel gcc",
    "conda": "gcc_linux-64 gxx_linux-64 compilers cmake cuda-nvcc",
    "mamba": "gxx",
    "pip": "cmake ninja cython maturin",
    "uv": "cmake",
    "pipx": "meson",
    "npm": "typescript node-gyp webpack",
    "pnpm": "webpack",
    "yarn": "gulp",
    "gem": "rake-compiler",
    "rustup": "stable nightly clippy",
}
NO_TOOLS = {
    "apt": "curl wget git python3 python3-pip nodejs npm libgcc-s1 libstdc++6 gcc-12-base openjdk-21-jre openjdk-21-jre-headless "
    "ca-certificates cuda-toolkit-12-4-config-common google-cloud-sdk make-up perl ruby llvm-libs tini clangd-docs",
    "apk": "libgcc libstdc++ python3 nodejs openjdk21-jre clang17-libs clang17-libclang llvm17-libs",
    "dnf": "libgcc java-21-openjdk java-21-openjdk-headless llvm-compat-libs llvm-filesystem clang-resource-filesystem "
    "rpm-build-libs cuda-toolkit-12-config-common elfutils-libelf pkgconf-m4 cmake-filesystem libstdc++",
    "zypper": "libgcc_s1 libstdc++6 python311 java-17-openjdk-headless",
    "pip": "gcc flask numpy cython-like",
    "npm": "gcc express pm2",
    "gem": "rake bundler",
    "cargo": "gcc",
    "go": "make",
    "poetry": "make",
}


def package(manager: str, name: str) -> Package:
    return Package(manager, name, "", Span(0, 1), run_step())


def pairs(table: dict[str, str]) -> list[tuple[str, str]]:
    return [(manager, name) for manager, names in table.items() for name in names.split()]


@pytest.mark.parametrize(("manager", "name"), pairs(TOOLS))
def test_tools(manager: str, name: str) -> None:
    assert is_build_tool(package(manager, name)) is True


@pytest.mark.parametrize(("manager", "name"), pairs(NO_TOOLS))
def test_no_tools(manager: str, name: str) -> None:
    assert is_build_tool(package(manager, name)) is False


def test_groups_and_case() -> None:
    assert is_build_tool(package("dnf", "Development Tools")) is True
    assert is_build_tool(package("apt", "GCC")) is True


def under(text: str, path: str, stage: int = 0) -> list[tuple[str, str | None, int, list[str]]]:
    """Name, place, stage and way of each tool that `COPY --from=stage path` brings."""
    built = build(text)
    return [
        (tool.name, written_as(built, tool.span), tool.stage, [step.message for step in tool.way])
        for tool in tools_under(built, stage, path)
    ]


FULL = "gcc, make and development headers (buildpack-deps)"


class TestUnderAPath:
    def test_of_a_toolchain_base(self) -> None:
        way = ["stage 'b' is built FROM an image that holds the Go toolchain"]
        expected = [("the Go toolchain", "golang:1", 0, way)]
        assert under("FROM golang:1 AS b\n", "/usr/local/go") == expected
        assert under("FROM golang:1 AS b\n", "/usr/local") == expected
        assert under("FROM golang:1 AS b\n", "/") == expected
        assert under("FROM golang:1 AS b\n", "/usr/local/go/bin/app") == []
        assert under("FROM golang:1 AS b\n", "/app") == []

    def test_of_an_installed_package(self) -> None:
        text = "FROM debian:12 AS b\nRUN apt-get install gcc curl make && apt-get purge make\n"
        expected = [("gcc", "gcc", 0, ["'gcc' is installed in stage 'b'"])]
        assert under(text, "/usr") == expected
        assert under(text, "/usr/bin") == expected
        assert under(text, "/") == expected
        assert under(text, "/usr/local") == []

    def test_through_the_base_stage(self) -> None:
        text = "FROM golang:1 AS a\nRUN apt-get install gcc\nFROM a AS b\n"
        assert [(name, stage) for name, _, stage, _ in under(text, "/", 1)] == [("the Go toolchain", 0), ("gcc", 0)]

    def test_two_hops(self) -> None:
        text = (
            "FROM golang:1 AS one\n"
            "FROM debian:12 AS two\nCOPY --from=one /usr/local/go /usr/local/go\n"
            "FROM debian:12 AS three\nCOPY --from=two /usr/local /opt\n"
        )
        assert under(text, "/usr/local", 1) == [
            (
                "the Go toolchain",
                "golang:1",
                0,
                [
                    "stage 'one' is built FROM an image that holds the Go toolchain",
                    "stage 'two' copies '/usr/local/go'",
                ],
            )
        ]
        assert under(text, "/opt", 2) == [
            (
                "the Go toolchain",
                "golang:1",
                0,
                [
                    "stage 'one' is built FROM an image that holds the Go toolchain",
                    "stage 'two' copies '/usr/local/go'",
                    "stage 'three' copies '/usr/local'",
                ],
            )
        ]

    def test_an_image_copied_into_a_stage(self) -> None:
        text = "FROM debian:12 AS b\nCOPY --from=golang:1 /usr/local/go /go\n"
        assert under(text, "/go") == [("the Go toolchain", "golang:1", 0, ["stage 'b' copies '/usr/local/go'"])]
        assert under(text, "/app") == []

    def test_a_place_where_toolchains_live(self) -> None:
        text = "FROM internal.example.com/base:1 AS b\n"
        place = "internal.example.com/base:1"
        assert under(text, "/opt/conda") == [("a whole conda installation", place, 0, [])]
        assert under(text, "/opt/conda/") == [("a whole conda installation", place, 0, [])]
        assert under(text, "/opt/conda/envs/app") == []
        assert under(text, "/usr/local/go") == [("the Go toolchain", place, 0, [])]

    def test_what_comes_without_a_package_lies_elsewhere(self) -> None:
        fetch = "curl -fsSL https://go.dev/dl/go1.24.0.linux-amd64.tar.gz | tar -C /usr/local -xz"
        text = f"FROM debian:12 AS b\nRUN {fetch} && curl https://sh.rustup.rs | sh\n"
        assert [name for name, *_ in under(text, "/")] == ["go", "rust"]
        assert [name for name, *_ in under(text, "/usr/local")] == ["go"]
        assert under(text, "/usr/bin") == []

    def test_files_from_the_context_are_no_tools(self) -> None:
        assert under("FROM debian:12 AS b\nCOPY go /usr/local/go2\n", "/usr/local/go2") == []

    def test_full_images(self) -> None:
        way = [f"stage 'b' is built FROM an image that holds {FULL}"]
        assert under("FROM python:3.12 AS b\n", "/usr") == [(FULL, "python:3.12", 0, way)]
        assert under("FROM python:3.12 AS b\n", "/usr/local/lib/python3.12/site-packages") == []
        assert under("FROM python:3.12-slim AS b\n", "/usr") == []


@pytest.mark.parametrize(
    ("image", "path", "name"),
    [
        ("golang:1", "/usr/local/go", "the Go toolchain"),
        ("golang:1", "/usr/local/go/", "the Go toolchain"),
        ("rust:1", "/usr/local/cargo", "the Rust toolchain"),
        ("rust:1", "/usr/local", "the Rust toolchain and gcc"),
        ("maven:3", "/usr/share/maven", "Maven"),
        ("maven:3", "/opt/java/openjdk", "a JDK (javac)"),
        ("internal.example.com/x:1", "/opt/conda", "a whole conda installation"),
        ("golang:1", "/etc/ssl", ""),
        ("debian:12", "/usr", ""),
    ],
)
def test_of_an_image(image: str, path: str, name: str) -> None:
    built = build(f"FROM scratch\nCOPY --from={image} {path} /x\n")
    use = built.images[0]
    found = [(tool.name, tool.span, tool.stage, tool.way) for tool in tools_under(built, use, path)]
    assert found == ([(name, use.span, 0, ())] if name else [])


def test_a_long_chain_of_stages_is_followed_to_its_end() -> None:
    lines = ["FROM golang:1 AS s0"]
    for number in range(1, 1500):
        lines += [f"FROM debian:12 AS s{number}", f"COPY --from=s{number - 1} /usr/local/go /usr/local/go"]
    built = build("\n".join(lines) + "\n")
    (tool,) = tools_under(built, 1499, "/usr/local/go")
    assert (tool.name, tool.stage, len(tool.way)) == ("the Go toolchain", 0, 1500)


def test_many_hops_take_no_longer_than_few() -> None:
    """Each stage copies everything from two before it: without care, the work doubles with each."""
    lines = ["FROM golang:1 AS s0", "FROM debian:12 AS s1"]
    for number in range(2, 60):
        lines += [f"FROM debian:12 AS s{number}", f"COPY --from=s{number - 1} / /", f"COPY --from=s{number - 2} / /"]
    built = build("\n".join(lines) + "\n")
    assert [tool.name for tool in tools_under(built, 59, "/")] == ["the Go toolchain"]
