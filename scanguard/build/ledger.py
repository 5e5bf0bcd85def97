"""The packages of a stage, as its commands install and remove them."""

from fnmatch import fnmatchcase

from scanguard.build.commands import Invocation
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

    def packages(self) -> tuple[Package, ...]:
        """All packages, in the order in which they were installed."""
        return tuple(self._packages)

    def take(self, step: BuildStep) -> None:
        """Follow the commands of one RUN."""
        marked = False
        spared: set[str] = set()
        for call in step.invocations:
            marked = marked or _marks_all(call)
            spared.update(_marked_again(call))
            for operation in operations(call):
                self._apply(operation, call, step)
            if marked and _autoremoves(call):
                self._sweep(step, call, spared)
            self._rustup(call, step)

    def _apply(self, operation: Operation, call: Invocation, step: BuildStep) -> None:
        if operation.kind == "remove":
            self._remove(operation, step)
            return
        argument = operation.argument
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
        pattern = any(mark in wanted for mark in "*?[")
        for at, package in enumerate(self._packages):
            if package.removed is not None or _SYSTEM.get(package.manager, package.manager) != family:
                continue
            same = package.name == wanted or (bool(package.group) and package.group == wanted)
            if same or (pattern and fnmatchcase(package.name, wanted)):
                self._packages[at] = package._replace(removed=step, removed_span=operation.argument.span)

    def _sweep(self, step: BuildStep, call: Invocation, spared: set[str]) -> None:
        """`apt-mark auto '.*'`, then an autoremove: what this step installed and did not mark again goes."""
        for at, package in enumerate(self._packages):
            here = package.step.span == step.span and package.manager == "apt"
            if here and package.removed is None and package.name not in spared:
                self._packages[at] = package._replace(removed=step, removed_span=call.span)

    def _rustup(self, call: Invocation, step: BuildStep) -> None:
        """`curl https://sh.rustup.rs | sh`: rustup's own installer is how a Rust toolchain comes without a package."""
        for argument in call.arguments:
            if "sh.rustup.rs" in argument.text or "static.rust-lang.org/rustup" in argument.text:
                self._packages.append(Package("rustup", "rust", "", argument.span, step, True, call.certain))


def _marks_all(call: Invocation) -> bool:
    """`apt-mark auto '.*'`, or the same in two: `apt-mark showmanual | xargs apt-mark auto`."""
    if call.name != "apt-mark" or call.words[:1] != ("auto",):
        return False
    return ".*" in call.words or (call.input is not None and call.input.words[:1] == ("showmanual",))


def _marked_again(call: Invocation) -> tuple[str, ...]:
    return call.words[1:] if call.name == "apt-mark" and call.words[:1] == ("manual",) else ()


def _autoremoves(call: Invocation) -> bool:
    words = call.words
    if call.name not in ("apt-get", "apt"):
        return False
    return "autoremove" in words or "autopurge" in words or "--auto-remove" in words or "--autoremove" in words
