"""What each builder would write into the history for an instruction.

BuildKit: https://github.com/moby/buildkit/blob/master/frontend/dockerfile/dockerfile2llb/convert.go; the others in
`scanguard.blame.history`.
"""

import re
from collections.abc import Iterator

from scanguard.blame.history import DEFAULT_SHELLS, LAYERED, History
from scanguard.blame.wording import EXPOSED, bare_path, path_words, plain, port_list, squeezed
from scanguard.build.model import Build, BuildStep, Stage, Value
from scanguard.build.paths import resolve
from scanguard.build.variables import is_fixed
from scanguard.dockerfile.expand import ExpansionError, Lexer
from scanguard.dockerfile.nodes import Instruction, Word
from scanguard.image.nodes import Image
from scanguard.model.location import Span
from scanguard.model.record import NamedTuple

HOLE = "\0"
_HIDDEN = frozenset({"FROM"})


class Expected(NamedTuple):
    """An instruction that leaves an entry. `span` is the place to blame: for a trigger that of its ONBUILD.

    `forms` are the texts that builders may write for it, with the values that the Dockerfile and `--build-arg` give; in
    `patterns` each HOLE is a value that another `--build-arg` may have given. Of a `quiet` one this builder may have
    written nothing.
    """

    step: BuildStep
    keyword: str
    span: Span
    forms: tuple[str, ...]
    patterns: tuple[str, ...] = ()
    quiet: bool = False

    @property
    def layered(self) -> bool:
        """Whether it is an instruction that changes files."""
        return self.keyword in LAYERED


def shells_of(image: Image, build: Build) -> tuple[str, ...]:
    """The texts of all shells that commands of the image may have run in."""
    named = [
        " ".join(word.text for word in step.instruction.words)
        for stage in build.stages
        for step in stage.steps
        if step.instruction.keyword == "SHELL"
    ]
    own = " ".join(image.config.shell)
    return tuple(dict.fromkeys(squeezed(one) for one in (own, *named, *DEFAULT_SHELLS) if one))


def expected(build: Build, history: History) -> tuple[Expected, ...]:
    """All instructions whose entries the shipped image has, in the order of its layers, triggers of stages included.

    Of the forms that builders give them only those of the history's own builder count. BuildKit writes nothing for ONBUILD;
    buildah runs no triggers that a stage of the same file set.
    """
    if build.shipped is None:
        return ()
    text = build.dockerfile.source.text
    writer = _Writer(text, build.dockerfile.escape, history)
    below: Stage | None = None
    result: list[Expected] = []
    for stage in build.shipped.lineage:
        for step in below.steps if below is not None else ():
            trigger = step.instruction.trigger
            if step.instruction.keyword == "ONBUILD" and trigger is not None:
                moved = step._replace(instruction=trigger, stage=stage.index, words=())
                result.append(writer.expected(moved)._replace(span=step.span, quiet=history.buildah))
        result.extend(writer.expected(step) for step in stage.steps if step.instruction.keyword not in _HIDDEN)
        below = stage
    return tuple(result)


