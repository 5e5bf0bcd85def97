"""Plugins: found through their entry points, loaded one by one, asked through pluggy.

A plugin that fails is a notification and takes nobody else down. Entry points are found by reading the
`entry_points.txt` files themselves: `importlib.metadata` costs more than a whole check does.
https://packaging.python.org/en/latest/specifications/entry-points/
"""

import os
import sys
from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, TypeVar

import pluggy

from scanguard import __version__, checks
from scanguard.engine.setting import describe
from scanguard.model.errors import ConfigurationError, TargetError
from scanguard.model.record import NamedTuple
from scanguard.model.report import Notification
from scanguard.plugin import GROUP, Check, Hooks, PolicyFile, Reporter

if TYPE_CHECKING:
    from scanguard.image.nodes import ImageSource

Answer = TypeVar("Answer")


class EntryPoint(NamedTuple):
    """One line of an `entry_points.txt` and the distribution that it belongs to."""

    name: str
    module: str
    distribution: str
    version: str


class Loaded(NamedTuple):
    """A plugin for `scanguard plugins`: `origin` is the distribution, `error` is empty where it was loaded."""

    name: str
    version: str
    origin: str
    checks: tuple[Check, ...] = ()
    error: str = ""


class Registry:
    """The plugins of one run."""

    def __init__(self, *, third_parties: bool) -> None:
        self._manager = pluggy.PluginManager(GROUP)
        self.notifications: list[Notification] = []
        self._image_checks: tuple[Check, ...] | None = None
        self._brought: list[Loaded] = []
        if third_parties:
            for entry in entry_points(sys.path, os.getcwd()):
                self._load(entry)

    @property
    def plugins(self) -> tuple[Loaded, ...]:
        """ScanGuard's own checks of Dockerfiles, and what other packages brought."""
        return (Loaded("scanguard", __version__, "built in", checks.builtin_checks()), *self._brought)

    @property
    def alone(self) -> bool:
        """Whether there is no plugin of another package: then pluggy, which is slow to begin, need not be asked."""
        return self._manager.get_plugins() <= {checks}

    @property
    def manager(self) -> pluggy.PluginManager:
        """Pluggy's manager with the hooks and the first-party plugin, told of them when it is first asked for something."""
        if not self._manager.has_plugin("scanguard"):
            self._manager.add_hookspecs(Hooks)
            self._manager.register(checks, "scanguard")
        return self._manager

    def _load(self, entry: EntryPoint) -> None:
        """Import a plugin and register it, inside its own error boundary."""
        found: tuple[Check, ...] = ()
        error = ""
        try:
            name = self.manager.register(import_module(entry.module), f"{entry.distribution}:{entry.name}")
            self.manager.check_pending()
            found = tuple(self._own(name, "scanguard_checks", Check)) if name else ()
        except (Exception, SystemExit) as failure:
            error = _reason(failure)
            self._unregister(entry)
            message = f"Plugin '{entry.name}' of {entry.distribution} {entry.version} could not be loaded: {error}."
            self.notifications.append(Notification("error", message))
        self._brought.append(Loaded(entry.name, entry.version, entry.distribution, found, error))

    def _unregister(self, entry: EntryPoint) -> None:
        name = f"{entry.distribution}:{entry.name}"
        if self.manager.has_plugin(name):
            self.manager.unregister(name=name)

    def _own(self, name: str, hook: str, kind: type[Answer]) -> list[Answer]:
        """What one plugin alone answers to a hook. Raises PluginValidationError for an answer of another kind."""
        others = [plugin for other, plugin in self.manager.list_name_plugin() if other != name]
        found = [one for answer in self.manager.subset_hook_caller(hook, others)() for one in answer]
        for one in found:
            if not isinstance(one, kind):
                message = f"{hook} answered with {type(one).__name__}, not with {kind.__name__}"
                raise pluggy.PluginValidationError(self.manager.get_plugin(name), message)
        return found

    def _all(self, hook: str, kind: type[Answer]) -> Iterator[Answer]:
        """What all plugins answer to a hook; one that fails is told and takes no other along."""
        for name in self._names():
            try:
                yield from self._own(name, hook, kind)
            except (Exception, SystemExit) as failure:
                self.notifications.append(Notification("error", f"Plugin '{name}' failed: {_reason(failure)}."))

    def _names(self) -> tuple[str, ...]:
        """The plugins that answer to hooks; ScanGuard's own does only where checks are asked for, and these are known."""
        return () if self.alone else tuple(name for name, _ in self.manager.list_name_plugin())

    def checks(self) -> tuple[Check, ...]:
        """The checks of Dockerfiles of all plugins. Raises ConfigurationError where two have the same id or name."""
        return tuple([check for check in self._unique() if check.subject == "dockerfile"])

    def _unique(self) -> tuple[Check, ...]:
        """The checks of all plugins; of images only those of third parties."""
        found: list[Check] = []
        owner: dict[str, str] = {}
        for plugin in self.plugins:
            for check in plugin.checks:
                for key in (check.rule.id, check.rule.name):
                    if key in owner:
                        message = f"plugin '{plugin.name}' brings a rule '{key}', which '{owner[key]}' has already"
                        raise ConfigurationError(f"{message}; uninstall one of them or use --no-plugins")
                    owner[key] = plugin.name
                found.append(check)
        return tuple(found)

    def image_checks(self) -> tuple[Check, ...]:
        """The checks of images, first-party ones first; loaded by the first call."""
        if self._image_checks is None:
            if not self.alone:
                self.manager.check_pending()  # here, before images are loaded in threads: what it imports is not made for these
            from scanguard.checks.image import CHECKS
            from scanguard.trivy.hook import checks as trivy_checks

            brought = () if self.alone else [check for check in self._unique() if check.subject == "image"]
            self._image_checks = (*CHECKS, *trivy_checks(), *brought)
        return self._image_checks

    def reporters(self) -> dict[str, Reporter]:
        """The formats that plugins bring, by name."""
        return {reporter.name: reporter for reporter in self._all("scanguard_reporters", Reporter)}

    def policies(self) -> dict[str, PolicyFile]:
        """The policies that plugins bring, by name."""
        return {policy.name: policy for policy in self._all("scanguard_policies", PolicyFile)}

    def load_image(self, target: str, platform: str, pull: bool) -> "ImageSource":
        """The image that `target` names: the first plugin that knows it answers, then ScanGuard's own sources.

        Raises TargetError where nobody has the image, or where a plugin fails.
        """
        for name in self._names():
            found = self._image(name, target, platform, pull)
            if found is not None:
                return found
        from scanguard.sources.images import scanguard_load_image

        own = scanguard_load_image(target, platform, pull)
        if own is None:
            raise TargetError("is an image that no plugin knows; check its name", target)
        return own

    def _image(self, name: str, target: str, platform: str, pull: bool) -> "ImageSource | None":
        """What one plugin alone answers; its failure is the target's, for nobody else may know the image as it does."""
        others = [plugin for other, plugin in self.manager.list_name_plugin() if other != name]
        call = self.manager.subset_hook_caller("scanguard_load_image", others)
        try:
            found: ImageSource | None = call(target=target, platform=platform, pull=pull)
        except TargetError:
            raise
        except (Exception, SystemExit) as failure:
            raise TargetError(f"plugin '{name}' failed: {_reason(failure)}", target) from failure
        if found is not None and not hasattr(type(found), "layers"):
            raise TargetError(f"plugin '{name}' answered with {type(found).__name__}, not with an image", target)
        return found


