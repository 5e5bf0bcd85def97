"""Problems to findings: the rule, the file, lines and columns, and what the fingerprint is made from."""

from bisect import bisect_right

from scanguard.build.model import Build
from scanguard.dockerfile.nodes import Comment, Dockerfile, Instruction
from scanguard.model.finding import Finding, Place, Problem, Step
from scanguard.model.location import Span
from scanguard.model.rule import Rule, Severity

MASK = "***"
_ENOUGH = 4096


class Stamp:
    """Stamps the problems of one file."""

    def __init__(self, dockerfile: Dockerfile, build: Build | None, secrets: tuple[Span, ...]) -> None:
        self.dockerfile = dockerfile
        self.source = dockerfile.source
        self.build = build
        self.secrets = secrets
        self._instructions: list[Instruction] | None = None
        self._starts: list[int] = []
        self._seen: dict[tuple[str, str, str, str], int] = {}
        self._normalised_last: tuple[Span | None, str] = (None, "")

    def finding(self, rule: Rule, severity: Severity | None, problem: Problem) -> Finding:
        """The problem as a finding; the problem's own severity can only lower the rule's."""
        grade = rule.severity if severity is None else severity
        if problem.severity is not None:
            grade = min(grade, problem.severity)
        end = len(self.source.text)
        problem = problem._replace(span=Span(min(problem.span.start, end), min(problem.span.end, end)))
        instruction = self._normalised(problem.span)
        stage = self._stage(problem.stage)
        identity = (rule.id, stage, instruction, problem.key)
        ordinal = self._seen.get(identity, 0)
        self._seen[identity] = ordinal + 1
        return Finding(
            rule,
            grade,
            problem.confidence,
            problem.message,
            self.source.uri,
            self.source.region(problem.span),
            stage,
            tuple(map(self._place, problem.related)),
            tuple(map(self._place, problem.trace)),
            problem.span,
            instruction,
            problem.key,
            ordinal,
            lines=self._lines(problem.span),
        )

    def _lines(self, span: Span) -> tuple[int, int]:
        """The first and the last line of the instruction that holds the span."""
        instruction = self._instruction(span.start)
        if instruction is None:
            return (0, 0)
        first, _, last, column = self.source.region(instruction.span)
        return (first, max(first, last - (column == 1)))

    def _place(self, step: Step) -> Place:
        return Place(step.message, self.source.region(step.span))

    def _stage(self, index: int | None) -> str:
        if index is None or self.build is None or not 0 <= index < len(self.build.stages):
            return ""
        return self.build.stages[index].name

    def _normalised(self, span: Span) -> str:
        """The instruction that holds the span, secrets masked; a comment's line where there is none.

        White space is folded, comments between its lines and the continuations are left out: laid out in another way it
        is the same instruction. Its beginning is enough to tell it from others. The last one is kept: thousands of
        findings may be in one.
        """
        instruction = self._instruction(span.start)
        if instruction is not None:
            if self._normalised_last[0] != instruction.span:
                text = " ".join(self._words(instruction.span))[:_ENOUGH]
                self._normalised_last = (instruction.span, text)
            return self._normalised_last[1]
        line = self.source.line_of(span.start)
        start = self.source.line_starts[line - 1]
        return self.masked(Span(start, start + len(self.source.line(line)))).strip()

    def _words(self, span: Span) -> list[str]:
        """The words of an instruction without comments, a continuation on its own, and secrets."""
        comments = self.dockerfile.comments
        at = span.start
        pieces = []
        for comment in comments[bisect_right(comments, at, key=_start) :]:
            if comment.span.start >= span.end:
                break
            pieces.append(self.masked(Span(at, comment.span.start)))
            at = comment.span.end
        pieces.append(self.masked(Span(at, span.end)))
        return [word for word in " ".join(pieces).split() if word != self.dockerfile.escape]

    def _instruction(self, offset: int) -> Instruction | None:
        if self._instructions is None:
            stages = (one for stage in self.dockerfile.stages for one in stage.instructions)
            self._instructions = [*self.dockerfile.preamble, *stages]
            self._starts = [one.span.start for one in self._instructions]
        at = bisect_right(self._starts, offset) - 1
        if at < 0 or offset > self._instructions[at].span.end:
            return None
        return self._instructions[at]

    def masked(self, span: Span) -> str:
        """The text of a span with every secret in it masked."""
        pieces = []
        at = span.start
        for secret in self.secrets:
            if secret.end <= at or secret.start >= span.end:
                continue
            pieces.append(self.source.text[at : max(at, secret.start)])
            pieces.append(MASK)
            at = min(secret.end, span.end)
        pieces.append(self.source.text[at : span.end])
        return "".join(pieces)


def _start(comment: Comment) -> int:
    return comment.span.start
