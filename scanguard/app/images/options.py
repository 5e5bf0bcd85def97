"""What the command line says of images, and the policy where it says nothing."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeVar

from scanguard.model.record import NamedTuple
from scanguard.policy.model import ImageTarget, Policy
from scanguard.trivy.settings import During, Say, TrivySettings, silent, unwatched

Value = TypeVar("Value")


class ImageOptions(NamedTuple):
    """The images to check and how.

    The `dockerfile` of each of the `targets` is a path as it was typed, empty where none was given. `pull` allows to fetch
    images, `exclude_base` marks what their bases brought, `scan` is False where Trivy is not to be run. `of_policy` is
    False where only the `targets` are wanted, not the images that a policy names. `builders` has images
    of stages by the stage's name: files that were copied from them are blamed exactly. `vex` are paths of OpenVEX
    documents. `say` gets a line for people before something takes long, `during` what goes on while its block runs.
    """

    targets: tuple[ImageTarget, ...] = ()
    pull: bool = False
    exclude_base: bool = False
    scan: bool = True
    of_policy: bool = True
    trivy: TrivySettings = TrivySettings()
    builders: Mapping[str, str] = MappingProxyType({})
    vex: tuple[str, ...] = ()
    say: Say = silent
    during: During = unwatched


def trivy_settings(asked: TrivySettings, policy: Policy) -> TrivySettings:
    """The command line's settings, and the policy's where the command line says nothing.

    A digest beside a path is that program's; one without a path is demanded of whichever program is run.
    """
    said = policy.trivy
    default = TrivySettings()
    return asked._replace(
        path=asked.path or said.path,
        sha256=asked.sha256 or ("" if asked.path and said.path else said.sha256),
        db_repository=_first(asked.db_repository, said.db_repository, default.db_repository),
        oldest_days=asked.oldest_days if said.max_database_age is None else said.max_database_age,
        timeout=_first(asked.timeout, said.timeout, default.timeout),
        server=asked.server or said.server,
    )


def _first(asked: Value, said: "Value | None", default: Value) -> Value:
    """What was asked for; the policy's say where that is the default."""
    return asked if asked != default else said or default
