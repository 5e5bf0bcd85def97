"""What people may ask of a report's form."""

from scanguard.model.record import NamedTuple


class RenderOptions(NamedTuple):
    """`category` (None: the default) and `include_suppressed` are SARIF's; `color`, `unicode`, `width` (columns) the text's."""

    category: str | None = None
    include_suppressed: bool = False
    color: bool = False
    unicode: bool = True
    width: int = 120


PLAIN = RenderOptions()