class _Writer:
    """Writes the entries of instructions as the builder of a history does; `text` and `escape` are the Dockerfile's."""

    def __init__(self, text: str, escape: str, history: History) -> None:
        self.text = text
        self.escape = escape
        self.shells = history.shells
        self.history = history
        self.disputed: set[str] = set()

    def expected(self, step: BuildStep) -> Expected:
        """The instruction of a step with all its forms."""
        keyword = step.instruction.keyword
        if keyword == "ARG":
            self._dispute(step)
        if self.history.kaniko:
            raw = self._raw(step.instruction)
            texts: tuple[str, ...] = (squeezed(raw) if keyword == "RUN" else " ".join(path_words(raw)),)
        else:
            texts = self._run(step.instruction) if keyword == "RUN" else self._other(step, given=False)
        if keyword not in ("RUN", "ARG") and any(HOLE in one for one in texts):
            texts = (*texts, *_filled(self._other(step, given=True)))
        texts = tuple(dict.fromkeys(f"{keyword} {one}".strip() for one in texts))
        sure = tuple(one for one in texts if HOLE not in one)
        quiet = keyword == "ONBUILD" and self.history.buildkit
        return Expected(step, keyword, step.span, sure, tuple(one for one in texts if HOLE in one), quiet)

    def _raw(self, instruction: Instruction) -> str:
        """Flags and arguments as they are written."""
        flags = " ".join(self.text[flag.span.start : flag.span.end] for flag in instruction.flags)
        return f"{flags} {instruction.body.text}".strip()

    def _run(self, instruction: Instruction) -> tuple[str, ...]:
        raw = self._raw(instruction)
        if instruction.json:
            exact = " ".join(word.text for word in instruction.words)
            return squeezed(exact), squeezed(f"/bin/sh -c {raw}")
        scripts = _heredoc_scripts(instruction, raw) or (instruction.body.text, raw)
        return tuple(squeezed(f"{shell} {one}") for shell in self.shells for one in scripts)

    def _dispute(self, step: BuildStep) -> None:
        """Note what an ARG declares that ENV has set: ENV wins, but some versions of BuildKit go on with the ARG."""
        names = (pair.name.text for pair in step.instruction.pairs)
        self.disputed.update(name for name in names if name in step.variables and step.variables[name].kind == "ENV")

    def _other(self, step: BuildStep, *, given: bool) -> tuple[str, ...]:
        """The forms of what is no RUN, values that may have been others with their text where it is `given`, else a hole."""
        instruction = step.instruction
        keyword = instruction.keyword
        if keyword == "ARG":
            return self._argument(instruction)
        if keyword in ("COPY", "ADD"):
            return self._copy(step, given=given)
        raw = plain(self._raw(instruction))
        if keyword in ("CMD", "ENTRYPOINT"):
            return (raw, *self._command(instruction))
        if keyword == "HEALTHCHECK":
            return (raw, *self._check(instruction))
        if keyword == "EXPOSE":
            values = " ".join(self._texts(step, given=given))
            return (raw, values) if HOLE in values else (raw, " ".join(port_list(EXPOSED.findall(values))))
        return (raw, *self._setting(step, given=given))

    def _argument(self, instruction: Instruction) -> tuple[str, ...]:
        """The names; where only those with a value are listed, an entry need not name any."""
        names = tuple(plain(pair.name.text) for pair in instruction.pairs)
        if not self.history.listed:
            return names[:1]
        return names if any(pair.value is not None for pair in instruction.pairs) else (*names, "")

    def _command(self, instruction: Instruction) -> tuple[str, ...]:
        words = plain(" ".join(_quoted(word.text) for word in instruction.words))
        return (words,) if instruction.json else tuple(f"{plain(shell)} {words}" for shell in self.shells)

    def _check(self, instruction: Instruction) -> tuple[str, ...]:
        trigger = instruction.trigger
        if trigger is None:
            return ("NONE",)
        words = plain(" ".join(word.text for word in trigger.words))
        return (f"CMD {words}",) if trigger.json else (f"CMD-SHELL {words}",)

    def _copy(self, step: BuildStep, *, given: bool) -> tuple[str, ...]:
        """Sources and destination; some builders write a digest for the sources, and then the destination as it is written."""
        words = [bare_path(plain(one)) if one else "" for one in self._texts(step, given=given)]
        if not words:
            return ()
        places = _places(step, words[-1]) if words[-1] else ("",)
        if self.history.hashed:
            written = " ".join(path_words(step.instruction.words[-1].text))
            return tuple(f"# {place}" for place in (*places, written))
        sources = " ".join(sorted(words[:-1], key=lambda one: one.startswith("<<")))
        return tuple(f"{sources} {place}" for place in places)

    def _setting(self, step: BuildStep, *, given: bool) -> tuple[str, ...]:
        """The settings after expansion, as all builders but buildah write them."""
        instruction = step.instruction
        values = self._texts(step, given=given)
        if instruction.pairs:
            names = (self._unquoted(pair.name.text) for pair in instruction.pairs)
            return (plain(" ".join(f"{name}={value}" for name, value in zip(names, values, strict=False))),)
        if instruction.keyword == "WORKDIR" and values:
            place = bare_path(plain(values[0]))
            below = () if place.startswith("/") else (f"/{HOLE}{place}",)
            return (*_places(step, place), *below)
        return (plain(" ".join(values)),)

    def _texts(self, step: BuildStep, *, given: bool) -> list[str]:
        """The arguments after expansion; where whoever builds can change a variable, it is a hole unless it is `given`."""
        instruction = step.instruction
        if instruction.pairs:
            words: list[Word | None] = [pair.value for pair in instruction.pairs]
        else:
            words = list(instruction.words)
        heredocs = {one.operator.start: f"<<{one.name}" for one in instruction.heredocs}
        values = step.words or tuple(Value(word.text if word else "", known=False) for word in words)
        result = []
        for word, value in zip(words, values, strict=False):
            sure = word is None or (given and value.known) or self._fixed(step, value)
            text = value.text if sure or word is None else plain(self._unquoted(word.text))
            result.append(heredocs.get(word.span.start, text) if word else text)
        return result

    def _fixed(self, step: BuildStep, value: Value) -> bool:
        return fixed(step, value) and self.disputed.isdisjoint(value.variables)

    def _unquoted(self, text: str) -> str:
        """A word without its quotes and escapes, each variable a hole; one that no builder can read stays as it is."""
        try:
            return _Holes(text, {}, self.escape).run("")[0]
        except ExpansionError:
            return text


