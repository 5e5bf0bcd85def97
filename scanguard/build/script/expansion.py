"""Words to arguments: variables put in where they are known, values split where they are not quoted.

https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_06
"""

from collections.abc import Iterable, Sequence

from scanguard.build.commands import Argument
from scanguard.build.script.origin import Derived, Fixed, Origin, Piece, literal_pieces
from scanguard.build.script.parameters import EMPTY, GLOB, MAX_NAMES, MAX_VALUE, Parameters, names_of
from scanguard.build.script.state import Value
from scanguard.dockerfile.shell.nodes import Literal, ShellWord, Substitution

_new = tuple.__new__


class Expander(Parameters):
    """Expands the words of one script after the other."""

    def fields(self, word: ShellWord, arguments: list[Argument], words: list[ShellWord | None]) -> None:
        """Add the arguments that a word becomes; beside each the word itself, or None where it is one of several."""
        parts = word.parts
        if len(parts) == 1 and type(parts[0]) is Literal:
            origin = self.origin
            if origin.nested:
                arguments.append(self.settle(parts[0].text, True, (), word))
            else:
                arguments.append(_new(Argument, (parts[0].text, True, (), origin.span(word.start, word.end))))
            words.append(word)
            return
        pieces = self.pieces(parts)
        if not pieces:
            return
        if not any(piece.split or piece.text is None for piece in pieces):
            arguments.append(self._joined(pieces, word))
            words.append(word)
            return
        found = _split(pieces)
        names = names_of(pieces)
        for text, known in found:
            arguments.append(self.settle(text, known, names, word))
            words.append(word if len(found) == 1 else None)

    def argument(self, word: ShellWord) -> Argument:
        """A word that is not split: the value of an assignment, the target of a redirection, a heredoc."""
        parts = word.parts
        if len(parts) == 1 and type(parts[0]) is Literal:
            return self.settle(parts[0].text, True, (), word)
        return self._joined(self.pieces(parts), word)

    def settle(self, text: str, known: bool, names: tuple[str, ...], word: ShellWord) -> Argument:
        """An argument at the place of a word, with what is doubtful about that place."""
        origin = self.origin
        if origin.nested:
            sure, more = origin.doubt(word.start, word.end)
            known = known and sure
            names = tuple(dict.fromkeys((*names, *more))) if more else names
        return Argument(text, known, names, origin.span(word.start, word.end))

    def _joined(self, pieces: Sequence[Piece], word: ShellWord) -> Argument:
        text = "".join([" " if piece.text is None else piece.text for piece in pieces])
        return self.settle(text, all(piece.known for piece in pieces), names_of(pieces), word)

    def value(self, word: ShellWord) -> Value | None:
        """What an assignment of this word stores; None where nothing of it is known."""
        pieces = self.pieces(word.parts)
        if sum([len(piece.text or "") for piece in pieces]) > MAX_VALUE:
            return None
        return _value(pieces, self.settle("", True, (), word) if self.origin.nested else None)

    def derive(self, words: Iterable[ShellWord]) -> Derived:
        """The script that words spell, joined by blanks."""
        pieces: list[Piece] = []
        ran: set[int] = set()
        for word in words:
            if pieces:
                pieces.append(Piece(" ", True, False, word.start, word.start))
            pieces.extend(literal_pieces(word) or self.pieces(word.parts))
            ran.update(part.start for part in word.parts if type(part) is Substitution)
        whole = [piece if piece.text is not None else piece._replace(text=" ") for piece in pieces]
        self.spend(sum(len(piece.text or "") for piece in whole) // 20)
        return Derived(self.origin, whole, frozenset(ran))


def fixed(argument: Argument) -> Origin:
    """The text of an argument as a script that has no finer places than the argument itself."""
    return Fixed(argument.text, argument.span, known=argument.known, names=argument.variables)


def _split(pieces: Iterable[Piece]) -> list[tuple[str, bool]]:
    """Fields after splitting at blanks; a field that only empty, unquoted expansions made does not exist."""
    fields: list[tuple[str, bool]] = []
    current: list[str] = []
    known = True
    for piece in pieces:
        text = piece.text
        if text is not None and not (piece.split and piece.known):
            current.append(text)
            known = known and piece.known
            continue
        chunks = ["", ""] if text is None else _chunks(text)
        for at, chunk in enumerate(chunks):
            if at and current:
                fields.append(("".join(current), known))
                current, known = [], True
            if chunk:
                current.append(chunk)
                known = known and not GLOB.intersection(chunk)
    if current:
        fields.append(("".join(current), known))
    return fields


def _chunks(text: str) -> list[str]:
    """The text divided at blanks, with empty strings at the ends where blanks stand there."""
    chunks = text.split()
    if text[:1].isspace():
        chunks.insert(0, "")
    if text[-1:].isspace():
        chunks.append("")
    return chunks


def _value(pieces: list[Piece], doubt: Argument | None) -> Value | None:
    """Pieces as a value; None where a single unknown one is all there is."""
    sure = doubt is None or doubt.known
    if not pieces:
        return Value(EMPTY)
    if len(pieces) == 1 and not (pieces[0].known and sure):
        return None
    names = names_of(pieces)
    if doubt is not None:
        names = tuple(dict.fromkeys((*names, *doubt.variables)))
    merged: list[tuple[str | None, bool]] = []
    for piece in pieces:
        known = piece.known and sure
        if merged and piece.text is not None and merged[-1][1] == known and merged[-1][0] is not None:
            merged[-1] = (merged[-1][0] + piece.text, known)
        else:
            merged.append((piece.text, known))
    return Value(tuple(merged), names[:MAX_NAMES])
