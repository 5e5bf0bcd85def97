"""Findings that were known when a baseline was written."""

from scanguard.model.record import NamedTuple


class Entry(NamedTuple):
    """One known finding. `fingerprint` is its identity; the rest is for whoever reads the file.

    `uri` is the file, `rule` the rule's name, `stage` the stage's name (empty where it has none), `image` the image's name
    for a finding in an image. Entries sort as the file is written: by file, rule, stage and message.
    """

    uri: str
    rule: str
    stage: str
    message: str
    fingerprint: str
    image: str = ""


class Baseline(NamedTuple):
    """A baseline that was read: what it is called in reports, its entries, and the line of each one."""

    uri: str
    entries: tuple[Entry, ...] = ()
    lines: tuple[int, ...] = ()
