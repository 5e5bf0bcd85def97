"""Build tools: which packages are some, and which of them lie under a path of a stage.

A build tool turns sources into binaries or is needed only to do so: compilers, linkers, build systems, headers, language
toolchains and SDKs. Interpreters, package managers, curl, wget and git are none.
"""

from collections.abc import Iterator, Mapping

from scanguard.build.bases import JDK, base_toolchain
from scanguard.build.model import Build, BuildStep, ImageUse, Package, Stage
from scanguard.build.paths import covers
from scanguard.model.finding import Step
from scanguard.model.location import Span
from scanguard.model.record import NamedTuple
from scanguard.model.reference import ImageReference

_EXACT = frozenset(
    "gcc g++ cpp clang clang++ llvm lld gfortran gdc gnat nasm yasm tcc musl-tools cc c++ "
    "make gmake cmake ninja ninja-build meson scons bazel bazelisk ant maven gradle sbt leiningen premake4 premake5 "
    "autoconf automake libtool libtool-bin m4 bison flex gettext-dev autotools-dev autoconf-archive "
    "build-essential build-base base-devel alpine-sdk devscripts dpkg-dev debhelper fakeroot checkinstall rpm-build rpmdevtools "
    "binutils binutils-gold elfutils patchelf-dev pkg-config pkgconf pkgconfig swig gperf ccache distcc "
    "rust rustc cargo rust-all rustup golang go golang-go golang-any gccgo ghc cabal-install haskell-stack ocaml opam "
    "nim crystal zig dmd ldc mono-devel mono-complete fpc valac erlang-dev "
    "default-jdk default-jdk-headless java-devel kotlin scala "
    "nvidia-cuda-toolkit cuda cuda-toolkit nvcc cudatoolkit-dev cuda-nvcc cuda-compiler "
    "compilers c-compiler cxx-compiler fortran-compiler gxx "
    "linux-headers kernel-headers glibc-headers emscripten".split()
)
_PREFIXES = (
    "gcc-", "g++-", "clang-", "gfortran-", "cpp-", "golang-1", "golang-go", "rustc-", "cargo-1", "llvm-",
    "linux-headers-", "kernel-devel", "cuda-nvcc-", "cuda-compiler-", "cuda-toolkit-", "cuda-minimal-build-",
    "dotnet-sdk-", "gcc_linux", "gxx_linux", "gfortran_linux", "gcc_impl", "nvidia-cuda-dev", "gcc-toolset", "devtoolset-",
    "msbuild", "binutils-",
)  # fmt: skip
_SUFFIXES = ("-dev", "-devel", "-headers", "-sdk", "-static-dev")
_NOT_TOOLS = frozenset(
    "gcc-libs gcc-runtime libgcc gcc-base cpp-base clang-libs llvm-libs google-cloud-sdk aws-sdk cloud-sdk".split()
)
_NOT_PREFIXES = (
    "libgcc",
    "libstdc++",
    "gcc-libs",
    "google-cloud",
    "llvm-libs",
    "clang-libs",
    "clang-libclang",
    "clang-resource-filesystem",
    "llvm-compat-libs",
    "llvm-filesystem",
)
# Settings that NVIDIA's libraries bring: `cuda-toolkit-12-4-config-common`.
_NOT_SUFFIXES = ("-config-common",)
# Versions that SUSE, Alpine and EPEL write into the name: `gcc13-c++`, `go1.21`, `cmake3`.
_NUMBER = "0123456789."
_GROUPS = frozenset(
    ("development tools", "development libraries", "development", "@development", "@development-tools", "c-development")
)
_LANGUAGE_MANAGERS: dict[str, frozenset[str]] = {
    "pip": frozenset(
        "cmake ninja meson maturin scikit-build scikit-build-core cython pybind11 nvidia-cuda-nvcc-cu12".split()
    ),
    "npm": frozenset("typescript node-gyp webpack webpack-cli gulp gulp-cli grunt grunt-cli bower parcel".split()),
    "gem": frozenset({"rake-compiler"}),
    "rustup": frozenset({"rust", "stable", "nightly", "beta"}),
    "archive": frozenset({"go"}),
}
_SYSTEM_MANAGERS = frozenset("apt apk dnf yum microdnf zypper pacman conda mamba".split())
_ALIASES = {"uv": "pip", "pipx": "pip", "poetry": "pip", "yarn": "npm", "pnpm": "npm", "bun": "npm"}

# Where programs of a manager lie; those of the others in `/usr/bin`.
_PROGRAMS = {"rustup": "/root/.cargo", "archive": "/usr/local/go"}

# Where toolchains live that come as an archive or through an installer, not as a package.
_PLACES: tuple[tuple[str, str], ...] = (
    ("/usr/local/go", "the Go toolchain"),
    ("/usr/local/cargo", "the Rust toolchain"),
    ("/usr/local/rustup", "the Rust toolchain"),
    ("/root/.cargo", "the Rust toolchain"),
    ("/root/.rustup", "the Rust toolchain"),
    ("/opt/conda", "a whole conda installation"),
    ("/opt/miniconda3", "a whole conda installation"),
    ("/opt/gradle", "Gradle"),
    ("/opt/maven", "Maven"),
    ("/usr/share/maven", "Maven"),
)


