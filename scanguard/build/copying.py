"""COPY and ADD: which path comes from where and where it lands."""

from scanguard.build.model import BuildStep, Copied, Value
from scanguard.build.paths import destination, resolve
from scanguard.dockerfile.nodes import Instruction, Word


def flag_source(instruction: Instruction) -> Word | None:
    """The value of `--from`, or None."""
    return instruction.flag("from")


class Copying:
    """One COPY or ADD, its words expanded."""

    def __init__(self, step: BuildStep, contexts: frozenset[str]) -> None:
        self.step = step
        self.contexts = contexts
        self.heredocs = {one.operator.start: one.name for one in step.instruction.heredocs}

    def copies(self) -> tuple[Copied, ...]:
        """One entry for each source, heredocs included; destinations that cannot be known keep their text."""
        step = self.step
        words, values = step.instruction.words, step.words
        if len(values) < 2:
            return ()
        target = values[-1]
        many = len(values) > 2
        result = []
        for word, value in zip(words[:-1], values[:-1], strict=False):
            result.append(self._copied(word, value, target, many=many))
        return tuple(result)

    def _copied(self, word: Word, value: Value, target: Value, *, many: bool) -> Copied:
        source = value.text
        heredoc = self.heredocs.get(word.span.start)
        origin = self._origin(source) if heredoc is None else "heredoc"
        where = destination(self.step.directory, target.text, source if heredoc is None else heredoc, many=many)
        if origin in ("stage", "image"):
            source = resolve("/", source) or source
        return Copied(source, where or target.text, origin, value.known and target.known, word.span)

    def _origin(self, source: str) -> str:
        step = self.step
        if isinstance(step.source, int):
            return "stage"
        if step.source is not None:
            return "image"
        if flag_source(step.instruction) is not None:
            return "named-context"
        if step.instruction.keyword == "ADD" and source.startswith(("http://", "https://")):
            return "git" if source.endswith(".git") or ".git#" in source else "url"
        if step.instruction.keyword == "ADD" and source.startswith(("git@", "git://", "ssh://")):
            return "git"
        return "context"
