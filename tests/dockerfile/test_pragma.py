import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanguard.dockerfile.parser import parse
from scanguard.dockerfile.pragma import FORM, Pragma, Scope, pragmas
from scanguard.model.location import Source


def read(text: str) -> tuple[Source, tuple[Pragma, ...]]:
    source = Source("Dockerfile", text)
    return source, pragmas(parse(source))


def only(text: str) -> tuple[Source, Pragma]:
    source, found = read(text)
    (pragma,) = found
    return source, pragma


def told(text: str) -> tuple[str, str, str]:
    """The message, what it underlines, and the hint of the one malformed suppression."""
    source, pragma = only(text)
    assert pragma.problem is not None
    assert (pragma.rules, pragma.reason, pragma.until) == ((), "", "")
    return pragma.problem.message, source[pragma.problem.span], pragma.problem.hint


def test_a_suppression_speaks_of_the_instruction_below():
    source, pragma = only(
        'FROM a\n# scanguard: ignore[root-user, SGD401] reason="vendor \\"image\\"" until=2027-03-31\nUSER root\nRUN x\n'
    )
    assert (pragma.scope, pragma.reason, pragma.until) == (Scope.INSTRUCTION, 'vendor "image"', "2027-03-31")
    assert [word.text for word in pragma.rules] == ["root-user", "SGD401"]
    assert [source[word.span] for word in pragma.rules] == ["root-user", "SGD401"]
    assert source[pragma.span].startswith("scanguard: ignore[")
    assert source[pragma.span].endswith("until=2027-03-31")
    assert source[pragma.covers] == "USER root"
    assert pragma.problem is None


def test_other_comments_may_stand_between_but_no_blank_line():
    source, pragma = only("FROM a\n# scanguard: ignore[x]\n# and why\n  # more\n  user root\n")
    assert source[pragma.covers] == "user root"
    text = "FROM a\n# scanguard: ignore[x]\n\nUSER root\n"
    assert told(text) == (
        "The suppression stands above no instruction.",
        "scanguard: ignore[x]",
        "put it directly above one",
    )
    assert told("FROM a\n# scanguard: ignore[x]\n# end")[0] == "The suppression stands above no instruction."


def test_in_a_continuation_it_speaks_of_the_whole_instruction():
    source, pragma = only("FROM a\nRUN one && \\\n  # scanguard: ignore[x]\n  two && \\\n  three\nUSER b\n")
    assert source[pragma.covers] == "RUN one && \\\n  # scanguard: ignore[x]\n  two && \\\n  three"


def test_in_a_heredoc_it_is_the_scripts_own_comment():
    assert read("FROM a\nRUN <<EOF\n# scanguard: ignore[x]\nmake\nEOF\n")[1] == ()


def test_above_a_heredoc_it_covers_the_body():
    source, pragma = only("FROM a\n# scanguard: ignore[x]\nRUN <<EOF\nmake\nEOF\n")
    assert source[pragma.covers].startswith("RUN <<EOF\nmake\nEOF")


def test_at_the_top_it_may_speak_of_the_file_or_of_the_first_instruction():
    text = "# syntax=docker/dockerfile:1\n# scanguard: ignore-file[a] reason=no-need\n# scanguard: ignore[b]\nARG X\nFROM $X\n"
    source, found = read(text)
    assert [(one.scope, source[one.covers], one.reason) for one in found] == [
        (Scope.FILE, text, "no-need"),
        (Scope.INSTRUCTION, "ARG X", ""),
    ]


def test_in_windows_files_lines_end_before_the_carriage_return():
    source, pragma = only("FROM a\r\n# scanguard: ignore[x] reason='a b'\r\nUSER root\r\n")
    assert (source[pragma.span], source[pragma.covers]) == ("scanguard: ignore[x] reason='a b'", "USER root")