class Tool(NamedTuple):
    """A build tool in a stage: what it is, the place that brought it, the stage of that place and the way from there."""

    name: str
    span: Span
    stage: int
    way: tuple[Step, ...] = ()


def is_build_tool(package: Package) -> bool:
    """Whether a package is a build tool, judged by the naming of its package manager."""
    return is_tool_name(package.manager, package.name)


def is_tool_name(manager: str, name: str) -> bool:
    """Whether a package manager's package of this name is a build tool."""
    name = name.lower()
    family = _ALIASES.get(manager, manager)
    if family in _LANGUAGE_MANAGERS:
        if family == "rustup":
            return True
        return name in _LANGUAGE_MANAGERS[family]
    if family not in _SYSTEM_MANAGERS:
        return False
    first, dash, rest = name.partition("-")
    return _is_system_tool(name) or _is_system_tool(first.rstrip(_NUMBER) + dash + rest)


def is_group(name: str) -> bool:
    """Whether what is named is a group of packages, which no database of packages has by this name."""
    return name.lower() in _GROUPS


def _is_system_tool(name: str) -> bool:
    if name in _NOT_TOOLS or name.startswith(_NOT_PREFIXES) or name.endswith(_NOT_SUFFIXES):
        return False
    if name.startswith("gcc-") and name.endswith("-base"):
        return False
    if name in _EXACT or name in _GROUPS or name.startswith(_PREFIXES) or name.endswith(_SUFFIXES):
        return True
    return name.startswith(("openjdk", "java-", "temurin")) and (
        name.endswith(("-jdk", "-jdk-headless")) or "jdk" in name.split("-")[-1:]
    )


def tools_under(build: Build, source: "int | ImageUse", path: str) -> tuple[Tool, ...]:
    """The build tools that somebody gets who copies `path` out of a stage or an external image.

    Stages are asked from the bottom up and each once for a path: to follow every way by itself would take time
    exponential in their number.
    """
    if isinstance(source, ImageUse):
        return _under_image(source, path)
    answers: dict[tuple[int, str], tuple[Tool, ...]] = {}
    for index, place in _asked(build, source, path):
        answers[index, place] = _under_stage(build, index, place, answers)
    return answers[source, path]


def _asked(build: Build, source: int, path: str) -> list[tuple[int, str]]:
    """The stages and paths from which something comes under a path of a stage, itself last: copies go upwards only."""
    found = {(source, path)}
    waiting = [(source, path)]
    while waiting:
        index, place = waiting.pop()
        for stage in build.stages[index].lineage:
            for step, copied in _copied_under(stage, place):
                if isinstance(step.source, int) and (step.source, copied) not in found:
                    found.add((step.source, copied))
                    waiting.append((step.source, copied))
    return sorted(found)


def _copied_under(stage: Stage, path: str) -> Iterator[tuple[BuildStep, str]]:
    """The steps by which a stage copies something under a path, each with the path in its source."""
    for step in stage.steps:
        if step.source is not None:
            for copied in step.copies:
                if covers(path, copied.destination):
                    yield step, copied.source


def _under_stage(
    build: Build, index: int, path: str, answers: Mapping[tuple[int, str], tuple[Tool, ...]]
) -> tuple[Tool, ...]:
    found: dict[str, Tool] = {}
    for stage in build.stages[index].lineage:
        for tool in _of_stage(stage, path, answers):
            found.setdefault(tool.name, tool)
    for package in build.stages[index].packages:
        place = _PROGRAMS.get(package.manager, "/usr/bin")
        if covers(path, place) and package.removed is None and package.known and is_build_tool(package):
            message = f"'{package.name}' is installed in {build.stages[package.step.stage].title}"
            way = (Step(message, package.span),)
            found.setdefault(package.name, Tool(package.name, package.span, package.step.stage, way))
    if not found and _place(path):
        found[path] = Tool(_place(path), build.stages[index].from_span, index)
    return tuple(found.values())


def _under_image(use: ImageUse, path: str) -> tuple[Tool, ...]:
    name = _place(path) or _of_image(use.reference, path)
    return (Tool(name, use.span, use.stage),) if name else ()


def _of_stage(stage: Stage, path: str, answers: Mapping[tuple[int, str], tuple[Tool, ...]]) -> Iterator[Tool]:
    """What a stage's base image brings under a path, and what the stage copied there from elsewhere."""
    name = _of_image(stage.image.reference if stage.image else None, path)
    if name:
        origin = Step(f"{stage.title} is built FROM an image that holds {name}", stage.from_span)
        yield Tool(name, stage.from_span, stage.index, (origin,))
    for step, copied in _copied_under(stage, path):
        source = step.source
        tools = answers[source, copied] if isinstance(source, int) else ()
        if isinstance(source, ImageUse):
            tools = _under_image(source, copied)
        message = f"{stage.title} copies '{copied}'"
        for tool in tools:
            yield tool._replace(way=(*tool.way, Step(message, step.span)))


def _of_image(reference: ImageReference | None, path: str) -> str:
    toolchain = base_toolchain(reference) if reference else None
    if toolchain is None:
        return ""
    if not any(covers(path, place) for place in toolchain.paths):
        return ""
    return _place(path) or (JDK.tools if path.rstrip("/") in JDK.paths else toolchain.tools)


def _place(path: str) -> str:
    for place, name in _PLACES:
        if path.rstrip("/") == place:
            return name
    return ""
