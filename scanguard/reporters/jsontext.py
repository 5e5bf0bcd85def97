"""JSON as every reporter writes it: the same bytes for the same values, one item a line where people look."""

from collections.abc import Callable, Iterator

from scanguard.reporters.terminal import COMMAND


def dumps(value: object, depth: int) -> str:
    """The value as JSON, ending with LF: containers down to `depth` are laid out over lines, deeper ones are compact.

    Keys stay in the order given. Half a surrogate pair, which no UTF-8 file can hold, becomes U+FFFD. A logging command
    of a CI system such as `##[add-mask]` is escaped, so that a report printed to a log is not obeyed.
    """
    from json import JSONEncoder

    text = "".join(_pieces(value, depth, "\n", JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode))
    if "##" in text:
        text = COMMAND.sub(lambda match: match[0][:-1] + "\\u005b", text)
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text + "\n"


def _pieces(value: object, depth: int, newline: str, encode: Callable[[object], str]) -> Iterator[str]:
    if not depth or not value or not isinstance(value, (dict, list)):
        yield encode(value)
        return
    inner = newline + "  "
    items = (
        [(encode(key) + ": ", item) for key, item in value.items()]
        if isinstance(value, dict)
        else [("", item) for item in value]
    )
    for index, (label, item) in enumerate(items):
        yield ("," if index else "[{"[isinstance(value, dict)]) + inner + label
        yield from _pieces(item, depth - 1, inner, encode)
    yield newline + "]}"[isinstance(value, dict)]
