"""The packages of a stage, as its commands install and remove them."""

from fnmatch import fnmatchcase

from scanguard.build.commands import Invocation
from scanguard.build.marks import MANUAL, METAPACKAGES, NEEDS, autoremoves, handed_over, marks, shows
from scanguard.build.model import BuildStep, Package
from scanguard.build.packages import Operation, operations

_SYSTEM = {"yum": "dnf", "microdnf": "dnf", "mamba": "conda", "uv": "pip"}


class Ledger:
    """What is installed so far; starts with what the base stage has.

    Nothing is forgotten: a removed package stays, with the step that removed it, because its bytes may still ship in
    the layer of the step that installed it.
    """

    def __init__(self, base: "Ledger | None") -> None:
        self._packages: list[Package] = list(base._packages) if base else []
        # By their places among the packages: those that nobody asked for, and what is left of metapackages that are gone.
        self._auto: set[int] = set(base._auto) if base else set()
        self._left: dict[int, tuple[str, ...]] = dict(base._left) if base else {}

    def packages(self) -> tuple[Package, ...]:
        """All packages, in the order in which they were installed; a metapackage that is gone as what it left."""
        found: list[Package] = []
        for at, package in enumerate(self._packages):
            left = self._left.get(at, ()) if package.removed is None else ()
            found.extend([package._replace(name=name) for name in left] or [package])
        return tuple(found)

    def take(self, step: BuildStep) -> None:
        """Follow the commands of one RUN."""
        first = len(self._packages)
        saved: frozenset[int] | None = None
        handed = {shown.span for call in step.invocations for shown in handed_over(call)}
        for call in step.invocations:
            if saved is None and shows(call) == MANUAL and call.span not in handed:
                saved = self._of_apt() - self._auto
            self._mark(call, first, saved or frozenset())
            for operation in operations(call):
                self._apply(operation, call, step)
            if autoremoves(call):
                self._sweep(step, call)
            self._rustup(call, step)

    def _of_apt(self, first: int = 0) -> frozenset[int]:
        """The places of apt's packages, from one on."""
        return frozenset(at for at in range(first, len(self._packages)) if self._packages[at].manager == "apt")

    def _mark(self, call: Invocation, first: int, saved: frozenset[int]) -> None:
        """`apt-mark auto` and `manual`: of named packages, of all of this step, or of those that a variable holds (`saved`)."""
        kind = marks(call)
        if not kind:
            return
        here = self._of_apt(first)
        chosen: set[int] = set()
        for argument in call.arguments[1:]:
            if argument.text == ".*":
                chosen |= here
            elif argument.known:
                chosen |= {at for at in self._of_apt() if _matches(self._packages[at].name, argument.text)}
            elif argument.variables:
                chosen |= saved
        for shown in handed_over(call):
            chosen |= here - self._auto if shows(shown) == MANUAL else here & self._auto
        self._auto = self._auto - chosen if kind == MANUAL else self._auto | chosen

    def _apply(self, operation: Operation, call: Invocation, step: BuildStep) -> None:
        if operation.kind == "remove":
            self._remove(operation, step)
            return
        argument = operation.argument
        self._auto -= {at for at in self._auto if self._packages[at].name == operation.name}
        self._packages.append(
            Package(
                operation.manager,
                operation.name,
                operation.version,
                argument.span,
                step,
                argument.known,
                call.certain,
                operation.group,
            )
        )

    def _remove(self, operation: Operation, step: BuildStep) -> None:
        family = _SYSTEM.get(operation.manager, operation.manager)
        wanted = operation.name
        for at, package in enumerate(self._packages):
            if package.removed is not None or _SYSTEM.get(package.manager, package.manager) != family:
                continue
            if family == "apt" and package.name in METAPACKAGES and not self._gone(at, wanted):
                continue
            same = _matches(package.name, wanted) or (bool(package.group) and package.group == wanted)
            if same or at in self._left:
                self._packages[at] = package._replace(removed=step, removed_span=operation.argument.span)

    def _gone(self, at: int, wanted: str) -> bool:
        """Take a metapackage away, or something that it brought; whether nothing that it brought is left."""
        name = self._packages[at].name
        brought = self._left.get(at, METAPACKAGES[name])
        left = tuple(one for one in brought if not any(_matches(of, wanted) for of in (one, *NEEDS.get(one, ()))))
        if left != brought or _matches(name, wanted):
            self._left[at] = left
            self._auto.add(at)
        return not left

    def _sweep(self, step: BuildStep, call: Invocation) -> None:
        """An autoremove: what nobody asked for goes."""
        for at in self._auto:
            package = self._packages[at]
            if package.removed is None:
                self._packages[at] = package._replace(removed=step, removed_span=call.span)

    def _rustup(self, call: Invocation, step: BuildStep) -> None:
        """`curl https://sh.rustup.rs | sh`: rustup's own installer is how a Rust toolchain comes without a package."""
        for argument in call.arguments:
            if "sh.rustup.rs" in argument.text or "static.rust-lang.org/rustup" in argument.text:
                self._packages.append(Package("rustup", "rust", "", argument.span, step, True, call.certain))


def _matches(name: str, wanted: str) -> bool:
    return name == wanted or (any(mark in wanted for mark in "*?[") and fnmatchcase(name, wanted))
