"""What each builder would write into the history for an instruction.

BuildKit: https://github.com/moby/buildkit/blob/master/frontend/dockerfile/dockerfile2llb/convert.go; the others in
`scanguard.blame.history`.
"""

import re

from scanguard.blame.history import DEFAULT_SHELLS, LAYERED, History
from scanguard.blame.wording import EXPOSED, bare_path, path_words, plain, port_list, squeezed
from scanguard.build.model import Build, BuildStep, Stage, Value
from scanguard.build.paths import resolve
from scanguard.build.variables import is_fixed
from scanguard.dockerfile.nodes import Instruction, Word
from scanguard.image.nodes import Image
from scanguard.model.location import Span
from scanguard.model.record import NamedTuple

HOLE = "\0"
_VARIABLE = re.compile(r"\$(?:\{[^}]*\}|\w+)")
_HIDDEN = frozenset({"FROM"})


class Expected(NamedTuple):
    """An instruction that leaves an entry. `span` is the place to blame: for a trigger that of its ONBUILD.

    `forms` are the texts that builders may write for it; in `patterns` each HOLE is a value that nobody knows.
    """

    step: BuildStep
    keyword: str
    span: Span
    forms: tuple[str, ...]
    patterns: tuple[str, ...] = ()

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

    Of the forms that builders give them only those of the history's own builder count.
    """
    if build.shipped is None:
        return ()
    text = build.dockerfile.source.text
    writer = _Writer(text, history.shells, hashed=history.hashed, bare=history.kaniko)
    below: Stage | None = None
    result: list[Expected] = []
    for stage in build.shipped.lineage:
        for step in below.steps if below is not None else ():
            trigger = step.instruction.trigger
            if step.instruction.keyword == "ONBUILD" and trigger is not None:
                moved = step._replace(instruction=trigger, stage=stage.index, words=())
                result.append(writer.expected(moved)._replace(span=step.span))
        result.extend(writer.expected(step) for step in stage.steps if step.instruction.keyword not in _HIDDEN)
        below = stage
    return tuple(result)


class _Writer:
    """Writes the entries of instructions; `text` is the Dockerfile's.

    `hashed` says that digests stand for the sources of COPY, `bare` that all is written as in the Dockerfile.
    """

    def __init__(self, text: str, shells: tuple[str, ...], *, hashed: bool, bare: bool) -> None:
        self.text = text
        self.shells = shells
        self.hashed = hashed
        self.bare = bare

    def expected(self, step: BuildStep) -> Expected:
        """The instruction of a step with all its forms."""
        keyword = step.instruction.keyword
        if self.bare:
            raw = self._raw(step.instruction)
            texts: tuple[str, ...] = (squeezed(raw) if keyword == "RUN" else " ".join(path_words(raw)),)
        else:
            texts = self._run(step.instruction) if keyword == "RUN" else self._other(step)
        texts = tuple(dict.fromkeys(f"{keyword} {one}".strip() for one in texts))
        sure = tuple(one for one in texts if HOLE not in one)
        return Expected(step, keyword, step.span, sure, tuple(one for one in texts if HOLE in one))

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

    def _other(self, step: BuildStep) -> tuple[str, ...]:
        instruction = step.instruction
        keyword = instruction.keyword
        if keyword == "ARG":
            return tuple(pair.name.text for pair in instruction.pairs[:1])
        if keyword in ("COPY", "ADD"):
            return _copy(step, hashed=self.hashed)
        raw = plain(self._raw(instruction))
        if keyword in ("CMD", "ENTRYPOINT"):
            return (raw, *self._command(instruction))
        if keyword == "HEALTHCHECK":
            return (raw, *self._check(instruction))
        if keyword == "EXPOSE":
            values = " ".join(_texts(step))
            return (values,) if HOLE in values else (" ".join(port_list(EXPOSED.findall(values))),)
        return (raw, *_setting(step))

    def _command(self, instruction: Instruction) -> tuple[str, ...]:
        words = plain(" ".join(word.text for word in instruction.words))
        return (words,) if instruction.json else tuple(f"{plain(shell)} {words}" for shell in self.shells)

    def _check(self, instruction: Instruction) -> tuple[str, ...]:
        trigger = instruction.trigger
        if trigger is None:
            return ("NONE",)
        words = plain(" ".join(word.text for word in trigger.words))
        return (f"CMD {words}",) if trigger.json else (f"CMD-SHELL {words}",)


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


def _copy(step: BuildStep, *, hashed: bool) -> tuple[str, ...]:
    """Sources and destination; some builders write a digest for the sources."""
    words = [bare_path(plain(one)) for one in _texts(step)]
    if not words:
        return ()
    sources = "#" if hashed else " ".join(sorted(words[:-1], key=lambda one: one.startswith("<<")))
    return tuple(f"{sources} {place}" for place in _places(step, words[-1]))


def _places(step: BuildStep, path: str) -> tuple[str, ...]:
    """A path as written, and where it leads from the working directory: builders write one or the other."""
    if path.startswith(("/", HOLE)) or step.directory is None or "$" in step.directory:
        return (path,)
    return (path, bare_path(resolve(step.directory, path) or path))


def _setting(step: BuildStep) -> tuple[str, ...]:
    """The settings after expansion, as all builders but buildah write them."""
    instruction = step.instruction
    values = _texts(step)
    if instruction.pairs:
        pairs = zip(instruction.pairs, values, strict=False)
        return (plain(" ".join(f"{pair.name.text}={value}" for pair, value in pairs)),)
    if instruction.keyword == "WORKDIR" and values:
        place = bare_path(plain(values[0]))
        below = () if place.startswith("/") else (f"/{HOLE}{place}",)
        return (*_places(step, place), *below)
    return (plain(" ".join(values)),)


def _texts(step: BuildStep) -> list[str]:
    """The arguments after expansion; where whoever builds can change a variable, it is a hole."""
    instruction = step.instruction
    if instruction.pairs:
        words: list[Word | None] = [pair.value for pair in instruction.pairs]
    else:
        words = list(instruction.words)
    heredocs = {one.operator.start: f"<<{one.name}" for one in instruction.heredocs}
    values = step.words or tuple(Value(word.text if word else "", known=False) for word in words)
    return [_text(step, word, value, heredocs) for word, value in zip(words, values, strict=False)]


def _text(step: BuildStep, word: Word | None, value: Value, heredocs: dict[int, str]) -> str:
    if word is None:
        return value.text
    if word.span.start in heredocs:
        return heredocs[word.span.start]
    if fixed(step, value):
        return value.text
    return plain(_VARIABLE.sub(HOLE, word.text))


def fixed(step: BuildStep, value: Value) -> bool:
    """Whether no `--build-arg` can change a value: all that went into it was set by ENV, to what is fixed."""
    return is_fixed(value, step.variables)
