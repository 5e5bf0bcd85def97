"""JSON as every reporter writes it: the same bytes for the same values, one item a line where people look."""

import re
from collections.abc import Callable, Iterator

from scanguard.reporters.terminal import COMMAND

_UNSEEN = r"[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"


def dumps(value: object, depth: int) -> str:
    """The value as JSON, ending with LF: containers down to `depth` are laid out over lines, deeper ones are compact.

    Keys stay in the order given. Characters that cannot be seen, bidirectional marks among them, are escaped, and so
    are the logging commands of CI systems (`##[add-mask]`): a report can be printed to a terminal and to a log. Half a
    surrogate pair, which no UTF-8 file can hold, becomes U+FFFD. An iterator is written as a list, item by item, so that
    a long list need not be held in memory.
    """
    from json import JSONEncoder

    text = "".join(_pieces(value, depth, "\n", JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode))
    if not text.isascii():
        text = re.sub(_UNSEEN, _escape, text)
    if "##" in text:
        text = re.sub(COMMAND, lambda match: match[0][:-1] + "\\u005b", text)
    return text + "\n"


def _escape(match: re.Match[str]) -> str:
    return "\ufffd" if "\ud800" <= match[0] <= "\udfff" else f"\\u{ord(match[0]):04x}"


def _pieces(value: object, depth: int, newline: str, encode: Callable[[object], str]) -> Iterator[str]:
    if not isinstance(value, Iterator) and (not depth or not value or not isinstance(value, (dict, list))):
        yield encode(value)
        return
    keyed = isinstance(value, dict)
    inner = newline + "  "
    comma, end = "{" if keyed else "[", ""
    for key, item in value.items() if isinstance(value, dict) else (("", item) for item in value):
        yield comma + inner + (f"{encode(key)}: " if keyed else "")
        yield from _pieces(item, depth - 1, inner, encode)
        comma, end = ",", newline
    yield (end or "[") + ("}" if keyed else "]")
