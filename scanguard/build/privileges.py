"""Entrypoints that start as root and give it up: gosu, su-exec, setpriv and their kin."""

from scanguard.build.model import BuildStep, ImageUse, Stage
from scanguard.model.location import Span
from scanguard.model.record import NamedTuple

DROPPERS = frozenset("gosu su-exec setpriv setuidgid s6-setuidgid chpst runuser suexec fixuid".split())
# Images whose own entrypoint changes to another user: https://github.com/docker-library/official-images, and what is built
# FROM postgres and keeps its entrypoint.
_DROPPING_BASES = frozenset(
    "postgres mysql mariadb mongo redis valkey rabbitmq cassandra couchdb flink ghost influxdb neo4j percona telegraf "
    "zookeeper postgis/postgis pgvector/pgvector timescale/timescaledb".split()
)


class Drop(NamedTuple):
    """A sign that privileges are dropped at start. `span` is its place, None where it is in the base image."""

    tool: str
    message: str
    span: Span | None


def privilege_drop(stage: Stage) -> Drop | None:
    """The sign that the shipped stage's entrypoint drops privileges, or None.

    Either ENTRYPOINT or CMD calls a dropper, or an ENTRYPOINT of the file's own runs where one is installed, or the base
    image's own entrypoint, which nothing replaces, is known to do so.
    """
    start = _start(stage)
    for step in start:
        for call in step.invocations:
            for name in (call.name, *call.wrappers):
                if name in DROPPERS:
                    return Drop(name, f"{step.instruction.keyword} calls {name}, which", step.span)
    if any(step.instruction.keyword == "ENTRYPOINT" for step in start):
        return _installed(stage)
    bottom = stage.lineage[0]
    reference = bottom.image.reference if bottom.image else None
    if reference is not None and reference.familiar in _DROPPING_BASES:
        return Drop(reference.familiar, f"the entrypoint of '{reference.familiar}'", None)
    return None


def _start(stage: Stage) -> list[BuildStep]:
    """The last ENTRYPOINT and the last CMD of the shipped layers."""
    last: dict[str, BuildStep] = {}
    for one in stage.lineage:
        for step in one.steps:
            if step.instruction.keyword in ("ENTRYPOINT", "CMD"):
                last[step.instruction.keyword] = step
    return list(last.values())


def _installed(stage: Stage) -> Drop | None:
    for package in stage.packages:
        if package.name in DROPPERS and package.removed is None:
            return Drop(package.name, f"{package.name} is installed and the entrypoint", package.span)
    for one in stage.lineage:
        for written in one.written:
            if written.path.rpartition("/")[2] in DROPPERS:
                return Drop(written.path, "gosu or its like is installed and the entrypoint", written.span)
        for step in one.steps:
            for copied in step.copies:
                named = copied.destination.rpartition("/")[2] in DROPPERS
                if named or (isinstance(step.source, ImageUse) and "gosu" in step.source.text):
                    return Drop("gosu", "gosu or its like is installed and the entrypoint", step.span)
    return None
