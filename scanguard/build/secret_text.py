"""`name=value`, `name: value` and their kin in free text: heredocs, printed lines, comments, what could not be parsed."""

from collections.abc import Iterator
from functools import lru_cache

from scanguard.build.secret_literals import is_secret_value
from scanguard.build.secret_names import STEMS, secret_kind
from scanguard.model.location import Span
from scanguard.model.record import NamedTuple

_TOOLS = "login mysql maria mongo redis-cli usermod useradd ldapadd lftp ngrok --user".split()
# What stands before a password in SQL and names none: `CREATE USER app IDENTIFIED BY '…'`.
_IDENTIFIED = "identified"
# What a text must hold, in lower case, before names are looked at.
_HINTS = (*STEMS, _IDENTIFIED, *_TOOLS, " -u", "alias set")
_LONGEST_NAME = 80
_LONGEST_WORD = 1000
_LONGEST_USER = 300
_SHORTEST_USER = 16
# A value is judged by its beginning.
_HEAD = 256
_NAME = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.")
_BLANKS = " \t"
_CODE = frozenset("()[]{}*\\^")
_ENDS = tuple(" \t\r\n\"'`,;&|)}<>")
_BLANK_ENDS = tuple(" \t\r\n\"'")
_ASCII_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


class Named(NamedTuple):
    """A value under the name of a secret; `start` and `end` hold the value without quotes."""

    name: str
    kind: str
    start: int
    end: int


def lowered(text: str) -> str:
    """The text in lower case, every offset kept: some letters are longer in lower case, those are left alone."""
    lower = text.lower()
    return lower if len(lower) == len(text) else text.translate(_ASCII_LOWER)


def value_span(text: str, span: Span, value: str) -> Span:
    """Where a value's own characters stand in a word; the word without its quotes where escapes changed them."""
    source = text[span.start : span.end]
    at = source.rfind(value)
    if at >= 0:
        return Span(span.start + at, span.start + at + len(value))
    quoted = source[:1] in ("'", '"') and len(source) > 1
    return Span(span.start + quoted, span.end - quoted)


@lru_cache(maxsize=4)
def hinted(text: str) -> bool:
    """Whether any name of a secret, or a command that takes one without naming it, can stand in a text."""
    lower = lowered(text)
    return any(hint in lower for hint in _HINTS) or ("://" in lower and "@" in lower)


def bare_values(text: str) -> Iterator[tuple[int, int]]:
    """What flags of well-known commands and users of URLs look like, anywhere: `-u me:x`, `login -p x`, `://x@`.

    For masking only: nobody knows what a comment, or an instruction that cannot be read, would do.
    """
    for flag in (" -u", " --user"):
        for at in _places(text, flag):
            start, stop = _word(text, _skip(text, at, at + 3, "= \t\"'"))
            colon = text.find(":", start, stop)
            user, password = text[start:colon], text[colon + 1 : stop]
            if colon > start and _NAME.issuperset(user) and not password.isdigit() and password[:1] not in "/%":
                yield colon + 1, stop
    for at in _places(text, "login "):
        stop = min(len(text), at + _LONGEST_WORD)
        line = text.find("\n", at, stop)
        flag_at = text.find(" -p", at - 1, line if line >= 0 else stop)
        if flag_at >= 0:
            yield _word(text, _skip(text, flag_at + 3, flag_at + 6, "= \t\"'"))
    for at in _places(text, "://"):
        start, stop = _word(text, at)
        end = text.find("@", start, min(stop, start + _LONGEST_USER))
        if end - start >= _SHORTEST_USER and text[start:end].replace("-", "").replace("_", "").isalnum():
            yield start, end


def _places(text: str, mark: str) -> Iterator[int]:
    """The offsets behind each place where a mark stands."""
    at = text.find(mark)
    while at >= 0:
        at += len(mark)
        yield at
        at = text.find(mark, at)


def _word(text: str, at: int) -> tuple[int, int]:
    """The bounds of the word that begins here: to a blank, a quote or the end of the line, a long way off at most."""
    stop = min(len(text), at + _LONGEST_WORD)
    for mark in _BLANK_ENDS:
        found = text.find(mark, at, stop)
        stop = found if found >= 0 else stop
    return at, stop


def named_values(text: str, start: int, end: int, *, loose: bool = False) -> Iterator[Named]:
    """The secrets by name between two offsets, in no certain order, each once.

    `loose` takes blanks for the sign between name and value too (`--password x`, `ENV TOKEN x`), and a bare value runs to
    the next blank: right where too much is better than too little.
    """
    end = min(end, len(text))  # a heredoc's last line has a line end even where the file has none
    lower = lowered(text[start:end])
    seen: set[int] = set()
    for stem in (*STEMS, _IDENTIFIED):
        marks = _Marks(text, end)
        at = lower.find(stem)
        while at >= 0:
            left, right = _name(text, start + at, start, end)
            at = lower.find(stem, right - start)
            if left in seen or right - left > _LONGEST_NAME:
                continue
            seen.add(left)
            found = _value_of(text, left, right, marks, loose=loose)
            if found is not None:
                yield found
                at = lower.find(stem, max(right, found.end) - start)


