"""What scripts run: whole values, places, limits, and that no text upsets it. More in `test_command_table`."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanguard.build.commands import Argument, Invocation, shell_kind
from scanguard.build.script.forms import invocations
from scanguard.dockerfile.nodes import Body, Heredoc, Instruction
from scanguard.model.location import Span
from tests.build.calls import POSIX, calls
from tests.dockerfile.shell.test_properties import ADVERSARIAL, TOKENS

PLACE = len("FROM a\nRUN ")


def run(text: str, variables: dict[str, str] | None = None) -> list[Invocation]:
    """What a text runs as the body of a RUN that stands at 4."""
    span = Span(0, len(text) + 4)
    instruction = Instruction("RUN", span, Span(0, 3), (), (), Body(text, ((0, 4),)))
    return list(invocations(instruction, variables or {}, "/w", POSIX))


def word(text: str, start: int, end: int, *names: str, known: bool = True) -> Argument:
    return Argument(text, known, names, Span(PLACE + start, PLACE + end))


def test_every_field() -> None:
    script = 'A=b curl "$U" >o | sudo tar xz -C /$D'
    curl = Invocation(
        name="curl",
        arguments=(word("$U", 9, 13, "U", known=False),),
        span=Span(PLACE, PLACE + 16),
        program=word("curl", 4, 8),
        environment=(("A", word("b", 2, 3)),),
        redirects=((">", word("o", 15, 16)),),
        directory="/w",
    )
    tar = Invocation(
        name="tar",
        arguments=(word("xz", 28, 30), word("-C", 31, 33), word("/x", 34, 37, "D")),
        span=Span(PLACE + 24, PLACE + 37),
        program=word("tar", 24, 27),
        wrappers=("sudo",),
        input=curl,
        directory="/w",
    )
    assert calls(f"RUN {script}", {"D": "x"}) == [curl, tar]
    assert tar.words == ("xz", "-C", "/x")


def test_heredoc_as_input() -> None:
    found = calls("RUN cat <<E\n$A\nE", {"A": "b"})
    text = word("b\n", 8, 11, "A")
    assert found == [
        Invocation("cat", (), Span(PLACE, PLACE + 7), word("cat", 0, 3), text=text, directory="/w"),
    ]


def test_places_in_a_heredoc_without_its_tabs() -> None:
    heredoc = Heredoc("E", "\ta b\n\t\tc\n", True, True, 0, Span(100, 110), Span(4, 8))
    instruction = Instruction("RUN", Span(0, 112), Span(0, 3), (), (), Body("<<-E", ((0, 4),)), heredocs=(heredoc,))
    found = invocations(instruction, {}, None, POSIX)
    spans = [(call.name, call.span, [argument.span for argument in call.arguments]) for call in found]
    assert spans == [("a", Span(101, 104), [Span(103, 104)]), ("c", Span(107, 108), [])]


def test_nothing_to_run() -> None:
    instruction = Instruction("RUN", Span(0, 3), Span(0, 3), (), (), Body("", ()))
    assert list(invocations(instruction, {}, None, POSIX)) == []


@pytest.mark.parametrize(
    ("shell", "kind"),
    [
        (("/bin/sh", "-c"), "posix"),
        (("/bin/bash", "-o", "pipefail", "-c"), "posix"),
        (("ash",), "posix"),
        (("conda", "run", "-n", "a", "/bin/bash", "-c"), "posix"),
        (("powershell", "-Command"), "powershell"),
        (("C:\\Windows\\PowerShell.EXE",), "powershell"),
        (("pwsh", "-c"), "powershell"),
        (("cmd", "/S", "/C"), "cmd"),
        (("/usr/bin/fish",), "other"),
        ((), "other"),
    ],
)
def test_shell_kind(shell: tuple[str, ...], kind: str) -> None:
    assert shell_kind(shell) == kind
    assert [call.name for call in calls("RUN a", shell=shell)] == (["a"] if kind == "posix" else [])
    assert [call.name for call in calls('RUN ["a"]', shell=shell)] == ["a"]
    assert [call.name for call in calls("RUN <<E\na\nE", shell=shell)] == (["a"] if kind == "posix" else [])
    assert [call.name for call in calls("RUN <<E\n#!/x/perl\na\nE", shell=shell)] == ["perl"]


def test_a_shell_of_another_file_runs_nothing() -> None:
    assert [call.name for call in calls("RUN cat <<E\na\nE", shell=("cmd", "/C"))] == []


@pytest.mark.parametrize(
    ("script", "names"),
    [
        ("for i in " + "x " * 250 + "; do a $i; done", ["a"] * 201),
        ("a; " * 25_000, ["a"] * 20_000),
        ("f() { a; f; }; f", ["a"] * 10 + ["f"]),
        ("sudo " * 25 + "a", ["sudo"]),
        ("echo a | xargs " + "xargs " * 30 + "a", ["echo", "xargs"]),
    ],
)
def test_limits(script: str, names: list[str]) -> None:
    found = [call.name for call in run(script)]
    assert found == names


COSTLY = {
    "doubling": "x=ab;" + "x=$x$x;" * 60 + "a $x;" * 1000,
    "doubling what is not known": "x=$x$x;" * 20_000,
    "doubling an array": "x=(a);" + 'x+=("${x[@]}");' * 60 + 'a "${x[@]}";' * 1000,
    "chain of variables": "".join(f"x{i + 1}=$x{i};" for i in range(10_000)) + "a $x9000;" * 500,
    "nested loops": "for a in 1 2 3 4 5 6 7 8 9; do " * 20 + "x=1;" + "done;" * 20,
    "functions": "f() { f; f; }; f",
    "functions that run something": "f() { a; f; f; }; f",
    "eval": 'x=\'eval "$x"; eval "$x"\'; eval "$x"',
    "patterns": "x=" + "a" * 4000 + ";" + "b ${x##*a*a*a*a*ac};" * 300 + "b ${x//a*a*c/};" * 300,
    "parameters": "set -- " + "w " * 5000 + ";" + 'a "$@";' * 2000,
    "splitting": 'x="' + "w " * 5000 + '";' + "a $x;" * 2000,
    "directories": "cd x;" * 20_000,
    "eval of eval": "eval " * 5000,
    "wrappers": "sudo " * 20_000,
    "shells": "sh -c '" * 30,
}


@pytest.mark.parametrize("name", COSTLY)
def test_cost_is_bounded(name: str) -> None:
    start = time.process_time()
    run(COSTLY[name])
    assert time.process_time() - start < 40


@pytest.mark.parametrize("unit", ADVERSARIAL)
def test_adversarial_text(unit: str) -> None:
    start = time.process_time()
    run(unit * (40_000 // len(unit)))
    assert time.process_time() - start < 40


COMMANDS = [
    *(" ", " ", " ", "; ", " && ", " || ", " | ", "\n"),
    *"sudo env xargs find sh bash su eval exec time cd pushd popd echo printf export unset set shift read timeout conda".split(),
    *"-c -n -exec {} + -- - -u -I@ @ a b=c run $X $Y \"$X\" 'x y' ${X:-z} ${X%.*} ${X/a/b} $@ $1 $# ${A[@]}".split(),
    *(
        '"$Y $(a b)"',
        "A=(x $X)",
        "f() { ",
        "}",
        "f",
        "$(f)",
        "<<<",
        "'a $X'",
        '"b \\$Y"',
        "`c`",
        "for i in ",
        "do",
        "done",
        "\\;",
    ),
]


@given(st.lists(st.sampled_from([*COMMANDS, *TOKENS]), max_size=25).map(" ".join), st.booleans())
@settings(max_examples=1500)
def test_any_words(text: str, known: bool) -> None:
    check(text, {"X": "p q.r", "Y": ""} if known else {})


@given(st.text(max_size=60))
@settings(max_examples=200)
def test_any_text(text: str) -> None:
    check(text, {})


def check(text: str, variables: dict[str, str]) -> None:
    """Everything stands inside the text, nothing else is promised."""
    for call in run(text, variables):
        program = () if call.program is None else (call.program,)
        for span in (call.span, *(argument.span for argument in (*program, *call.arguments))):
            assert 4 <= span.start <= span.end <= len(text) + 4


@pytest.mark.parametrize(
    "instruction",
    [
        "RUN sh -c sh <<EOF\nls\nEOF",
        "RUN sh -c sh <<-'EOF'\n\tls\nEOF",
        "RUN su - u -c ash <<EOF\nls\nEOF",
        "RUN { eval sh; } <<EOF\nls\nEOF",
        "RUN f() { sh; }; f <<EOF\nls\nEOF",
        "RUN sh -c 'sh -c sh' <<EOF\nls\nEOF",
    ],
)
def test_a_script_on_the_input_of_an_inner_shell_stands_where_it_is_written(instruction: str) -> None:
    (call,) = calls(instruction)
    assert call.name == "ls"
    at = len("FROM a\n") + instruction.index("ls\n")
    assert (call.span.start, call.span.end) == (at, at + 2)
