"""The arguments of `scanguard check` that speak of images and of Trivy."""

import argparse
import os
import sys
from contextlib import AbstractContextManager, nullcontext

from scanguard.app.images.options import ImageOptions
from scanguard.cli.parser import words
from scanguard.model.errors import ConfigurationError
from scanguard.model.lazily import matcher
from scanguard.policy.model import ImageTarget
from scanguard.trivy.settings import TrivySettings, demand_local

_LONGEST = 86_400
_BACKENDS = ("fs", "memory")
_REDIS = matcher(r"redis://[^\s/]+(/\S*)?", "fullmatch")
_SERVER = matcher(r"https?://[^\s/@]+(/[^\s@]*)?", "fullmatch")


def add(parser: argparse.ArgumentParser) -> None:
    """Two groups of options: the images, and how Trivy scans them."""
    images = parser.add_argument_group("images")
    images.add_argument(
        "--image", metavar="REF", action="append", default=[], help="check an image too: a name, an archive, a layout"
    )
    images.add_argument(
        "--dockerfile",
        metavar="FILE",
        action="append",
        default=[],
        help="what the images were built from, checked too (default: as the policy says, or a likely one that fits)",
    )
    images.add_argument(
        "--builder", metavar="STAGE=REF", action="append", default=[], help="the image of a stage that files came from"
    )
    images.add_argument(
        "--platform", metavar="P", default="", help="which image of an index: linux/arm64 (default: as here)"
    )
    images.add_argument("--pull", action="store_true", help="fetch images that are not here")
    images.add_argument("--exclude-base", action="store_true", help="leave out what the base image brought")
    images.add_argument("--vex", metavar="FILE", action="append", default=[], help="an OpenVEX document to believe")
    images.add_argument("--no-images", dest="images", action="store_false", help="pass over the images of the policy")
    trivy = parser.add_argument_group("trivy")
    trivy.add_argument("--no-trivy", dest="scan", action="store_false", help="check images without Trivy")
    trivy.add_argument("--trivy", metavar="PATH", default="", help="the program (default: SCANGUARD_TRIVY, then PATH)")
    trivy.add_argument("--offline", action="store_true", help="fetch nothing; use the database that is here")
    trivy.add_argument(
        "--db-repository", metavar="REF", action="append", default=[], help="where the database is fetched from"
    )
    trivy.add_argument(
        "--trivy-server", metavar="URL", default="", help="a Trivy server; its token is in SCANGUARD_TRIVY_TOKEN"
    )
    trivy.add_argument("--trivy-cache", metavar="DIR", default="", help="where Trivy keeps its database")
    trivy.add_argument(
        "--trivy-backend",
        metavar="B",
        default="fs",
        help="where Trivy keeps what it knows of layers: fs (default), memory, redis://…",
    )
    trivy.add_argument(
        "--trivy-timeout",
        metavar="S",
        type=_seconds,
        default=TrivySettings().timeout,
        help="seconds that Trivy may take for an image (default: 600)",
    )


def _seconds(text: str) -> int:
    """A time limit. Raises ArgumentTypeError for what is none."""
    if text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= _LONGEST:
        return int(text)
    raise argparse.ArgumentTypeError(f"'{text}' is not a whole number of seconds, from 1 to {_LONGEST}")


def paths(namespace: argparse.Namespace) -> tuple[str, ...]:
    """What is checked beside the images: the paths and the images' Dockerfile; without either, and images, this directory."""
    named = tuple(dict.fromkeys((*namespace.paths, *namespace.dockerfile)))
    return named if named or namespace.image else (".",)


def image_options(namespace: argparse.Namespace) -> ImageOptions:
    """The parsed options of images.

    Raises ConfigurationError for an image whose name begins with `-`, for `--dockerfile` without `--image` or with a second
    file, and for what needs a connection beside `--offline`.
    """
    _refuse(namespace)
    dockerfile = next(iter(namespace.dockerfile), "")
    targets = tuple(
        ImageTarget(name, dockerfile, namespace.target, namespace.platform) for name in dict.fromkeys(namespace.image)
    )
    return ImageOptions(
        targets,
        pull=namespace.pull,
        exclude_base=namespace.exclude_base,
        scan=namespace.scan,
        of_policy=namespace.images,
        trivy=_trivy(namespace),
        builders=_builders(namespace.builder),
        vex=tuple(namespace.vex),
        say=_say,
        during=_during,
    )


def _refuse(namespace: argparse.Namespace) -> None:
    """Raise ConfigurationError for arguments that are none, or that exclude each other."""
    for name in namespace.image:
        if not name or name.startswith("-"):
            raise ConfigurationError(f"--image '{name}' names no image")
    for option in ("dockerfile", "builder", "platform"):
        if getattr(namespace, option) and not namespace.image:
            raise ConfigurationError(f"--{option} speaks of an image; name it with --image")
    if len(frozenset(namespace.dockerfile)) > 1:
        raise ConfigurationError(
            "--dockerfile is one file for all images; where they differ, name each image with its own in the policy (images:)"
        )
    if namespace.offline and namespace.pull:
        raise ConfigurationError("--offline and --pull exclude each other")


def _builders(pairs: list[str]) -> dict[str, str]:
    """`STAGE=REF` words as a mapping. Raises ConfigurationError where one is none."""
    found = {}
    for pair in pairs:
        stage, _, reference = pair.partition("=")
        if not stage or not reference or reference.startswith("-"):
            raise ConfigurationError(f"--builder '{pair}': write STAGE=REF, as in builder=app:builder")
        found[stage] = reference
    return found


def _trivy(namespace: argparse.Namespace) -> TrivySettings:
    """How Trivy is to be run. Raises ConfigurationError for a server or a backend that is none, or that is not offline."""
    default = TrivySettings()
    server, backend = namespace.trivy_server, namespace.trivy_backend
    if server and not _SERVER(server):
        known = "write http://HOST or https://HOST, without user and password; the token is in SCANGUARD_TRIVY_TOKEN"
        raise ConfigurationError(f"--trivy-server '{_masked(server)}' is no address of a server; {known}")
    if backend not in _BACKENDS and not _REDIS(backend):
        known = "write fs, memory or redis://HOST:PORT"
        raise ConfigurationError(f"--trivy-backend '{_masked(backend)}' is none; {known}")
    settings = TrivySettings(
        path=namespace.trivy,
        cache=namespace.trivy_cache,
        db_repository=words(namespace.db_repository) or default.db_repository,
        offline=namespace.offline,
        timeout=namespace.trivy_timeout,
        server=server,
        cache_backend=backend,
    )
    demand_local(settings)
    return settings


def _masked(address: str) -> str:
    """An address without the user and the password in it."""
    import re

    return re.sub("//.*@", "//***@", address)


def _say(line: str) -> None:
    """A line for people: on standard error, where that is a terminal."""
    if sys.stderr.isatty():
        from scanguard.cli.progress import PROGRESS

        PROGRESS.say(line)


def _during(what: str) -> AbstractContextManager[None]:
    """Tells people what goes on while a block runs, where somebody sits at a terminal."""
    if not sys.stderr.isatty() or os.environ.get("CI", "") not in ("", "false"):
        return nullcontext()
    from scanguard.cli.progress import PROGRESS

    return PROGRESS.during(what)
