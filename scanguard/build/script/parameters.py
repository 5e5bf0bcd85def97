"""Parameters: `$x`, `${x:-y}`, `${x%.*}` and their kin, evaluated where everything in them is known.

https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_06_02
"""

from collections.abc import Iterable

from scanguard.build.script import pattern
from scanguard.build.script.origin import Origin, Piece
from scanguard.build.script.state import State, Value
from scanguard.dockerfile.shell.nodes import Literal, Opaque, Parameter, Part, ShellWord

_SPECIAL = frozenset("?$!-0")
GLOB = frozenset("*?[")
MAX_NAMES = 32
MAX_VALUE = 65_536
_Pieces = tuple[tuple[str | None, bool], ...]
_DEFAULTS = frozenset({":-", "-", ":+", "+", ":=", "=", ":?", "?"})
EMPTY: _Pieces = (("", True),)


class Exhausted(Exception):
    """The script would run for too long."""


class Parameters:
    """Expands the parts of words."""

    def __init__(self, state: State, origin: Origin, budget: int) -> None:
        self.state = state
        self.origin = origin
        self._budget = budget

    def spend(self, units: int) -> None:
        """Use up some of what a script may cost. Raises Exhausted where nothing is left."""
        self._budget -= units
        if self._budget < 0:
            raise Exhausted

    def pieces(self, parts: Iterable[Part]) -> list[Piece]:
        """The parts of a word after expansion, not yet split."""
        result: list[Piece] = []
        for part in parts:
            if type(part) is Literal:
                result.append(Piece(part.text, True, False, part.start, part.end))
            elif type(part) is Parameter:
                self._parameter(part, result)
            else:
                result.append(Piece(self.origin.text[part.start : part.end], False, False, part.start, part.end))
        return result

    def _parameter(self, part: Parameter, result: list[Piece]) -> None:
        name = part.name
        names: tuple[str, ...] = () if name in _SPECIAL else (name,)
        chosen = self._chosen(part)
        value = self._evaluated(part) if chosen is None else self._word(chosen)
        if value is None:
            written = self.origin.text[part.start : part.end]
            result.append(Piece(written, False, False, part.start, part.end, names))
            return
        pieces, more = value
        if more:
            names = tuple(dict.fromkeys((*names, *more)))[:MAX_NAMES]
        split = not part.quoted
        self.spend(len(pieces) // 4 + sum([len(text or "") for text, _ in pieces]) // 40)
        if chosen is not None:
            self._chosen_pieces(part, chosen, names, result)
            return
        for text, known in pieces:
            result.append(Piece(text, known, split, part.start, part.end, names))

    def _chosen_pieces(self, part: Parameter, word: ShellWord, names: tuple[str, ...], result: list[Piece]) -> None:
        """The word of `${x:-word}`: what is quoted in it is not split."""
        if not word.parts:
            result.append(Piece("", True, not part.quoted, part.start, part.end, names))
        for inner in word.parts:
            bare = type(inner) is Literal and not inner.quoted and not part.quoted
            for piece in self.pieces((inner,)):
                result.append(Piece(piece.text, piece.known, bare or piece.split, part.start, part.end, names))

    def _evaluated(self, part: Parameter) -> tuple[_Pieces, tuple[str, ...]] | None:
        """The pieces of a parameter's value and the variables behind it; None where it is not known."""
        operator, argument = part.operator, part.argument
        if part.name in ("@", "*"):
            return None if operator else self._positional(part)
        value = self.state.lookup(part.name)
        if operator == "[" and argument is not None:
            return None if value is None else _items(value, argument.text, part)
        if value is None:
            return None
        pieces = _scalar(value.pieces)
        if not operator:
            return pieces, value.names
        if argument is not None and operator in _DEFAULTS:
            return self._default(part, Value(pieces, value.names))
        text = Value(pieces).text
        changed = None if text is None else self._transformed(operator, text, argument)
        return None if changed is None else (((changed, True),), value.names)

    def _positional(self, part: Parameter) -> tuple[_Pieces, tuple[str, ...]] | None:
        values = self.state.positional
        if values is None:
            return None
        pieces: list[tuple[str | None, bool]] = []
        for value in values:
            if pieces:
                pieces.append((" ", True) if part.name == "*" and part.quoted else (None, True))
            pieces.extend(value.pieces)
        if not pieces and part.quoted and part.name == "@":
            return (), ()
        return tuple(pieces) or EMPTY, tuple(dict.fromkeys([name for value in values for name in value.names]))

    def _chosen(self, part: Parameter) -> ShellWord | None:
        """The word of `${x:-y}`, `${x:+y}`, `${x:=y}` where it comes in the place of the value."""
        if part.argument is None or part.operator not in _DEFAULTS:
            return None
        value = self.state.lookup(part.name)
        filled = None if value is None else _filled(_scalar(value.pieces))
        if filled is None:
            return None
        taken = filled or part.operator[0] != ":"
        kind = part.operator[-1]
        if taken if kind == "+" else not taken and kind != "?":
            if kind == "=":
                self.state.assign(part.name, Value(*self._word(part.argument)))
            return part.argument
        return None

    def _default(self, part: Parameter, value: Value) -> tuple[_Pieces, tuple[str, ...]] | None:
        """The value of `${x:-y}` and its kin where it is not the word that is taken."""
        filled = _filled(value.pieces)
        if filled is None:
            return None
        taken = filled or part.operator[0] != ":"
        if part.operator[-1] == "+":
            return None if taken else (EMPTY, ())
        return (value.pieces, value.names) if taken else None

    def _word(self, word: ShellWord) -> tuple[_Pieces, tuple[str, ...]]:
        pieces = self.pieces(word.parts)
        return tuple((piece.text, piece.known) for piece in pieces) or EMPTY, names_of(pieces)

    def _transformed(self, operator: str, text: str, argument: ShellWord | None) -> str | None:
        if argument is None:
            return str(len(text)) if operator == "#" else None
        if operator in ("#", "##", "%", "%%"):
            tokens = self._tokens(argument.parts)
            return None if tokens is None else pattern.remove(operator, text, tokens)
        if operator[0] == "/":
            return self._replaced(operator, text, argument)
        if operator[0] in "^,":
            return _cased(operator, text) if not argument.text else None
        if operator == ":":
            return _slice(text, argument.value)
        return None

    def _tokens(self, parts: Iterable[Part]) -> list[pattern.Token] | None:
        tokens: list[pattern.Token] = []
        for part in parts:
            if type(part) is Literal:
                tokens.extend(part.text)
            elif type(part) is Opaque and part.text[0] in GLOB:
                tokens.extend(pattern.tokens(part.text))
            elif type(part) is Parameter:
                chosen = self._chosen(part)
                found = self._evaluated(part) if chosen is None else self._word(chosen)
                text = Value(found[0]).text if found else None
                if text is None:
                    return None
                tokens.extend(text)
            else:
                return None
        return tokens

    def _replaced(self, operator: str, text: str, argument: ShellWord) -> str | None:
        """The pattern ends at the first `/` that is not quoted; what follows must be known."""
        before: list[Part] = []
        for at, part in enumerate(argument.parts):
            if type(part) is Literal and not part.quoted and "/" in part.text:
                head, _, tail = part.text.partition("/")
                before.append(part._replace(text=head))
                rest = self.pieces((part._replace(text=tail), *argument.parts[at + 1 :]))
                if not all(piece.known for piece in rest):
                    return None
                replacement = "".join([piece.text or "" for piece in rest])
                break
            before.append(part)
        else:
            replacement = ""
        tokens = self._tokens(before)
        self.spend(len(text) // 8)
        return None if not tokens else pattern.replace(operator, text, tokens, replacement)


def names_of(pieces: Iterable[Piece]) -> tuple[str, ...]:
    """The variables that went into pieces, each once."""
    return tuple(dict.fromkeys([name for piece in pieces for name in piece.names]))


def _filled(pieces: _Pieces) -> bool | None:
    """Whether a value is not empty; None where that is not known."""
    if any(known and text for text, known in pieces):
        return True
    return False if all(known for _, known in pieces) else None


def _scalar(pieces: _Pieces) -> _Pieces:
    """The first item of an array, or the value itself."""
    for at, (text, _) in enumerate(pieces):
        if text is None:
            return pieces[:at] or EMPTY
    return pieces


def _items(value: Value, index: str, part: Parameter) -> tuple[_Pieces, tuple[str, ...]] | None:
    """`${x[@]}` and `${x[*]}`."""
    if index == "@]":
        return value.pieces, value.names
    if index == "*]":
        joined = tuple((" " if text is None and part.quoted else text, known) for text, known in value.pieces)
        return joined, value.names
    return None


def _cased(operator: str, text: str) -> str:
    change = str.upper if operator[0] == "^" else str.lower
    return change(text) if len(operator) == 2 else change(text[:1]) + text[1:]


def _slice(text: str, argument: str | None) -> str | None:
    """`${x:start:length}` for plain numbers."""
    first, comma, second = (argument or "").partition(":")
    first, second = first.strip(), second.strip()
    if not first.isdecimal() or len(first) > 6 or (comma and (not second.isdecimal() or len(second) > 6)):
        return None
    start = int(first)
    return text[start : start + int(second)] if comma else text[start:]
