"""One Dockerfile, evaluated, for the commands that show a build."""

from collections.abc import Mapping

from scanguard.app.request import Environment
from scanguard.build.evaluate import BuildOptions, UnknownTarget, evaluate
from scanguard.build.model import Build
from scanguard.dockerfile.decode import decode
from scanguard.dockerfile.parser import parse
from scanguard.model.errors import ConfigurationError
from scanguard.model.location import Source
from scanguard.sources.discover import discover
from scanguard.sources.read import read


def build_of(path: str, environment: Environment, target: str, build_args: Mapping[str, str]) -> Build:
    """The evaluated build of one file. Raises TargetError where it cannot be read, ConfigurationError for an unknown target."""
    found = discover((path,), environment.cwd)
    for error in found.errors:
        raise error
    first = found.targets[0]
    text, _ = decode(read(first.path, uri=first.uri))
    try:
        return evaluate(parse(Source(first.uri, text)), BuildOptions(target, build_args))
    except UnknownTarget as error:
        raise ConfigurationError(f"there is no stage '{target}'", first.uri) from error
