"""Which steps of a stage may have made a path, and how likely each is, by the facts of the symbolic build."""

from scanguard.blame.links import Means
from scanguard.blame.wording import squeezed
from scanguard.build.commands import Invocation
from scanguard.build.model import BuildStep, Copied, Stage
from scanguard.build.paths import covers, resolve
from scanguard.build.variables import is_fixed

# What fills the folders of an ecosystem, whichever files of a project name the packages.
_FILLERS = {
    "site-packages": frozenset("pip pip2 pip3 python python3 uv poetry pipenv pdm conda mamba micromamba".split()),
    "dist-packages": frozenset("pip pip3 python python3".split()),
    "node_modules": frozenset("npm yarn pnpm bun npx corepack".split()),
    "gems": frozenset("gem bundle bundler".split()),
    "vendor": frozenset("composer go bundle".split()),
    "target": frozenset("cargo mvn mvnw sbt".split()),
}
_NAMED, _FILLED = 3000, 2000
_CONTAINERS = frozenset(("site-packages", "dist-packages", "node_modules"))


def spares(step: BuildStep, path: str, means: Means) -> bool:
    """Whether a step certainly left the file at an absolute path alone: a COPY does that goes elsewhere, a RUN may do anything.

    An ADD may unpack an archive whose own links lead anywhere.
    """
    if step.instruction.keyword != "COPY":
        return step.instruction.keyword == "WORKDIR"
    place = resolve(step.directory, step.words[-1].text) if step.words else None
    if place is None or not all(is_fixed(word, step.variables) for word in step.words):
        return False
    places = means(place)
    return bool(places) and not any(covers(one, path) for one in places)


class Likely:
    """The facts of one stage, prepared for questions about many paths."""

    def __init__(self, stage: Stage) -> None:
        self.packages: dict[int, set[str]] = {}
        self.places: dict[int, list[str]] = {}
        for package in stage.packages:
            if package.step.stage == stage.index:
                self.packages.setdefault(package.step.position, set()).add(_canonical(package.name))
        for one in stage.written:
            self.places.setdefault(one.step.position, []).append(one.path)
        for fetched in stage.downloads:
            if fetched.destination is not None:
                self.places.setdefault(fetched.step.position, []).append(fetched.destination)

    def score(self, step: BuildStep, path: str) -> int:
        """How likely a step of the stage made an absolute path, to compare with others: 0 says that nothing speaks for it.

        Installing the package of that name speaks loudest, then a package manager that fills such a folder, then the
        longest path at or above it that the step writes or names.
        """
        if step.instruction.keyword in ("COPY", "ADD"):
            return max((_shared(copied.destination, path) for copied in step.copies), default=0)
        name = package_name(path)
        if name and name in self.packages.get(step.position, ()):
            return _NAMED
        best = max((_shared(one, path) for one in self.places.get(step.position, ())), default=0)
        return max((best, *(_spoken(call, path) for call in step.invocations)))


def package_name(path: str) -> str:
    """The package that a path of site-packages or node_modules belongs to, in lower case, or an empty text.

    https://packaging.python.org/en/latest/specifications/recording-installed-packages/
    """
    parts = path.split("/")
    for at in range(len(parts) - 2, -1, -1):
        if parts[at] in _CONTAINERS:
            name = parts[at + 1]
            if name.startswith("@") and at + 2 < len(parts):
                name = f"{name}/{parts[at + 2]}"
            if name.endswith((".dist-info", ".egg-info")):
                name = name.rpartition(".")[0].partition("-")[0]
            return _canonical(name)
    return ""


def _spoken(call: Invocation, path: str) -> int:
    """What a command's own words say."""
    filled = any(f"/{folder}/" in path and call.name in names for folder, names in _FILLERS.items())
    texts = [argument.text for argument in call.arguments]
    best = 0
    if call.program is not None:
        texts.append(call.program.text.partition("/bin/")[0])
    for text in texts:
        value = text if not text.startswith("-") else text.partition("=")[2]
        place = resolve(call.directory, value) if value and "\n" not in value else None
        if place is not None:
            best = max(best, _shared(place, path))
    return best + (_FILLED if filled and (best or "/lib/" in path or _inside(call, path)) else 0)


def _inside(call: Invocation, path: str) -> bool:
    return call.directory is not None and covers(call.directory, path)


def _shared(place: str, path: str) -> int:
    """The length of a path at or above another; the root says nothing much."""
    return len(place.rstrip("/")) + 1 if place.startswith("/") and covers(place, path) else 0


def folder(step: BuildStep, copied: Copied) -> str:
    """Where the contents of a source land if it is a directory: the destination itself, whatever the source's name."""
    base = resolve(step.directory, step.words[-1].text) if step.words else None
    return copied.destination if base is None or not covers(base, copied.destination) else base


def _canonical(name: str) -> str:
    return squeezed(name).lower().replace("_", "-").replace(".", "-")
