"""Rules that a policy declares, made into ordinary checks. See docs/declared-rules.md."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scanguard.build.model import Build
from scanguard.build.secret_names import secret_kind
from scanguard.build.secrets import secret_spans
from scanguard.model.finding import Problem
from scanguard.model.record import NamedTuple
from scanguard.model.rule import Rule, Severity
from scanguard.model.spelling import nearest
from scanguard.plugin import Check, Options
from scanguard.policy.blocks import read_block
from scanguard.policy.document import Document, Path
from scanguard.policy.facts import Fact, View, facts, lineage, view
from scanguard.policy.matching import Node, always, holds, leaves, subjects
from scanguard.policy.vocabulary import EVERYWHERE, SHOWN

_PLACEHOLDER = re.compile(r"\{([a-z]+)\}")
_OWN = "SG"
_MASK = "***"
_PATTERNS_LIMIT = 2000
"""More would cost too much, and take turns in the cache of translated patterns."""


def declared(document: Document, entries: Sequence[Mapping[str, Any]], rules: Sequence[Rule]) -> Iterator[Check]:
    """The checks that the key `declare` describes. `rules` are those that there are already.

    Raises ConfigurationError, at its place, for an id or a name that is taken, for what cannot be matched, and for a
    rule that would match everything.
    """
    taken = {word: rule for rule in rules for word in (rule.id.upper(), rule.name)}
    patterns = 0
    for index, entry in enumerate(entries):
        path: Path = ("declare", index)
        rule = _rule(document, entry)
        if rule.id.startswith(_OWN):
            raise document.error(f"'{rule.id}' begins with {_OWN}, as ScanGuard's own ids do", (*path, "id"))
        for key, word in (("id", rule.id.upper()), ("name", rule.name)):
            if word in taken:
                message = f"there is a rule '{taken[word].name}' ({taken[word].id}) already; choose another {key}"
                raise document.error(message, (*path, key))
            taken[word] = rule
        run = _run(document, entry, path)
        patterns += sum(
            len(one.patterns) for block in run.blocks for leaf, _ in leaves(block) for one in leaf.conditions
        )
        if patterns > _PATTERNS_LIMIT:
            raise document.error(f"the declared rules have more than {_PATTERNS_LIMIT} patterns", path)
        yield Check(rule, run.run)


def _run(document: Document, entry: Mapping[str, Any], path: Path) -> "Prohibition | Requirement":
    return _requirement(document, entry, path) if "require" in entry else _prohibition(document, entry, path)


def _rule(document: Document, entry: Mapping[str, Any]) -> Rule:
    message = " ".join(entry["message"].split())
    summary = _PLACEHOLDER.sub(lambda found: f"<{found[1]}>", _sentence(message))
    manual = entry.get("help", "").strip()
    origin = f"Declared in the policy `{document.uri}`."
    text = f"{summary}\n\n{manual}\n\n{origin}\n" if manual else f"{summary}\n\n{origin}\n"
    severity = Severity[entry["severity"].upper()]
    return Rule(entry["id"], entry["name"], entry.get("category", "hygiene"), severity, summary, text)


def _sentence(message: str) -> str:
    return message if message.endswith((".", "!", "?")) else f"{message}."


class Prohibition(NamedTuple):
    """Run of a rule that reports each fact that its block matches; `kinds` are the facts to look at."""

    block: Node
    kinds: tuple[str, ...]
    scope: str
    message: str

    @property
    def blocks(self) -> tuple[Node, ...]:
        """All blocks of the rule."""
        return (self.block,)

    def run(self, build: Build, options: Options) -> Iterator[Problem]:
        """A problem for each fact that is surely matched."""
        seen = view(build, self.scope)
        clean = _Clean(build)
        for kind in self.kinds:
            for fact in facts(seen, kind):
                if holds(self.block, fact, build) is True:
                    yield _problem(fact, _filled(self.message, fact, build, clean), build, clean)


class Requirement(NamedTuple):
    """Run of a rule that reports stages without any fact that its block matches, where `when` matches one."""

    block: Node
    kinds: tuple[str, ...]
    when: Node | None
    when_kinds: tuple[str, ...]
    scope: str
    message: str

    @property
    def blocks(self) -> tuple[Node, ...]:
        """All blocks of the rule."""
        return (self.block,) if self.when is None else (self.block, self.when)

    def run(self, build: Build, options: Options) -> Iterator[Problem]:
        """A problem for each stage that surely lacks what is required."""
        stages = build.stages if self.scope == "all" else () if build.shipped is None else (build.shipped,)
        for stage in stages:
            seen = lineage(build, stage)
            if self.when is not None and not _any(self.when, self.when_kinds, seen):
                continue
            answers = {holds(self.block, fact, build) for fact in _in_force(seen, self.kinds)}
            if True not in answers and None not in answers:
                message = self.message.replace("{stage}", _Clean(build)(stage.name))
                yield Problem(message, stage.from_span, stage.index, key=stage.name)


def _any(block: Node, kinds: tuple[str, ...], seen: View) -> bool:
    return any(holds(block, fact, seen.build) is True for kind in kinds for fact in facts(seen, kind))


def _in_force(seen: View, kinds: tuple[str, ...]) -> Iterator[Fact]:
    """The facts of a stage; of a label or a variable that is set again only the last counts."""
    for kind in kinds:
        found = tuple(facts(seen, kind))
        yield from {fact.key: fact for fact in found}.values() if kind in ("label", "environment") else found


def _problem(fact: Fact, message: str, build: Build, clean: "_Clean") -> Problem:
    trace = build.trace("This is done here", fact.span, fact.stage)
    return Problem(message, fact.span, fact.stage, trace=trace, key=clean(fact.key))


class _Clean:
    """Takes the secrets of a build out of texts."""

    def __init__(self, build: Build) -> None:
        self._build = build
        self._secrets: tuple[str, ...] | None = None

    def __call__(self, text: str) -> str:
        """The text with whatever the file holds as a secret masked."""
        if self._secrets is None:
            source = self._build.dockerfile.source
            found = {source[span].strip("\"'") for span in secret_spans(self._build)}
            found.update(_given(self._build))
            self._secrets = tuple(sorted(found - {""}, key=len, reverse=True))
        for secret in self._secrets:
            text = text.replace(secret, _MASK)
        return text


def _given(build: Build) -> Iterator[str]:
    """Values of variables that are secrets by their name; the command line may have given them, so no line holds them."""
    for stage in build.stages:
        for variable in stage.variables.values():
            if variable.value.known and secret_kind(variable.name):
                yield variable.value.text


def _filled(message: str, fact: Fact, build: Build, clean: _Clean) -> str:
    values = {"stage": build.stages[fact.stage].name, **fact.shown}
    return _PLACEHOLDER.sub(lambda found: clean(values.get(found[1], found[0])), message)


def _prohibition(document: Document, entry: Mapping[str, Any], path: Path) -> Prohibition:
    block, kinds = _matched(document, entry["match"], (*path, "match"))
    if "when" in entry:
        raise document.error("'when' goes with 'require'; put the condition into 'match'", (*path, "when"), key=True)
    return Prohibition(block, kinds, entry.get("scope", "shipped"), _message(document, entry, path, kinds))


def _requirement(document: Document, entry: Mapping[str, Any], path: Path) -> Requirement:
    if "match" in entry:
        raise document.error("a rule has 'match' or 'require', not both", (*path, "match"), key=True)
    block, kinds = _matched(document, entry["require"], (*path, "require"))
    when, when_kinds = _matched(document, entry["when"], (*path, "when")) if "when" in entry else (None, ())
    message = _message(document, entry, path, ())
    return Requirement(block, kinds, when, when_kinds, entry.get("scope", "shipped"), message)


def _matched(document: Document, value: Mapping[str, Any], path: Path) -> tuple[Node, tuple[str, ...]]:
    """A block and the kinds of facts that it is about; raises ConfigurationError where these are none or all."""
    block = read_block(document, value, path)
    kinds = _kinds(block)
    if not kinds:
        known = subjects(block)
        message = (
            "this says only what is not; add what it is about"
            if known is None
            else "nothing is two kinds of things at once; use 'any', or 'instruction' and 'stage' for the place"
        )
        raise document.error(message, path)
    for leaf, negated in leaves(block):
        if negated and leaf.kind not in (*kinds, *EVERYWHERE):
            raise document.error(
                f"'not' about a {leaf.kind} rules out nothing: this is about {' or '.join(kinds)}", path
            )
    for kind in kinds:
        if always(block, kind):
            raise document.error(f"this is true of every {kind}; add a condition that some do not fulfil", path)
    return block, kinds


def _kinds(block: Node) -> tuple[str, ...]:
    found = subjects(block)
    if found is not None:
        return tuple(sorted(found))
    about = {leaf.kind for leaf, negated in leaves(block) if not negated}
    if about - {*EVERYWHERE}:
        return ()
    return ("instruction",) if "instruction" in about else ("stage",) if about else ()


def _message(document: Document, entry: Mapping[str, Any], path: Path, kinds: tuple[str, ...]) -> str:
    """The message; raises ConfigurationError for a placeholder that not all facts of the rule can fill."""
    message = _sentence(" ".join(entry["message"].split()))
    common = [name for name in SHOWN[kinds[0]] if all(name in SHOWN[kind] for kind in kinds)] if kinds else []
    known = [*common, "stage"]
    for name in _PLACEHOLDER.findall(message):
        if name not in known:
            guess = nearest(name, known)
            hint = f"did you mean '{guess}'?" if guess else f"it may show {', '.join(known)}"
            raise document.error(f"'{{{name}}}' cannot be shown here; {hint}", (*path, "message"))
    return message
