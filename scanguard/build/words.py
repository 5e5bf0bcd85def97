"""The value of a shell word: parameters put in, unquoted ones split, what is unknown kept as written."""

from collections.abc import Callable

from scanguard.build.commands import Argument
from scanguard.dockerfile.shell.nodes import Literal, Opaque, Parameter, ShellWord
from scanguard.model.location import Span

_LONGEST = 100_000


class _Field:
    """One word that comes out of the splitting."""

    __slots__ = ("known", "pieces", "solid", "variables")

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.known = True
        self.solid = False
        self.variables: list[str] = []


class WordReader:
    """Reads words with the variables of one shell. A name that is not in `variables` is unknown."""

    def __init__(self, place: Callable[[int, int], Span], variables: dict[str, str]) -> None:
        self.place = place
        self.variables = variables
        self._places: dict[Span, tuple[int, str]] = {}

    def assign(self, name: str, value: Argument) -> None:
        """Set a variable, or forget it where its new value is not known."""
        if value.known and len(value.text) <= _LONGEST:
            self.variables[name] = value.text
        else:
            self.variables.pop(name, None)

    def argument(self, word: ShellWord) -> Argument:
        """The word as one value, not split: how assignments and redirections read it."""
        fields = self._fields(word)
        span = self.place(word.start, word.end)
        self._remember(word, span)
        variables = tuple(dict.fromkeys(name for field in fields for name in field.variables))
        text = " ".join("".join(field.pieces) for field in fields)
        return Argument(text, all(field.known for field in fields), variables, span)

    def arguments(self, word: ShellWord) -> list[Argument]:
        """The words that it becomes: none where it is an empty variable, several where a value has blanks."""
        fields = self._fields(word)
        span = self.place(word.start, word.end)
        self._remember(word, span)
        return [
            Argument("".join(field.pieces), field.known, tuple(dict.fromkeys(field.variables)), span)
            for field in fields
            if field.solid
        ]

    def inside(self, argument: Argument) -> Callable[[int, int], Span]:
        """How to map the text of an argument to the file: exactly where it is one literal, else to the whole word."""
        found = self._places.get(argument.span)
        if found is None or found[1] != argument.text:
            return lambda start, end: argument.span
        base = found[0]
        place = self.place
        return lambda start, end: place(base + start, base + end)

    def _remember(self, word: ShellWord, span: Span) -> None:
        """Note where the characters of a quoted literal stand, for scripts inside it."""
        if len(word.parts) == 1:
            part = word.parts[0]
            if isinstance(part, Literal):
                quotes = part.end - part.start - len(part.text)
                if quotes in (0, 2):
                    self._places[span] = (part.start + quotes // 2, part.text)

    def _fields(self, word: ShellWord) -> list[_Field]:
        fields = [_Field()]
        for part in word.parts:
            field = fields[-1]
            if isinstance(part, Literal):
                field.pieces.append(part.text)
                field.solid = field.solid or part.quoted or bool(part.text)
            elif isinstance(part, Parameter):
                self._parameter(part, fields)
            else:
                field.solid = True
                field.pieces.append(part.text if isinstance(part, Opaque) else "$(…)")
                field.known = field.known and isinstance(part, Opaque)
        return fields

    def _parameter(self, part: Parameter, fields: list[_Field]) -> None:
        field = fields[-1]
        value = self._value(part)
        field.variables.append(part.name)
        if value is None:
            field.pieces.append(f"${part.name}")
            field.known = False
            field.solid = True
        elif part.quoted:
            field.pieces.append(value)
            field.solid = True
        else:
            self._split(value, part.name, fields)

    @staticmethod
    def _split(value: str, name: str, fields: list[_Field]) -> None:
        """Field splitting at blanks: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_06_05."""
        pieces = value.split()
        if value[:1].isspace() and fields[-1].solid:
            fields.append(_Field())
        for at, piece in enumerate(pieces):
            if at:
                fields.append(_Field())
            fields[-1].pieces.append(piece)
            fields[-1].solid = True
            fields[-1].variables.append(name)
        if pieces and value[-1:].isspace():
            fields.append(_Field())

    def _value(self, part: Parameter) -> str | None:
        """The value after the operator; None where it cannot be known."""
        value = self.variables.get(part.name)
        operator = part.operator
        if not operator:
            return value
        word = self.argument(part.argument) if part.argument is not None else None
        text = word.text if word is not None and word.known else None
        if operator in (":-", "-", ":=", "="):
            if value is None:
                return None
            return value if value or operator in ("-", "=") else ("" if word is None else text)
        if operator in (":+", "+"):
            return None if value is None else (text if value or operator == "+" else "")
        if value is None or operator in (":?", "?"):
            return value
        return _trimmed(value, operator, text)


def _trimmed(value: str, operator: str, pattern: str | None) -> str | None:
    """`${X%.*}` and its kin where the pattern is plain text, or text and one star at its end or start."""
    if pattern is None or any(mark in pattern for mark in "?[\\"):
        return None
    if operator in ("%", "%%") and pattern.endswith("*") and "*" not in pattern[:-1]:
        at = value.rfind(pattern[:-1]) if operator == "%" else value.find(pattern[:-1])
        return value[:at] if at >= 0 else value
    if operator in ("#", "##") and pattern.startswith("*") and "*" not in pattern[1:]:
        at = value.find(pattern[1:]) if operator == "#" else value.rfind(pattern[1:])
        return value[at + len(pattern) - 1 :] if at >= 0 else value
    if "*" in pattern:
        return None
    if operator in ("%", "%%"):
        return value.removesuffix(pattern)
    return value.removeprefix(pattern) if operator in ("#", "##") else None
