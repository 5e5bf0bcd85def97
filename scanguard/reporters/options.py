"""What people may ask of a report's form."""

from scanguard.model.record import NamedTuple


class RenderOptions(NamedTuple):
    """`category` (None: the default) is SARIF's and Markdown's, `include_suppressed` SARIF's.

    `color`, `unicode` and `width` (columns) are the text's. `time` (ISO, UTC, without a zone) is the time of the run for
    formats that must name one. `room` is how many bytes the Markdown may have: a comment on GitHub holds 65,536
    characters, the summary of a job some 900 kB.
    """

    category: str | None = None
    include_suppressed: bool = False
    color: bool = False
    unicode: bool = True
    width: int = 120
    time: str = "1970-01-01T00:00:00"
    room: int = 65_536


PLAIN = RenderOptions()
