"""Compound commands of the shell: groups, conditions, loops, cases, functions and bash's tests.

https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_09_04
"""

import re

from scanguard.dockerfile.shell.bodies import Bodies
from scanguard.dockerfile.shell.nodes import Compound, Node, Opaque, Part, Redirect, Script, ShellWord, Simple
from scanguard.dockerfile.shell.scanner import MAX_DEPTH
from scanguard.dockerfile.shell.substitutions import CLOSING_PAREN
from scanguard.model.lazily import matcher

CLOSERS = frozenset({"then", "else", "elif", "fi", "do", "done", "esac", "}"})
_OPENERS = frozenset({"(", "{", "[[", "if", "while", "until", "for", "select", "case", "function"})

_KEYWORD = re.compile(r"(?:\[\[|[a-z]+|[{}!])(?=[ \t\r\n;&|<>()]|\Z)").match
_PLAIN_WORD = matcher(r"[^ \t\r\n;&|<>()]*")

_THEN = frozenset({"then"})
_FI = frozenset({"else", "elif", "fi"})
_DO = frozenset({"do"})
_DONE = frozenset({"done"})
_BRACE = frozenset({"}"})
_CASE = frozenset({";;", "esac"})


class Compounds(Bodies):
    """Reads what begins with a reserved word or a parenthesis."""

    __slots__ = ()

    def redirects(self) -> tuple[Redirect, ...]:
        """The redirections after a compound command."""
        raise NotImplementedError

    def body_of_function(self, stops: frozenset[str]) -> Node | None:
        """The command after `name()`."""
        raise NotImplementedError

    def keyword(self) -> str:
        """The word here that may be a reserved one; empty where it cannot be."""
        match = _KEYWORD(self.text, self.at, self.end)
        return match[0] if match else ""

    def expect(self, word: str) -> None:
        """Go over a reserved word; a note where it is missing."""
        self.linebreak()
        if self.keyword() == word:
            self.at += len(word)
        else:
            self.note(f"'{word}' is missing")

    def compound(self, keyword: str, stops: frozenset[str]) -> Node | None:
        """The compound command that a reserved word or a parenthesis begins; None where it begins none."""
        if keyword not in _OPENERS:
            return None
        start = self.at
        if self.depth >= MAX_DEPTH:
            return self._too_deep(start)
        self.depth += 1
        try:
            return self._opened(keyword, stops, start)
        finally:
            self.depth -= 1

    def _opened(self, keyword: str, stops: frozenset[str], start: int) -> Node:
        if keyword == "(":
            return self._parenthesis(start)
        self.at += len(keyword)
        if keyword == "{":
            bodies = (self.script(stops | _BRACE),)
            self.expect("}")
            return self._closed("group", "", (), bodies, start)
        if keyword == "[[":
            return self._closed("test", "", self._test(), (), start)
        if keyword == "if":
            return self._closed("if", "", (), self._if(stops), start)
        if keyword == "case":
            return self._case(stops, start)
        if keyword == "function":
            return self._function(stops, start)
        if keyword in ("for", "select"):
            return self._for(keyword, stops, start)
        condition = self.script(stops | _DO)
        return self._closed(keyword, "", (), (condition, self._loop_body(stops)), start)

    def _closed(
        self, kind: str, name: str, words: tuple[ShellWord, ...], bodies: tuple[Script, ...], start: int
    ) -> Compound:
        end = self.at
        redirects = self.redirects()
        return Compound(kind, name, words, bodies, redirects, start, redirects[-1].end if redirects else end)

    def _too_deep(self, start: int) -> Simple:
        """What is nested too deep stands as one word up to the end."""
        self.note("nested too deep")
        self.at = self.end
        text = self.text[start : self.end]
        word = ShellWord(text, (Opaque(text, start, self.end),), start, self.end)
        return Simple((), (word,), (), start, self.end)

    def _parenthesis(self, start: int) -> Compound:
        stop = self.arithmetic_end(start)
        if stop >= 0:
            word = self._arithmetic_word(start, stop)
            return self._closed("arithmetic", "", (word,), (), start)
        self.at += 1
        bodies = (self.script(CLOSING_PAREN),)
        if self.at < self.end:
            self.at += 1
        else:
            self.note("a parenthesis is not closed")
        return self._closed("subshell", "", (), bodies, start)

    def _arithmetic_word(self, start: int, stop: int) -> ShellWord:
        parts: list[Part] = []
        self.arithmetic(parts, start, stop)
        return ShellWord(self.text[start : self.at], tuple(parts), start, self.at)

    def _if(self, stops: frozenset[str]) -> tuple[Script, ...]:
        bodies = []
        while True:
            bodies.append(self.script(stops | _THEN))
            self.expect("then")
            bodies.append(self.script(stops | _FI))
            keyword = self.keyword()
            if keyword != "elif":
                break
            self.at += 4
        if keyword == "else":
            self.at += 4
            bodies.append(self.script(stops | _FI))
        self.expect("fi")
        return tuple(bodies)

    def _loop_body(self, stops: frozenset[str]) -> Script:
        self.expect("do")
        body = self.script(stops | _DONE)
        self.expect("done")
        return body

    def _for(self, kind: str, stops: frozenset[str], start: int) -> Compound:
        self.blanks()
        words: tuple[ShellWord, ...] = ()
        stop = self.arithmetic_end(self.at)
        if stop >= 0:
            name, words = "", (self._arithmetic_word(self.at, stop),)
        else:
            name = self._bare_word()
            self.linebreak()
            if self.keyword() == "in":
                self.at += 2
                words = self._items()
        self.blanks()
        if self.text.startswith(";", self.at, self.end):
            self.at += 1
        body = self._loop_body(stops)
        return self._closed(kind, name, words, (body,), start)

    def _bare_word(self) -> str:
        match = _PLAIN_WORD(self.text, self.at, self.end)
        name = match[0] if match else ""
        self.at += len(name)
        return name

    def _items(self) -> tuple[ShellWord, ...]:
        """Words up to the end of the line."""
        words: list[ShellWord] = []
        while True:
            self.blanks()
            word = self.word()
            if not word.text:
                return tuple(words)
            words.append(word)

    def _case(self, stops: frozenset[str], start: int) -> Compound:
        self.blanks()
        subject = self.word()
        self.expect("in")
        bodies = []
        while True:
            self.linebreak()
            if self.at >= self.end or self.keyword() == "esac":
                break
            before = self.at
            self._patterns()
            bodies.append(self.script(stops | _CASE))
            if self.text.startswith((";", "&"), self.at, self.end):
                while self.text.startswith((";", "&"), self.at, self.end):
                    self.at += 1
            elif self.keyword() != "esac" or self.at == before:
                break
        self.expect("esac")
        return self._closed("case", "", (subject,), tuple(bodies), start)

    def _patterns(self) -> None:
        """Go over `(a | b)`."""
        if self.text.startswith("(", self.at, self.end):
            self.at += 1
        while True:
            self.blanks()
            self.word()
            self.blanks()
            if not self.text.startswith("|", self.at, self.end):
                break
            self.at += 1
        if self.text.startswith(")", self.at, self.end):
            self.at += 1
        else:
            self.note("')' is missing after a pattern")

    def _function(self, stops: frozenset[str], start: int) -> Node:
        self.blanks()
        name = self._bare_word()
        self.blanks()
        if self.text.startswith("(", self.at, self.end):
            self.at += 1
            self.blanks()
            if self.text.startswith(")", self.at, self.end):
                self.at += 1
        return self.function_body(name, start, stops)

    def function_body(self, name: str, start: int, stops: frozenset[str]) -> Node:
        """The function whose head ends here."""
        if self.depth >= MAX_DEPTH:
            return self._too_deep(start)
        self.depth += 1
        node = self.body_of_function(stops)
        self.depth -= 1
        if node is None:
            self.note(f"the function '{name}' has no body")
            return Compound("function", name, (), (), (), start, self.at)
        body = Script((node,), node.start, node.end, (False,))
        return Compound("function", name, (), (body,), (), start, node.end)

    def _test(self) -> tuple[ShellWord, ...]:
        """The words of `[[ … ]]`, without the operators between them."""
        words: list[ShellWord] = []
        text = self.text
        while True:
            self.linebreak()
            if self.at >= self.end or text[self.at] == ";":
                self.note("']]' is missing")
                return tuple(words)
            pattern = bool(words) and words[-1].text == "=~"
            word = self._regular_expression() if pattern else self.word()
            if word.text == "]]":
                return tuple(words)
            if word.text:
                words.append(word)
            else:
                self.at += 1

    def _regular_expression(self) -> ShellWord:
        """The word after `=~`, in which parentheses and bars are allowed."""
        start, level = self.at, 0
        parts: list[Part] = []
        while self.at < self.end:
            parts.extend(self.word().parts)
            char = self.text[self.at : min(self.at + 1, self.end)]
            if not char or char in ";\n" or (char in " \t" and not level):
                break
            level += 1 if char == "(" else -1 if char == ")" else 0
            self.at += 1
            parts.append(Opaque(char, self.at - 1, self.at))
        return ShellWord(self.text[start : self.at], tuple(parts), start, self.at)
