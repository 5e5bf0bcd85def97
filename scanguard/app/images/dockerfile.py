"""The Dockerfile of an image, evaluated; loaded only where an image has one."""

from typing import TYPE_CHECKING

from scanguard.app.dockerfiles import build_options
from scanguard.app.request import Request
from scanguard.build.evaluate import UnknownTarget, evaluate
from scanguard.build.graph import StageNames
from scanguard.build.model import Build
from scanguard.dockerfile.decode import decode
from scanguard.dockerfile.parser import parse
from scanguard.model.errors import TargetError
from scanguard.model.location import Source
from scanguard.policy.model import Policy
from scanguard.sources.discover import Target

if TYPE_CHECKING:
    from scanguard.app.session import Session


def built(session: "Session", dockerfile: Target, stage: str, policy: Policy, request: Request) -> Build:
    """The evaluated Dockerfile of an image, up to `stage` (empty: as the policy and the request say).

    Raises TargetError where it cannot be read or has no such stage.
    """
    text, _ = decode(session.read(dockerfile))
    options = next(build_options(session, dockerfile.uri, policy, request))
    if stage:
        options = options._replace(target=stage)
    try:
        return evaluate(parse(Source(dockerfile.uri, text)), options)
    except UnknownTarget as error:
        raise TargetError(error.message, dockerfile.uri) from error


def is_checked(session: "Session", build: Build, policy: Policy, request: Request) -> bool:
    """Whether the stage of an image is what its Dockerfile is checked for, and nothing else is: it may refute that then."""
    source = build.dockerfile.source
    checked = {
        StageNames(build.dockerfile).target(one.target) if one.target else len(build.stages) - 1
        for one in build_options(session, source.uri, policy, request)
    }
    return build.shipped is not None and checked == {build.shipped.index}
