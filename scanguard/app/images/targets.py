"""Which images to check, and the Dockerfile of each."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from scanguard.model.errors import TargetError
from scanguard.model.record import NamedTuple
from scanguard.policy.model import ImageTarget
from scanguard.sources.discover import Target, discover
from scanguard.sources.repository import repository_root, within

Owner = TypeVar("Owner")


class Wanted(NamedTuple):
    """An image to check: what names it, and its Dockerfile, None where none is known.

    A `guessed` Dockerfile was not named by anybody: where the image was not built from it, it is forgotten. `error` is why
    the Dockerfile that was named cannot be found.
    """

    target: ImageTarget
    dockerfile: Target | None
    guessed: bool = False
    error: TargetError | None = None

    @property
    def home(self) -> str:
        """What decides which part of a run checks the image: its Dockerfile, which it confirms or refutes, or its own name."""
        return self.target.image if self.dockerfile is None else self.dockerfile.uri


def typed(
    targets: Iterable[ImageTarget], cwd: str, checked: Sequence[Target] = (), known: Iterable[ImageTarget] = ()
) -> Iterator[Wanted]:
    """The images of the command line; where no Dockerfile is named for them, what the policy says (`known`) counts.

    Of others a likely Dockerfile is tried: the only one that is `checked` beside them, or else that of the working directory.
    """
    root = _root(cwd)
    said = {os.path.normpath(_from_here(one.image, root, cwd)): one for one in known if one.dockerfile}
    for target in targets:
        same = said.get(os.path.normpath(target.image))
        if same is None or target.dockerfile:
            yield _typed(target, cwd, checked)
        else:
            stage, platform = target.target or same.target, target.platform or same.platform
            yield _listed(same._replace(image=target.image, target=stage, platform=platform), root, cwd)


def listed(targets: Iterable[ImageTarget], cwd: str) -> Iterator[Wanted]:
    """The images of a policy, whose Dockerfiles are paths from the root of the policy's repository."""
    root = _root(cwd)
    for target in targets:
        yield _listed(target._replace(image=_from_here(target.image, root, cwd)), root, cwd)


def owned(policies: Mapping[str, tuple[Owner, Sequence[ImageTarget]]], cwd: str) -> Iterator[tuple[Owner, Wanted]]:
    """The images of several policies (by the policy's path: its owner, and the images), each with the owner.

    An image that several have of one that they extend comes once, with the owner of the policy nearest to the root.
    """
    seen: set[ImageTarget] = set()
    for _, (owner, targets) in sorted(policies.items(), key=lambda one: (one[0].count(os.sep), one[0])):
        fresh = [target for target in targets if target not in seen]
        seen.update(fresh)
        yield from ((owner, wanted) for wanted in listed(fresh, cwd))


def _root(cwd: str) -> str:
    """The repository's root, or the working directory outside of one."""
    return repository_root(os.path.realpath(cwd)) or os.path.realpath(cwd)


def _from_here(image: str, root: str, cwd: str) -> str:
    """The absolute path of an image in the repository as people would type it here; anything else as it is."""
    if not os.path.isabs(image) or not within(image, root):
        return image
    return os.path.join(os.curdir, os.path.relpath(image, os.path.realpath(cwd)))


def _typed(target: ImageTarget, cwd: str, checked: Sequence[Target]) -> Wanted:
    if target.dockerfile:
        return _found(target, target.dockerfile, cwd)
    if len(checked) == 1:
        return Wanted(target, checked[0], guessed=True)
    if not os.path.isfile(os.path.join(cwd, "Dockerfile")):
        return Wanted(target, None)
    guess = _found(target, "Dockerfile", cwd)
    return Wanted(target, guess.dockerfile, guessed=True)


def _listed(target: ImageTarget, root: str, cwd: str) -> Wanted:
    """The image of a policy; where its Dockerfile is not found, the path as people would type it here."""
    if not target.dockerfile:
        return Wanted(target, None)
    path = os.path.join(root, target.dockerfile)
    wanted = _found(target, path, cwd)
    error = wanted.error
    if error is None:
        return wanted
    return wanted._replace(
        error=TargetError(error.message, os.path.normpath(_from_here(path, root, cwd)), error.region)
    )


def _found(target: ImageTarget, path: str, cwd: str) -> Wanted:
    found = discover((path,), cwd)
    if found.errors:
        return Wanted(target, None, error=found.errors[0])
    return Wanted(target, found.targets[0])
