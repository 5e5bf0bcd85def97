"""What holds for any text: parsing is total and linear, and spans give the source back."""

import sys
import time
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanguard.dockerfile.decode import decode
from scanguard.dockerfile.expand import UNKNOWN, ExpansionError, expand_word, expand_words
from scanguard.dockerfile.json_form import read_array
from scanguard.dockerfile.mounts import mounts
from scanguard.dockerfile.nodes import Dockerfile, Instruction, Word
from scanguard.model.location import Span
from tests.dockerfile.grammar import scraps, texts
from tests.dockerfile.shape import instructions, read

anything = st.one_of(st.text(max_size=200), scraps, texts)


def spans(instruction: Instruction) -> list[Span]:
    flags = [span for flag in instruction.flags for span in (flag.span, *([flag.value.span] if flag.value else []))]
    pairs = [span for pair in instruction.pairs for span in (pair.span, pair.name.span)]
    heredocs = [heredoc.operator for heredoc in instruction.heredocs]
    inner = [instruction.trigger.span, *spans(instruction.trigger)] if instruction.trigger else []
    return [instruction.keyword_span, *(word.span for word in instruction.words), *flags, *pairs, *heredocs, *inner]


def is_in_source(dockerfile: Dockerfile, word: Word) -> None:
    """The word is what its span covers, less continuations and what stands between them."""
    source = dockerfile.source[word.span]
    if "\n" not in source:
        assert source == word.text
    else:
        rest = iter(source)
        assert all(char in rest for char in word.text)
        assert (source[0], source[-1]) == (word.text[0], word.text[-1])


@settings(max_examples=400)
@given(anything)
def test_any_text_gives_a_dockerfile(text: str) -> None:
    dockerfile = read(text)
    size = len(text)
    found = instructions(dockerfile)
    assert all(0 <= error.span.start <= error.span.end <= size for error in dockerfile.errors)
    assert [one.span for one in found] == sorted(one.span for one in found)
    for one in found:
        assert all(one.span.start <= span.start <= span.end <= one.span.end for span in spans(one))
        assert all(mount.span in [flag.span for flag in one.flags] for mount in mounts(one))
    for one, following in pairwise(found):
        assert one.span.end < following.span.start
    for comment in dockerfile.comments:
        assert dockerfile.source[comment.span].startswith("#")
        assert comment.text in dockerfile.source[comment.span]


@settings(max_examples=400)
@given(anything)
def test_spans_give_the_words_back(text: str) -> None:
    dockerfile = read(text)
    for one in instructions(dockerfile):
        written = dockerfile.source[one.keyword_span]
        assert "\n" in written or written.upper() == one.keyword.upper()
        if not one.json:
            for word in one.words:
                is_in_source(dockerfile, word)
        for heredoc in one.heredocs:
            assert dockerfile.source[heredoc.span] == heredoc.content
        for directive in dockerfile.directives:
            assert dockerfile.source[directive.value.span] == directive.value.text
        if one.body.text:
            is_in_source(dockerfile, Word(one.body.text, one.body.span(0, len(one.body.text))))


def outcome(expand: Callable[..., object], word: str, values: object, escape: str = "\\") -> object:
    try:
        return expand(word, values, escape=escape)
    except ExpansionError as error:
        return error


@settings(max_examples=300)
@given(st.text(alphabet="a$X{}:-+?#%/*\\`\"'< \n", max_size=40), st.sampled_from(["\\", "`"]))
def test_expansion_of_any_word_gives_a_value_or_a_located_error(word: str, escape: str) -> None:
    values = {"X": "aXa/b", "a": "", "aa": UNKNOWN}
    for expand in (expand_word, expand_words):
        result = outcome(expand, word, values, escape)
        assert not isinstance(result, ExpansionError) or (0 <= result.offset <= len(word) and result.message)


@given(st.text(alphabet="a b.-/_", max_size=20))
def test_a_word_without_special_characters_stays_as_it_is(word: str) -> None:
    assert expand_word(word, {}) == (word, (), (), True)


