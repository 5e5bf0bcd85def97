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

    def copies(self) -> tuple[Copied, ...]:
        """One entry for each source, heredocs included; destinations that cannot be known keep their text."""
        step = self.step
        words, values = step.instruction.words, step.words
        if len(values) < 2 and not (step.instruction.heredocs and values):
            return ()
        target = values[-1]
        many = len(values) - 1 + len(step.instruction.heredocs) > 1
        result = []
        for word, value in zip(words[:-1], values[:-1], strict=False):
            result.append(self._copied(word, value, target, many=many))
        return tuple(result)

    def _copied(self, word: Word, value: Value, target: Value, *, many: bool) -> Copied:
        origin = self._origin(value.text)
        where = destination(self.step.directory, target.text, value.text, many=many)
        source = value.text
        if origin in ("stage", "image"):
            source = resolve("/", source) or source
        return Copied(source, where or target.text, origin, value.known and target.known, word.span)

    def _origin(self, source: str) -> str:
        step = self.step
        if source.startswith("<<"):
            return "heredoc"
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
