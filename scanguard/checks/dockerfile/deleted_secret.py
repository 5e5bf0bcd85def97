from collections.abc import Iterator

from scanguard.build.credential_uses import credential_uses
from scanguard.build.model import BuildStep, Deleted
from scanguard.build.secret_layers import Removals, guesses, secret_files
from scanguard.build.secrets import Evidence, secrets
from scanguard.checks.secret_problems import graded
from scanguard.plugin import Build, Confidence, Problem, Severity, Span, Step, dockerfile_check


@dockerfile_check(
    "SGD305",
    "deleted-secret",
    Severity.CRITICAL,
    category="secrets",
    cis=("4.10",),
    nist=("4.1.4",),
    cwe=("459", "538"),
)
def check(build: Build) -> Iterator[Problem]:
    """A secret is written in one layer and deleted in a later one: it is still in the image.

    ## What it does

    Follows files that hold secrets by their names, copied or written by a RUN, and credential files that login commands make, to a
    RUN of a later layer that removes them, in the same stage or in one that is built FROM it. Written and removed by one
    RUN is clean. A secret file that is removed after `COPY .` is reported too, with less confidence.

    ## Why it is bad

    A layer only hides what lies below it. `docker save` gives the lower layer back with the secret in it.

    ## Example

    ```dockerfile
    FROM golang:1.25
    COPY id_ed25519 /root/.ssh/id_ed25519
    RUN git clone git@example.org:private/repository.git
    RUN rm -rf /root/.ssh
    ```

    Never let it into a layer:

    ```dockerfile
    FROM golang:1.25
    RUN --mount=type=ssh git clone git@example.org:private/repository.git
    ```

    ## How to fix

    Use `RUN --mount=type=secret` or `type=ssh`. Where that cannot be, write, use and remove the secret in one RUN. Change a secret
    that has been pushed in an image.

    ## References

    - [Build secrets](https://docs.docker.com/build/building/secrets/)
    - [Image layers](https://docs.docker.com/get-started/docker-concepts/building-images/understanding-image-layers/)
    """
    if not any(stage.deleted for stage in build.stages):
        return
    removals = Removals(build)
    told: set[tuple[int, int]] = set()
    literal = {(one.stage, one.position) for one in secrets(build) if one.evidence is not Evidence.COMMAND}
    for found in secret_files(build):
        step = found.step
        deleted = removals.later(step, found.path)
        if deleted is None or (found.how == "written" and (step.stage, step.position) in literal):
            continue
        told.add((step.stage, step.position))
        severity = found.kind.severity if found.how == "copied" else Severity.HIGH
        file = found.source or found.path
        yield _problem(build, file, found.how, found.span, step, deleted, severity, found.kind.confidence)
    for one in credential_uses(build, removals):
        place = (one.step.stage, one.step.position)
        deleted = removals.later_end(one.step, one.stores) if one.stores else None
        if deleted is not None and place not in told and place not in literal:
            told.add(place)
            yield _problem(build, one.stores, "written", one.span, one.step, deleted, Severity.HIGH, Confidence.HIGH)
    for guess in guesses(build):
        sure = min(guess.kind.confidence, Confidence.MEDIUM)
        path = guess.deleted.path
        yield _problem(
            build, path, "most likely copied", guess.copied.span, guess.step, guess.deleted, Severity.HIGH, sure
        )


def _problem(
    build: Build,
    file: str,
    what: str,
    span: Span,
    step: BuildStep,
    deleted: Deleted,
    severity: Severity,
    confidence: Confidence,
) -> Problem:
    stage = build.stages[step.stage]
    place = "" if build.ships(stage.index) else f" in {stage.aside}"
    message = f"'{file}' is {what} here and deleted in a later layer{place}: it can still be taken out of this one."
    related = (Step("deleted here, in a layer of its own", deleted.span),)
    trace = build.trace(f"'{file}' is {what} in {stage.title}", span, stage.index)
    return Problem(message, span, stage.index, confidence, graded(build, stage.index, severity), related, trace, file)
