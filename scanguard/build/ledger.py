"""The packages of a stage, as its commands install and remove them."""

from collections.abc import Iterable

from scanguard.build.commands import Argument, Invocation
from scanguard.build.marks import (
    AUTO,
    MANUAL,
    automatic,
    file_written,
    files_read,
    handed_over,
    marking,
    origin,
    shows,
    sweeps,
    undoes,
)
from scanguard.build.model import BuildStep, Package
from scanguard.build.packages import Operation, operations
from scanguard.build.packages_needs import HELD, METAPACKAGES, candidates, goes_with, matches, needed
from scanguard.model.location import Span

_FAMILIES = {
    "dpkg": "apt", **dict.fromkeys(("dnf", "yum", "microdnf", "zypper", "rpm"), "rpm"), "mamba": "conda", "uv": "pip"
}  # fmt: skip
_GO_ARCHIVES = ("go.dev/dl/go", "golang.org/dl/go", "dl.google.com/go/go", "storage.googleapis.com/golang/go")
_UNPACKED = frozenset(("/usr/local", "/usr/local/", "-C/usr/local", "--directory=/usr/local"))
# Who does not take away what needs a package that goes.
_ALONE = frozenset(("dpkg", "rpm"))


class Ledger:
    """What is installed so far; starts with what the base stage has.

    Nothing is forgotten: a removed package stays, with the step that removed it, because its bytes may still ship in
    the layer of the step that installed it. Sets of packages are sets of their places in the ledger.
    """

    def __init__(self, base: "Ledger | None") -> None:
        self._packages: list[Package] = list(base._packages) if base else []
        # The places of what is installed: all, by family and name, by family and group.
        self._live: set[int] = set()
        self._named: dict[str, dict[str, set[int]]] = {}
        self._grouped: dict[tuple[str, str], set[int]] = {}
        for place in sorted(base._live) if base else ():
            self._enter(place)
        self._auto: set[int] = set(base._auto) if base else set()
        # What metapackages brought, each behind its own; the files with lists of packages; what the last dnf installed.
        self._brought: set[int] = set(base._brought) if base else set()
        self._files: dict[str, frozenset[int]] = dict(base._files) if base else {}
        self._last: range = base._last if base else range(0)
        self._archive: tuple[BuildStep | None, Argument | None] = (None, None)

    def packages(self) -> tuple[Package, ...]:
        """All packages, in the order in which they were installed; a metapackage that is gone as what it left."""
        found: list[Package] = []
        for at, package in enumerate(self._packages):
            if at in self._brought:
                continue
            count = len(METAPACKAGES[package.name]) if at + 1 in self._brought else 0
            members = self._packages[at + 1 : at + 1 + count]
            left = [one for one in members if one.removed is None]
            if package.removed is None or not members:
                found.append(package)
            else:
                found.extend(left or [max((package, *members), key=_time_of_removal)._replace(name=package.name)])
        return tuple(found)

    def take(self, step: BuildStep) -> None:
        """Follow the commands of one RUN."""
        first = len(self._packages)
        saved: frozenset[int] | None = None
        handed = {origin(one).span for call in step.invocations if marking(call) for one in handed_over(call)}
        for call in step.invocations:
            if call.skipped:
                continue
            if file_written(call):
                self._files[file_written(call)] = self._printed(call)
            elif saved is None and shows(call) == MANUAL and call.span not in handed:
                saved = self._printed(call)
            self._mark(call, first, saved or frozenset())
            self._apply(call, step)
            if sweeps(call):
                self._take_away(self._unneeded(sweeps(call)), step, call.span)
            self._rustup(call, step)
            self._go(call, step)

    def _of(self, family: str) -> frozenset[int]:
        """What is installed of a family of managers."""
        return frozenset().union(*self._named.get(family, {}).values())

    def _matching(self, family: str, wanted: str) -> frozenset[int]:
        """What is installed of a family under a name or a pattern of names."""
        names = self._named.get(family, {})
        return frozenset().union(*(names[name] for name in candidates(names, wanted) if matches(name, wanted)))

    def _add(self, package: Package) -> int:
        self._packages.append(package)
        self._enter(len(self._packages) - 1)
        return len(self._packages) - 1

    def _enter(self, at: int) -> None:
        package = self._packages[at]
        family = _family(package.manager)
        self._live.add(at)
        self._named.setdefault(family, {}).setdefault(package.name, set()).add(at)
        self._grouped.setdefault((family, package.group), set()).add(at)

    def _printed(self, call: Invocation) -> frozenset[int]:
        """The packages that a command prints the names of: `apt-mark`'s lists, by itself or out of a file."""
        call = origin(call)
        if shows(call):
            return self._of("apt") & self._auto if shows(call) == AUTO else self._of("apt") - self._auto
        return self._in_files(files_read(call))

    def _in_files(self, paths: Iterable[str]) -> frozenset[int]:
        return frozenset(at for path in paths for at in self._files.get(path, ()))

    def _mark(self, call: Invocation, first: int, saved: frozenset[int]) -> None:
        """Follow `apt-mark auto` and `manual`: of named packages, of all of this step, or of a list (`saved`: in a variable)."""
        mark = marking(call)
        if mark is None:
            return
        here = frozenset(at for at in self._of(mark.family) if at >= first)
        listed = self._in_files(files_read(call)).union(*(self._printed(one) for one in handed_over(call)))
        chosen = listed if mark.kind == MANUAL else listed & here
        for name in mark.names:
            if name.text == ".*":
                chosen |= here
            elif name.known:
                chosen |= self._matching(mark.family, name.text)
            elif name.variables:
                chosen |= saved
        self._auto = self._auto - chosen if mark.kind == MANUAL else self._auto | chosen

    def _apply(self, call: Invocation, step: BuildStep) -> None:
        """Follow what a command installs and removes."""
        before = len(self._packages)
        found = operations(call)
        for operation in found:
            if operation.kind == "remove":
                self._take_away(self._meant(operation), step, operation.argument.span)
            else:
                self._install(operation, call, step)
        if undoes(call):
            self._take_away(self._last, step, call.span)
        elif any(_family(operation.manager) == "rpm" for operation in found):
            self._last = range(before, len(self._packages))

    def _install(self, operation: Operation, call: Invocation, step: BuildStep) -> None:
        manager, name, argument = operation.manager, operation.name, operation.argument
        self._auto -= self._named.get(_family(manager), {}).get(name, set()) - self._brought
        package = Package(
            manager, name, operation.version, argument.span, step, argument.known, call.certain, operation.group
        )
        place = self._add(package)
        asked: tuple[str, ...] = ()
        if operation.kind == "needs":
            asked = () if automatic(call) else HELD
            self._auto |= {place} if automatic(call) else set()
        for name in METAPACKAGES.get(package.name, ()) if manager == "apt" else ():
            member = self._add(package._replace(name=name))
            self._brought.add(member)
            if name not in asked:
                self._auto.add(member)

    def _meant(self, operation: Operation) -> frozenset[int]:
        """What goes where a package is removed: it, its group, and what needs it."""
        wanted, family = operation.name, _family(operation.manager)
        names = self._named.get(family, {})
        possible = candidates(names, wanted)
        going = [name for name in possible if matches(name, wanted)]
        if family in ("apt", "rpm") and operation.manager not in _ALONE:
            versions = family == "apt" and (not going or "*" in wanted)
            going = [name for name in possible if goes_with(name, wanted, versions=versions)]
        return frozenset(self._grouped.get((family, wanted), ())).union(*(names[name] for name in going))

    def _unneeded(self, family: str) -> frozenset[int]:
        """What nobody asked for, and nothing needs that somebody asked for."""
        here = self._of(family)
        asked = {self._packages[at].name for at in here - self._auto}
        kept = {name for package in asked for name in needed(package)}
        return frozenset(at for at in here & self._auto if self._packages[at].name not in kept)

    def _take_away(self, places: Iterable[int], step: BuildStep, span: Span) -> None:
        gone = self._live.intersection(places)
        for at in gone:
            package = self._packages[at]
            family = _family(package.manager)
            self._packages[at] = package._replace(removed=step, removed_span=span)
            self._named[family][package.name].discard(at)
            if not self._named[family][package.name]:
                del self._named[family][package.name]
            self._grouped[family, package.group].discard(at)
        self._live -= gone
        self._auto -= gone

    def _rustup(self, call: Invocation, step: BuildStep) -> None:
        """`curl https://sh.rustup.rs | sh`, `rustup self uninstall`: a Rust toolchain comes and goes without a package."""
        for argument in call.arguments:
            if "sh.rustup.rs" in argument.text or "static.rust-lang.org/rustup" in argument.text:
                self._add(Package("rustup", "rust", "", argument.span, step, True, call.certain))
        if call.name == "rustup" and call.words[:2] == ("self", "uninstall"):
            self._take_away(self._of("rustup"), step, call.span)

    def _go(self, call: Invocation, step: BuildStep) -> None:
        """Go's own archive, fetched and unpacked where https://go.dev/doc/install says, and `rm` of what came out."""
        if call.name == "tar" and _UNPACKED.intersection(call.words):
            if self._archive[0] is not step:
                self._archive = step, _go_archive(step)
            argument = self._archive[1]
            if argument is not None:
                self._add(Package("archive", "go", "", argument.span, step, True, call.certain))
        elif call.name == "rm" and "/usr/local/go" in [word.rstrip("/*") for word in call.words]:
            self._take_away(self._of("archive"), step, call.span)


def _go_archive(step: BuildStep) -> Argument | None:
    """The address of Go's own archive that a RUN names first."""
    for argument in (one for call in step.invocations for one in call.arguments):
        if ".linux-" in argument.text and any(place in argument.text for place in _GO_ARCHIVES):
            return argument
    return None


def _family(manager: str) -> str:
    return _FAMILIES.get(manager, manager)


def _time_of_removal(package: Package) -> tuple[int, int]:
    return (package.removed.stage, package.removed.position) if package.removed else (-1, -1)
