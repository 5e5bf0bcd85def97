"""Text that strangers wrote, made safe to show on a terminal and in a CI log; and the colours of ours.

A Dockerfile can hold escape sequences that repaint the terminal, bidirectional marks that reorder what a reviewer sees
(https://trojansource.codes), and logging commands of a CI system. All of them come out as visible escapes.
"""

import re

RESET = "\x1b[0m"

COMMAND = r"##\w*\["
"""`##[command]` (GitHub), `##vso[…]` (Azure), `##teamcity[…]` act anywhere in a line of a log, not only at its start:
https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
"""


def visible(text: str, *, unicode: bool) -> str:
    """The text on one line, with everything that is not a printable character written as an escape.

    Without `unicode` nothing but ASCII comes out.
    """
    if "##" in text:
        text = re.sub(COMMAND, lambda match: match[0][:-1] + "\\x5b", text)
    if text.isprintable() and (unicode or text.isascii()):
        return text
    return "".join(escape(character, unicode=unicode) for character in text)


def escape(character: str, *, unicode: bool) -> str:
    r"""The character itself where it is printable, otherwise `\n`, `\x1b`, `\u202e` and the like."""
    if character.isprintable() and (unicode or character < "\x80"):
        return character
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def visible_path(uri: str, *, unicode: bool) -> str:
    """The path as it may stand at the start of a line: one that looks like `::command::` gets `./` in front."""
    shown = visible(uri, unicode=unicode)
    return f"./{shown}" if shown.lstrip().startswith((":", "##")) else shown


class Palette:
    """Paints words where colour is wanted and returns them as they are where it is not."""

    __slots__ = ("color",)

    def __init__(self, *, color: bool) -> None:
        self.color = color

    def paint(self, code: str, text: str) -> str:
        """The text in the given SGR code, such as `1;31`."""
        return f"\x1b[{code}m{text}{RESET}" if self.color and text else text

    def dim(self, text: str) -> str:
        """The text in the background of attention."""
        return self.paint("2", text)

    def bold(self, text: str) -> str:
        """The text in the foreground of attention."""
        return self.paint("1", text)
