"""The images of a batch of a run: those that policies name, checked, and what they gave put to the rest."""

import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from scanguard.app.batch import Batch
from scanguard.app.images.targets import Wanted, owned
from scanguard.app.request import Request
from scanguard.engine.setting import Setting
from scanguard.sources.discover import Target
from scanguard.sources.repository import within

if TYPE_CHECKING:
    from scanguard.app.session import Session


def of_policies(session: "Session", request: Request, batches: dict[str, Batch]) -> Iterator[tuple[Batch, Wanted]]:
    """The images that the policies of the batches name, and those of the directories of the request.

    A policy of a directory without Dockerfiles gets a batch of its own where it names images. Of images with a Dockerfile
    those count whose Dockerfile is checked: it lies in one of the directories.
    """
    cwd = os.path.realpath(session.environment.cwd)
    named = (os.path.realpath(os.path.join(cwd, path)) for path in request.paths)
    directories = tuple(filter(os.path.isdir, named))
    for directory in directories:
        _of_directory(session, request, directory, batches)
    for batch, wanted in owned({where: (batch, batch.policy.images) for where, batch in batches.items()}, cwd):
        file = "" if wanted.dockerfile is None else os.path.realpath(wanted.dockerfile.path)
        if not file or any(within(file, directory) for directory in directories):
            yield batch, wanted


def _of_directory(session: "Session", request: Request, directory: str, batches: dict[str, Batch]) -> None:
    """Add the policy of a directory without Dockerfiles, where it names images."""
    where = session.policy_path(request, Target(os.path.join(directory, "Dockerfile"), ""))
    if where and where not in batches:
        policy = session.policy_at(where, request)
        if policy.images:
            batches[where] = Batch(policy)


def check_images(session: "Session", batch: Batch, settings: Sequence[Setting], request: Request) -> None:
    """Check the images of one batch and add what they gave to it."""
    from scanguard.app.images.run import ImageRun  # not for a run whose policies name no image

    checked = ImageRun(session, settings, batch.policy, request).check(batch.wanted)
    for one in checked.images:
        found = slice(len(batch.findings), len(batch.findings) + len(one.findings))
        batch.findings.extend(one.findings)
        batch.notifications.extend(one.notifications)
        batch.images.extend((image, found) for image in one.images)
        read = {file.source.uri for file in batch.files}
        batch.files.extend(file for file in one.files if file.source.uri not in read)
    batch.findings.extend(checked.unused())
    batch.notifications.extend(checked.notifications)
    batch.looked, batch.settled = checked.ran, checked.settled