class _Holes(Lexer):
    """Quoting with a hole for every variable."""

    def dollar(self) -> tuple[str, bool]:
        """A hole, whatever follows the name; a `$` without a name is itself."""
        text, known = super().dollar()
        return (text, known) if text == "$" else (HOLE, False)

    def _find(self, name: str) -> str:
        return HOLE


def _filled(texts: tuple[str, ...]) -> Iterator[str]:
    """The texts that are known, and those that lose a blank where what is unknown is empty: no pattern fits them."""
    for text in texts:
        bare = text.replace(HOLE, "")
        if HOLE not in text or squeezed(bare) != bare:
            yield squeezed(bare)


def _quoted(text: str) -> str:
    """A text with its control characters as builders show them, a tab as a backslash and a `t`."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def _heredoc_scripts(instruction: Instruction, raw: str) -> tuple[str, ...]:
    """What a RUN with heredocs hands to the shell: the body alone, the path of a script, or all of it put together.

    buildah writes `raw`, the instruction's own line, and the bodies.
    """
    heredocs = instruction.heredocs
    if not heredocs:
        return ()
    text = instruction.body.text
    whole = text + "".join(f"\n{one.content}{one.name}" for one in heredocs)
    bodies = raw + "".join(f"\n{one.content}" for one in heredocs)
    first = heredocs[0]
    if len(heredocs) > 1 or not re.fullmatch(r"<<-?[\"']?[^\s\"'<]+[\"']?", text.strip()):
        return (whole, bodies)
    return (f"/dev/pipes/{first.name}" if first.content.startswith("#!") else first.content, bodies)


def _places(step: BuildStep, path: str) -> tuple[str, ...]:
    """A path as written, and where it leads from the working directory: builders write one or the other.

    Where what follows the last slash may be empty, the slash may be gone, too.
    """
    if len(path) > 2 and path.endswith(f"/{HOLE}"):
        path = path[:-2] + HOLE
    if path.startswith(("/", HOLE)) or step.directory is None or "$" in step.directory:
        return (path,)
    return (path, bare_path(resolve(step.directory, path) or path))


def fixed(step: BuildStep, value: Value) -> bool:
    """Whether no `--build-arg` can change a value: all that went into it was set by ENV, to what is fixed."""
    return is_fixed(value, step.variables)