@pytest.mark.parametrize(
    ("comment", "message", "underlined", "hint"),
    [
        ("scanguard ignore[x]", "The suppression does not begin with `scanguard: `.", "scanguard ignore[x]", FORM),
        ("ScanGuard: ignore[x]", "The suppression does not begin with `scanguard: `.", "ScanGuard: ignore[x]", FORM),
        ("scanguard:", "'' is neither `ignore` nor `ignore-file`.", "scanguard:", FORM),
        ("scanguard: ignor[x]", "'ignor' is neither `ignore` nor `ignore-file`.", None, "did you mean 'ignore'?"),
        ("scanguard: off", "'off' is neither `ignore` nor `ignore-file`.", None, FORM),
        ("scanguard: ignore", "The suppression names no rule in brackets.", None, FORM),
        ("scanguard: ignore root-user", "The suppression names no rule in brackets.", None, FORM),
        ("scanguard: ignore[x", "The suppression names no rule in brackets.", None, FORM),
        ("scanguard: ignore[ , ]", "The brackets of the suppression are empty.", None, FORM),
        (
            "scanguard: ignore[x] because",
            "The suppression goes on in a way that cannot be read.",
            "because",
            'put the reason in quotes: reason="…"',
        ),
        (
            "scanguard: ignore[x] reason=two words",
            "The suppression goes on in a way that cannot be read.",
            "words",
            'put the reason in quotes: reason="…"',
        ),
        (
            'scanguard: ignore[x] reason="open',
            "A quote of the suppression does not end.",
            'reason="open',
            'end it with `"`',
        ),
        ("scanguard: ignore[x] until=soon", "'soon' is not a date.", "until=soon", "write it as YYYY-MM-DD"),
        (
            "scanguard: ignore[x] until=2027-02-29",
            "'2027-02-29' is not a date.",
            "until=2027-02-29",
            "write it as YYYY-MM-DD",
        ),
        (
            "scanguard: ignore[x] untl=2027-02-28",
            "'untl' is neither `reason` nor `until`.",
            "untl=2027-02-28",
            "did you mean 'until'?",
        ),
        ("scanguard: ignore[x] owner=me", "'owner' is neither `reason` nor `until`.", "owner=me", FORM),
        ("scanguard: ignore[x] reason=a reason=b", "`reason` is given twice.", "reason=b", "keep one of them"),
    ],
)
def test_what_is_malformed_says_so_and_suppresses_nothing(comment, message, underlined, hint):
    assert told(f"FROM a\n# {comment}\nUSER root\n") == (message, underlined or comment, hint)


def test_ignore_file_below_an_instruction_is_malformed():
    assert told("FROM a\n# scanguard: ignore-file[x]\nUSER root\n") == (
        "`ignore-file` stands behind the first instruction.",
        "scanguard: ignore-file[x]",
        "move it to the top of the file, or use `ignore` above an instruction",
    )


@pytest.mark.parametrize(
    "comment",
    [
        "scanguard is a tool",
        "we use scanguard: ignore[x]",
        "ScanGuard: see docs",
        "scanguards: ignore[x]",
        "hadolint ignore=x",
    ],
)
def test_prose_is_no_suppression(comment):
    assert read(f"FROM a\n# {comment}\nUSER root\n")[1] == ()


@pytest.mark.parametrize(
    "date", ["2027-13-01", "2027-00-10", "0000-01-01", "2027-04-31", "2100-02-29", "20270101", "2027-1-1"]
)
def test_days_that_do_not_exist_are_refused(date):
    assert told(f"FROM a\n# scanguard: ignore[x] until={date}\nUSER root\n")[0] == f"'{date}' is not a date."


@pytest.mark.parametrize("date", ["2028-02-29", "2000-02-29", "2027-12-31", "2027-04-30"])
def test_days_that_exist_are_taken(date):
    assert only(f"FROM a\n# scanguard: ignore[x] until={date}\nUSER root\n")[1].until == date


@given(st.text(alphabet="scanguard: ignore-file[]\"'=\\ ,x2027-01\n#\ré", max_size=80))
def test_any_comment_gives_values_whose_spans_lie_in_the_file(noise):
    source, found = read(f"# scanguard: ignore[{noise}\n# scanguard: ignore[x] {noise}\nFROM a\n# scanguard:{noise}\n")
    for pragma in found:
        assert 0 <= pragma.span.start < pragma.span.end <= len(source.text)
        assert source[pragma.span].lower().startswith("scanguard")
        assert (pragma.problem is None) == bool(pragma.rules)


def test_many_suppressions_in_one_block_take_linear_time():
    _, found = read("FROM a\n" + "# scanguard: ignore[x]\n" * 20_000 + "USER root\n")
    assert {pragma.covers for pragma in found} == {found[0].covers}
