"""The grammar of the shell: lists, pipelines, simple commands. Words are read in `words`, compounds in `compounds`.

https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_10
"""

import re

from scanguard.dockerfile.shell.compounds import CLOSERS, Compounds
from scanguard.dockerfile.shell.nodes import (
    AndOr,
    Assignment,
    Literal,
    Node,
    Pipeline,
    Redirect,
    Script,
    ShellWord,
    Simple,
)
from scanguard.model.lazily import matcher

_NO_STOPS: frozenset[str] = frozenset()
_new = tuple.__new__

_PLAIN = re.compile(
    r"[ \t]*([^ \t\r\n'\"$`\\*?\[{~<>|&;()#][^ \t\r\n'\"$`\\*?\[{~<>|&;()]*)(?=[ \t\n;&|<>()]|\Z)"
).match
_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(?:\[[^\]\s'\"`;&|<>()]*\])?(\+?)=").match
_CALL_PARENS = matcher(r"\([ \t]*\)")
_REDIRECT = matcher(r"([0-9]*|\{[A-Za-z_][A-Za-z0-9_]*\})(<<<|<<-?|<>|<&|>>|>&|>\||<(?!\()|>(?!\()|&>>?)")


def parse_script(text: str) -> Script:
    """The script as a tree, total: what could not be understood is in `problems`, everything else is in `nodes`.

    https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_10
    """
    parser = Parser(text)
    script = parser.script(_NO_STOPS)
    return script._replace(start=0, end=len(text), problems=tuple(parser.problems))


class Parser(Compounds):
    """A recursive descent, whose depth the scanner bounds."""

    __slots__ = ()

    def script(self, stops: frozenset[str]) -> Script:
        """Commands up to a word or a mark of `stops`, which is left where it is."""
        nodes: list[Node] = []
        background: list[bool] = []
        start = self.at
        while not self._at_stop(stops):
            before = self.at
            node = self._and_or(stops)
            if node is None:
                self._stray(before)
                continue
            nodes.append(node)
            background.append(self._separator())
        return Script(tuple(nodes), start, self.at, tuple(background))

    def _at_stop(self, stops: frozenset[str]) -> bool:
        """Go to the next command; True where the list ends instead."""
        self.linebreak()
        if self.at >= self.end:
            return True
        char = self.text[self.at]
        if char == ")":
            return ")" in stops
        if char == ";":
            return ";;" in stops and self.text.startswith((";;", ";&"), self.at, self.end)
        return char in "}deft" and self.keyword() in stops

    def _stray(self, before: int) -> None:
        """Step over what begins no command."""
        if self.at > before:
            return
        word = self.keyword()
        self.note(f"'{word or self.text[before]}' is out of place")
        self.at += len(word) or 1

    def _separator(self) -> bool:
        """Go over the `;`, `&` or line end after a command; True for `&`."""
        self.blanks()
        at, text = self.at, self.text
        if at >= self.end:
            return False
        char = text[at]
        if char == "&":
            self.at = at + 1
            return True
        if char == ";" and not text.startswith((";;", ";&"), at, self.end):
            self.at = at + 1
        return False

    def _and_or(self, stops: frozenset[str]) -> Node | None:
        first = self._pipeline(stops)
        if first is None:
            return None
        parts, operators = [first], []
        while True:
            self.blanks()
            operator = self.text[self.at : min(self.at + 2, self.end)]
            if operator not in ("&&", "||"):
                break
            self.at += 2
            part = None if self._at_stop(stops) else self._pipeline(stops)
            if part is None:
                self.note(f"no command after '{operator}'")
                break
            operators.append(operator)
            parts.append(part)
        return AndOr(tuple(parts), tuple(operators), parts[0].start, parts[-1].end) if operators else first

    def _pipeline(self, stops: frozenset[str]) -> Node | None:
        text, start, negated = self.text, self.at, False
        while text.startswith("!", self.at, self.end) and self.keyword() == "!":
            negated = not negated
            self.at += 1
            self.blanks()
        command = self._command(stops)
        if command is None:
            if negated:
                self.note("no command after '!'")
            return None
        commands = [command]
        while True:
            self.blanks()
            at = self.at
            if not text.startswith("|", at, self.end) or text.startswith("||", at, self.end):
                break
            self.at = at + (2 if text.startswith("|&", at, self.end) else 1)
            command = None if self._at_stop(stops) else self._command(stops)
            if command is None:
                self.note("no command after '|'")
                break
            commands.append(command)
        if len(commands) == 1 and not negated:
            return commands[0]
        return Pipeline(tuple(commands), negated, start, commands[-1].end)

    def _command(self, stops: frozenset[str]) -> Node | None:
        if self.at >= self.end:
            return None
        char = self.text[self.at]
        if char in ";|)\n" or (char == "&" and not self.text.startswith("&>", self.at, self.end)):
            return None
        if char in "({[}cdefistuw":
            keyword = self.keyword() if char != "(" else char
            if keyword in CLOSERS:
                return None
            compound = self.compound(keyword, stops)
            if compound is not None:
                return compound
        return self._simple(stops)

    def _simple(self, stops: frozenset[str]) -> Node | None:
        text, end, start = self.text, self.end, self.at
        assignments: list[Assignment] = []
        words: list[ShellWord] = []
        redirects: list[Redirect] = []
        last = start
        while True:
            match = _PLAIN(text, self.at, end)
            if match:
                first, last_of_word = match.span(1)
                word = match[1]
                follower = text[last_of_word] if last_of_word < end else ""
                if (words or "=" not in word) and not (follower and follower in "<>("):
                    literal = _new(Literal, (word, first, last_of_word, False))
                    words.append(_new(ShellWord, (word, (literal,), first, last_of_word)))
                    self.at = last = last_of_word
                    continue
            self.blanks()
            if self.at >= end:
                break
            if text[self.at] == "(" and len(words) == 1 and not assignments:
                parens = _CALL_PARENS(text, self.at, end)
                if parens:
                    self.at = parens.end()
                    return self.function_body(words[0].text, start, stops)
            if not self._item(assignments, words, redirects):
                break
            last = self.at
        if last == start:
            return None
        return _new(Simple, (tuple(assignments), tuple(words), tuple(redirects), start, last))

    def _item(self, assignments: list[Assignment], words: list[ShellWord], redirects: list[Redirect]) -> bool:
        """A word, an assignment or a redirection of a simple command; False at its end."""
        at = self.at
        char = self.text[at]
        if char in "<>&{" or "0" <= char <= "9":
            redirect = self.redirect()
            if redirect is not None:
                redirects.append(redirect)
                return True
        if not words and (char == "_" or char.isalpha()):
            assignment = self._assignment()
            if assignment is not None:
                assignments.append(assignment)
                return True
        word = self.word()
        if word.end == at:
            return False
        words.append(word)
        return True

    def _assignment(self) -> Assignment | None:
        start = self.at
        match = _ASSIGNMENT(self.text, start, self.end)
        if not match:
            return None
        self.at = match.end()
        if self.text.startswith("(", self.at, self.end):
            items = self.array()
            return Assignment(match[1], None, bool(match[2]), start, self.at, items)
        return Assignment(match[1], self.word(), bool(match[2]), start, self.at)

    def redirect(self) -> Redirect | None:
        """The redirection that begins here, or None where none does."""
        start = self.at
        match = _REDIRECT(self.text, start, self.end)
        if not match or (match[1] and match[2][0] == "&"):
            return None
        self.at = match.end()
        while self.text.startswith((" ", "\t"), self.at, self.end):
            self.at += 1
        target = self.word()
        if not target.text:
            self.note(f"nothing after '{match[2]}'")
        heredoc = None
        if match[2] in ("<<", "<<-") and target.text:
            heredoc = self._heredoc(target, chomp=match[2] == "<<-")
        return Redirect(match[1], match[2], target, start, self.at, heredoc)

    def _heredoc(self, target: ShellWord, *, chomp: bool) -> ShellWord:
        expand = not any(mark in target.text for mark in "'\"\\")
        name = target.value
        start, stop = self.body(target.text if name is None or expand else name, chomp=chomp)
        return self.heredoc_body(start, stop, expand=expand, chomp=chomp)

    def redirects(self) -> tuple[Redirect, ...]:
        """The redirections after a compound command."""
        found: list[Redirect] = []
        while True:
            self.blanks()
            redirect = self.redirect() if self.at < self.end else None
            if redirect is None:
                return tuple(found)
            found.append(redirect)

    def body_of_function(self, stops: frozenset[str]) -> Node | None:
        """The command after `name()`."""
        return None if self._at_stop(stops) else self._command(stops)
