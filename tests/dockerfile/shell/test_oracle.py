"""Our commands against those of tree-sitter-bash: on real RUN instructions, and on scripts that are made up."""

import os
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanguard.build.commands import shell_kind
from scanguard.dockerfile.nodes import Dockerfile
from scanguard.dockerfile.parser import parse
from scanguard.dockerfile.shell.parser import parse_script
from scanguard.model.location import Source
from tests.dockerfile.shell.oracle import Commands, Oracle, ours

pytest.importorskip("tree_sitter", reason="tree-sitter is not installed")
pytest.importorskip("tree_sitter_bash", reason="tree-sitter-bash is not installed")

CORPUS = os.environ.get("SCANGUARD_CORPUS")
AFTER_REDIRECTION = re.compile(r">(?:&\d|\s*[\w/.]+)[ \t]+[\w\"'$-]")
TWO_EXPANSIONS = re.compile(r"\$[{(\w][^\s]*\$[{(\w]")


def scripts(dockerfile: Dockerfile) -> list[str]:
    """The RUN instructions in shell form that a POSIX shell gets."""
    found = []
    for stage in dockerfile.stages:
        shell = ("/bin/sh", "-c")
        for instruction in stage.instructions:
            if instruction.keyword == "SHELL":
                shell = tuple(word.text for word in instruction.words)
            if instruction.keyword == "RUN" and not instruction.json and shell_kind(shell) == "posix":
                alone = instruction.body.text.strip().startswith("<<") and len(instruction.body.text.split()) == 1
                if not instruction.heredocs:
                    found.append(instruction.body.text)
                elif alone and not instruction.heredocs[0].content.startswith("#!"):
                    found.append(instruction.heredocs[0].content)
    return found


def defect(text: str, theirs: Commands, mine: Commands) -> str:
    """The known defect of tree-sitter-bash that explains a difference, or nothing. `test_known_defects` shows each."""
    names = Counter(name for name, _ in theirs.elements()), Counter(name for name, _ in mine.elements())
    more = sum(count for _, count in theirs.elements()) - sum(count for _, count in mine.elements())
    if names[0] == names[1] and more > 0 and TWO_EXPANSIONS.search(text):
        return "divides a word that has two expansions"
    if names[0] == names[1] and more < 0 and AFTER_REDIRECTION.search(text):
        return "takes words after a redirection for more targets of it"
    if names[1] == Counter(f"\\ {name}" for name in names[0].elements()) and not more:
        return "drops an escaped blank before a word"
    return ""


@pytest.mark.skipif(not CORPUS, reason="SCANGUARD_CORPUS names no folder of Dockerfiles")
def test_corpus() -> None:
    oracle, differences, count = Oracle(), [], 0
    for path in sorted(Path(CORPUS or "").iterdir()):
        dockerfile = parse(Source(path.name, path.read_text(encoding="utf-8", errors="replace")))
        for text in scripts(dockerfile):
            count += 1
            assert parse_script(text).problems == (), text
            (theirs, _), mine = oracle.commands(text), ours(text)
            if theirs != mine and not defect(text, theirs - mine, mine - theirs):
                differences.append((path.name, theirs - mine, mine - theirs))
    assert count > 100
    assert differences == []


@pytest.mark.parametrize(
    ("text", "theirs", "mine"),
    [
        # A word with two expansions becomes two words.
        ("wget http://h/$V/p-$V-src.tgz", {("wget", 2): 1}, {("wget", 1): 1}),
        # To a shell an escaped blank belongs to the name of the program: a mistake in that Dockerfile.
        ("a && \\ useradd b", {("a", 0): 1, ("useradd", 1): 1}, {("a", 0): 1, ("\\ useradd", 1): 1}),
        # A redirection has one target, what follows is an argument.
        ('echo >&2 "a"', {("echo", 0): 1}, {("echo", 1): 1}),
        # A line end ends a pipeline, whatever redirections the next line has.
        (
            "a | b | c\nd > o",
            {("a", 0): 1, ("b", 0): 1, ("c", 1): 1},
            {("a", 0): 1, ("b", 0): 1, ("c", 0): 1, ("d", 0): 1},
        ),
    ],
)
def test_known_defects(text: str, theirs: dict[tuple[str, int], int], mine: dict[tuple[str, int], int]) -> None:
    assert (Oracle().commands(text)[0], ours(text)) == (Counter(theirs), Counter(mine))


NAMES = st.sampled_from(["apt-get", "cp", "make", "./x", "/bin/y", "pip3"])
ATOMS = st.sampled_from(
    [
        "-y",
        "install",
        "a=b",
        "'q r'",
        '"s t"',
        '"u $v"',
        "$w",
        "${x:-y}",
        "${z%.*}",
        "*.c",
        "{d,e}",
        "\\ f",
        "g#h",
        "--i=j",
        "42",
        "\"k\"l'm'",
    ]
)


def compound(scripts_: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Constructs around smaller scripts, blanks and line ends as people write them."""
    one, two = scripts_, st.tuples(scripts_, scripts_)
    return st.one_of(
        st.builds("{0[0]} && {0[1]}".format, two),
        st.builds("{0[0]} || {0[1]}".format, two),
        st.builds("{0[0]} | {0[1]}".format, two),
        st.builds("{0[0]}; {0[1]}".format, two),
        st.builds("{0[0]};\n{0[1]}".format, two),
        st.builds("({})".format, one.filter(lambda text: not text.startswith("("))),
        st.builds("{{ {}; }}".format, one),
        st.builds("if {0[0]}; then {0[1]}; fi".format, two),
        st.builds("if {0[0]}\nthen\n {0[1]}\nelse {0[0]}\nfi".format, two),
        st.builds("while {0[0]}; do {0[1]}; done".format, two),
        st.builds("for i in a $b 'c'; do {}; done".format, one),
        st.builds("case $a in b|c) {0[0]};; *) {0[1]};; esac".format, two),
        st.builds("f() {{ {}; }}".format, one),
        st.builds("echo $({}) c".format, one.filter(lambda text: not text.startswith("("))),
        st.builds('echo "a $({})"'.format, one.filter(lambda text: not text.startswith("("))),
    )


SIMPLE = st.builds(
    lambda before, name, words, after: " ".join([*before, name, *words, *after]),
    st.lists(st.sampled_from(["A=b", 'C="d e"', "E="]), max_size=2),
    NAMES,
    st.lists(ATOMS, max_size=4),
    st.lists(st.sampled_from(["> o", "2>&1", "< i", ">>p"]), max_size=2),
)
SCRIPTS = st.recursive(SIMPLE, compound, max_leaves=6)


@given(SCRIPTS)
@settings(max_examples=600)
def test_made_up_scripts(text: str) -> None:
    theirs, understood = Oracle().commands(text)
    assert parse_script(text).problems == ()
    if understood:
        assert ours(text) == theirs