class _Marks:
    """Where a character stands next. Answers are kept, so that a text without one is not searched again and again."""

    __slots__ = ("end", "known", "text")

    def __init__(self, text: str, end: int) -> None:
        self.text = text
        self.end = end
        self.known: dict[str, tuple[int, int]] = {}

    def next(self, mark: str, at: int) -> int:
        """The first offset from `at` on that holds `mark`; the end where there is none."""
        start, found = self.known.get(mark, (0, -1))
        if not start <= at <= found:
            found = self.text.find(mark, at, self.end)
            found = found if found >= 0 else self.end
            self.known[mark] = (at, found)
        return found


def _name(text: str, at: int, start: int, end: int) -> tuple[int, int]:
    """The whole name around an offset."""
    left = right = at
    while left > start and text[left - 1] in _NAME and at - left <= _LONGEST_NAME:
        left -= 1
    while right < end and text[right] in _NAME and right - at <= _LONGEST_NAME:
        right += 1
    if text[left - 1 : left] == "\\" and left > start and right - left > 1:
        left += 1
    return left, max(right, at + 1)


def _value_of(text: str, left: int, right: int, marks: _Marks, *, loose: bool) -> Named | None:
    written = text[left:right]
    name = written.strip("-.")
    identified = name.lower() == _IDENTIFIED
    kind = "password" if identified else secret_kind(name)
    if not kind or (name == "passwd" and text[left - 1 : left] == "/"):
        return None
    at = -1 if identified else _sign(text, right, marks.end)
    if at < 0 and kind == "password":
        at = _sql(text, left, right, marks.end)
    if at < 0:
        if not (
            loose
            and not identified
            and text[right : right + 1] in (" ", "\t")
            and (written[0] == "-" or _declared(text, left))
        ):
            return None
        at = _skip(text, right, marks.end, _BLANKS)
    first, last = _value(text, at, marks, _BLANK_ENDS if loose else _ENDS)
    head = text[first : min(last, first + _HEAD)]
    if last <= first or (text[first - 1] not in "\"'" and _is_code(head, name)):
        return None
    return Named(name, kind, first, last) if is_secret_value(head, kind, name) else None


def _is_code(value: str, name: str) -> bool:
    """Whether a bare value is an expression of a program: a call, an index, an attribute, a variable of that name."""
    if not _CODE.isdisjoint(value):
        return True
    return value == name or ("." in value and value.replace(".", "").replace("_", "").isalpha())


def _sign(text: str, at: int, end: int) -> int:
    """The offset behind `=`, `:`, `:=` or `=>`, quotes around the name and blanks passed over; -1 without such a sign."""
    at = _skip(text, at, min(end, at + 3), "\\\"']")
    at = _skip(text, at, min(end, at + 12), _BLANKS)
    after = _skip(text, at, min(end, at + 2), ":=>")
    if after == at or text[at] == ">" or text.startswith("://", at):
        return -1
    return _skip(text, after, min(end, after + 12), _BLANKS)


def _sql(text: str, left: int, at: int, end: int) -> int:
    """The offset of the quote behind `PASSWORD '…'`, `IDENTIFIED BY '…'` or `= PASSWORD('…')`, as SQL has it; else -1."""
    after = _skip(text, at, min(end, at + 3), _BLANKS)
    if text[at : at + 1] == "(":
        called = text[left:at].upper() == "PASSWORD" and text[max(0, left - 3) : left].rstrip(_BLANKS).endswith("=")
        after = _skip(text, at + 1, min(end, at + 3), _BLANKS) if called else at
    elif after > at and text[after : after + 3].upper() == "BY ":
        after = _skip(text, after + 3, min(end, after + 6), _BLANKS)
    elif text[left:at].lower() == _IDENTIFIED:
        return -1
    return after if after > at and text.startswith(("'", "\\'"), after) else -1


def _skip(text: str, at: int, end: int, characters: str) -> int:
    end = min(end, len(text))
    while at < end and text[at] in characters:
        at += 1
    return at


def _value(text: str, at: int, marks: _Marks, ends: tuple[str, ...]) -> tuple[int, int]:
    """The bounds of a value: to the closing quote, or to a blank or a mark that ends a word."""
    escaped = text.startswith(('\\"', "\\'"), at)
    quote = text[at + escaped : at + escaped + 1]
    if quote and quote in "\"'":
        at += escaped + 1
        last = marks.next(quote, at)
        if last < marks.next("\n", at):
            return at, last - (escaped and text[last - 1] == "\\")
    last = min([len(text), *(marks.next(mark, at) for mark in ends)])
    while last > at and text[last - 1] == "\\":
        last -= 1
    cut = marks.next("\\n", at)
    return at, cut if at < cut < last else last


def _declared(text: str, left: int) -> bool:
    """Whether `ENV`, `ARG` or the like stands before a name, in a comment too."""
    before = text[max(0, left - 12) : left].rstrip(_BLANKS)
    return before.upper().endswith(("ENV", "ARG", "LABEL"))