def _reason(failure: BaseException) -> str:
    """What pluggy says of a plugin, which quotes no file; of other errors the kind and the place only."""
    return str(failure) if isinstance(failure, pluggy.PluginValidationError) else describe(failure)


def entry_points(path: list[str], cwd: str) -> list[EntryPoint]:
    """The entry points of the group `scanguard`, in the order of `path`; the working directory is never looked at."""
    found: list[EntryPoint] = []
    seen: set[str] = set()
    for directory in path:
        if not directory or os.path.realpath(directory) == os.path.realpath(cwd) or not os.path.isdir(directory):
            continue
        with os.scandir(directory) as entries:
            names = sorted(entry.name for entry in entries if entry.name.endswith((".dist-info", ".egg-info")))
        for name in names:
            distribution, _, version = name.rpartition(".")[0].partition("-")
            if distribution in seen:
                continue
            seen.add(distribution)
            found.extend(_read(os.path.join(directory, name, "entry_points.txt"), distribution, version))
    return found


def _read(path: str, distribution: str, version: str) -> Iterator[EntryPoint]:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            text = file.read(1_000_000)
    except OSError:
        return
    if f"[{GROUP}]" not in text:
        return
    section = ""
    for line in text.splitlines():
        line = line.strip()
        if line.startswith("["):
            section = line.strip("[]").strip()
        elif section == GROUP and "=" in line and not line.startswith("#"):
            name, _, module = line.partition("=")
            yield EntryPoint(name.strip(), module.partition("[")[0].strip(), distribution.replace("_", "-"), version)
