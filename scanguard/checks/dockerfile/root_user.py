from collections.abc import Iterator

from scanguard.build.privileges import Drop, privilege_drop
from scanguard.plugin import Build, Confidence, Problem, Severity, Span, Stage, Step, dockerfile_check


@dockerfile_check(
    "SGD101",
    "root-user",
    Severity.HIGH,
    category="user",
    equivalents=("DL3002", "DS-0002", "CKV_DOCKER_3", "CKV_DOCKER_8", "CIS-DI-0001"),
    cis=("4.1",),
    nist=("4.1.2",),
    cwe=("250",),
)
def check(build: Build) -> Iterator[Problem]:
    """The shipped image runs as root.

    ## What it does

    Follows `USER` through the stages that ship, variables put in: no `USER` at all, `root`, `0`, `00`, `0:0`, back to root
    after a drop, or root inherited through `FROM stage`. A base image that is known to run as another user is silent. An
    entrypoint that drops privileges (gosu, su-exec, setpriv) lowers the confidence. A stage on `scratch` that only takes files
    of other stages, for `docker build --output`, has nothing to run and is silent. Where an image of the Dockerfile is checked
    too and runs as another user, the finding says so and is a note.

    ## Why it is bad

    A process that is broken into has all the rights of its user. Root in a container can write every file of the image,
    install tools, and is one kernel or runtime defect away from root on the host.

    ## Example

    ```dockerfile
    FROM python:3.12-slim
    COPY app.py /app/
    CMD ["python", "/app/app.py"]
    ```

    Make a user and run as it:

    ```dockerfile
    FROM python:3.12-slim
    RUN useradd --create-home --uid 10001 app
    COPY app.py /app/
    USER 10001
    CMD ["python", "/app/app.py"]
    ```

    ## How to fix

    Add `USER` after the last instruction that needs root. A number lets Kubernetes verify `runAsNonRoot`.

    ## References

    - [USER](https://docs.docker.com/reference/dockerfile/#user)
    - [Running as non-root in Kubernetes](https://kubernetes.io/docs/concepts/security/pod-security-standards/)
    """
    stage = build.shipped
    if stage is None or _exported(stage):
        return
    user = stage.user
    drop = privilege_drop(stage)
    if user.span is not None and user.known and user.root:
        home = _home(build, stage, user.span)
        message = f"The shipped image runs as root: USER is '{_shown(user.name, user.group)}'."
        trace = build.trace(f"USER is set to '{user.name}' in {build.stages[home].title}", user.span, home)
        yield _problem(message, user.span, stage, drop, Confidence.HIGH, trace)
    elif user.span is None:
        yield from _without_user(build, stage, drop)


def _exported(stage: Stage) -> bool:
    """Whether the stage only hands over files of other stages (`--output`): an image that has nothing to start, nor a shell."""
    steps = tuple(step for below in stage.lineage for step in below.steps)
    copies = tuple(step for step in steps if step.instruction.keyword == "COPY" and step.source is not None)
    quiet = sum(step.instruction.keyword in ("FROM", "ARG", "LABEL") for step in steps)
    return stage.lineage[0].scratch and bool(copies) and len(copies) + quiet == len(steps)


def _without_user(build: Build, stage: Stage, drop: Drop | None) -> Iterator[Problem]:
    """No USER in the stages that ship: the base image's own user counts."""
    bottom = stage.lineage[0]
    reference = bottom.image.reference if bottom.image else None
    trace = build.trace(f"{bottom.title} sets no USER", bottom.from_span, bottom.index)
    if stage.user.known:
        if stage.user.root:
            base = "'scratch'" if bottom.scratch else f"'{reference}'"
            message = f"The shipped image runs as root: there is no USER, and {base} runs as root."
            yield _problem(message, stage.from_span, stage, drop, Confidence.HIGH, trace)
    elif reference is not None and not reference.name_error and build.is_public(reference):
        message = (
            f"The shipped image most likely runs as root: there is no USER, and who runs in '{reference}' is not known."
        )
        yield _problem(message, stage.from_span, stage, drop, Confidence.MEDIUM, trace)


def _problem(
    message: str, span: Span, stage: Stage, drop: Drop | None, confidence: Confidence, trace: tuple[Step, ...]
) -> Problem:
    if drop is None:
        return Problem(message, span, stage.index, confidence, trace=trace)
    related = (Step(f"{drop.tool} drops privileges", drop.span),) if drop.span else ()
    message = f"{message[:-1]}; {drop.message} may drop privileges at start."
    return Problem(message, span, stage.index, Confidence.LOW, related=related, trace=trace)


def _home(build: Build, stage: Stage, span: Span) -> int:
    """The stage of the lineage that the USER instruction stands in."""
    for below in stage.lineage:
        if any(step.span.start <= span.start < step.span.end for step in below.steps):
            return below.index
    return stage.index


def _shown(name: str, group: str | None) -> str:
    return name if group is None else f"{name}:{group}"