@given(st.binary(max_size=60))
def test_any_bytes_are_decoded(data: bytes) -> None:
    text, messages = decode(data)
    assert isinstance(text, str)
    assert bool(messages) == ("\0" in text or text.encode() != data.removeprefix(b"\xef\xbb\xbf"))


@given(st.lists(st.text(max_size=8), max_size=4))
def test_every_array_of_strings_is_json_form(values: list[str]) -> None:
    quoted = [
        '"' + "".join(char if char not in '"\\' and char >= " " else f"\\u{ord(char):04x}" for char in value) + '"'
        for value in values
    ]
    array = read_array("[" + ", ".join(quoted) + "]")
    assert array is not None
    assert [item.value for item in array.items] == values


REPEATED = {
    "backslashes": ("RUN ", "\\"),
    "continuations": ("RUN ", "x\\\n"),
    "comments in a continuation": ("RUN x \\\n", "# y\n"),
    "heredoc marks": ("RUN ", "<<"),
    "heredoc operators": ("RUN ", "<<A "),
    "heredocs": ("", "RUN <<A\n"),
    "substitutions": ("RUN <<A ", "${"),
    "nested substitutions": ("RUN <<A ", "${A:-"),
    "double quotes": ("ENV a=", '"'),
    "quotes": ("ENV a=", "'\""),
    "arrays": ("CMD ", "["),
    "strings": ("CMD [", '"a",'),
    "escapes in a string": ('CMD ["', '\\"'),
    "objects": ("CMD [1, ", '{"a":['),
    "triggers": ("", "ONBUILD "),
    "flags": ("RUN ", "--a "),
    "a long flag": ("RUN --a=", "x"),
    "a quoted flag": ("RUN --a=", "'"),
    "mounts": ("RUN ", "--mount=type=cache "),
    "keys": ("RUN --mount=", "a,"),
    "blanks": ("RUN", " "),
    "line ends": ("", "\n"),
    "carriage returns": ("", "\r"),
    "pairs": ("ENV ", "a=b "),
    "unknown instructions": ("", "FROMM\n"),
    "digits of a duration": ("HEALTHCHECK --interval=", "1"),
    "units of a duration": ("HEALTHCHECK --interval=", "1s"),
    "digits of a descriptor": ("RUN <<A ", "1"),
    "directives": ("", "# escape=`\n"),
    "blanks in a directive": ("#escape=", " "),
    "stages": ("", "FROM a AS b\n"),
    "object": ("{", '"a":[{"syntax":"b"}],'),
}


@pytest.mark.parametrize(("head", "unit"), REPEATED.values(), ids=REPEATED)
def test_time_is_linear(head: str, unit: str) -> None:
    """A quarter of a megabyte; what is quadratic would take minutes of processor time."""
    text = head + unit * (250_000 // len(unit))
    start = time.process_time()
    read(text)
    assert time.process_time() - start < 40


WORDS = {
    "variables": "$A",
    "braces": "${A}",
    "nested": "${A:-",
    "open": "${",
    "dollars": "$",
    "quotes": "''",
    "patterns": "${A#*a*b}",
    "replacements": "${A/?*?*b/x}",
    "everywhere": "${A//a/b}",
}


@pytest.mark.parametrize("unit", WORDS.values(), ids=WORDS)
@pytest.mark.parametrize("expand", [expand_word, expand_words])
def test_time_of_expansion_is_linear(unit: str, expand: Callable[..., object]) -> None:
    start = time.process_time()
    outcome(expand, unit * (100_000 // len(unit)), {"A": "a" * 1000})
    assert time.process_time() - start < 40


@pytest.mark.skipif(sys.gettrace() is not None, reason="coverage is measured, which takes its time")
def test_five_thousand_instructions_take_a_fifth_of_a_second_at_most() -> None:
    text = "FROM a\n" + "RUN apt-get install -y b\nENV c=d\nCOPY e f\n" * 1667
    best = 9.0
    for _ in range(3):
        start = time.process_time()
        read(text)
        best = min(best, time.process_time() - start)
    assert best < 0.2
