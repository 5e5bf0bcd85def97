"""Arguments as we tell them against those that bash makes of the same words."""

import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.build.calls import calls

BASH = shutil.which("bash")
pytestmark = pytest.mark.skipif(BASH is None, reason="there is no bash")

VARIABLES = {"A": "one", "B": "two  three ", "C": "", "D": "/x/y.tar.gz", "E": "a-b-a", "F": " lead"}
# No bare `$G`: with the letter of the next piece it would be another name, of which bash knows that it is unset and we do not.
PIECES = st.sampled_from(
    [
        *"abz./=,:+@%^-",
        "'q  r'",
        '"s $A"',
        '"$B"',
        "\\$A",
        "\\ ",
        "''",
        '""',
        "$'t\\tu\\x41'",
        '$"v"',
        '"\\$\\`\\"\\q"',
        "#",
    ]
    + [f"${{{name}}}" for name in VARIABLES]
    + [f'"${name}"' for name in VARIABLES]
    + [
        f"${{{name}{operator}}}"
        for name in VARIABLES
        for operator in ("", ":-w", "-w", ":+w", "+w", ":-$A 'p  q'", ":+$B")
    ]
    + [f'"${{{name}{operator}}}"' for name in VARIABLES for operator in (":-w x", ":-'w'", ":+$B")]
    + [
        f"${{{name}{op}{pattern}}}"
        for name in "DE"
        for op in ("#", "##", "%", "%%")
        for pattern in ("*/", ".*", "[a-c]*", "a?", "$C", '"*"')
    ]
    + [
        f"${{{name}{op}{rest}}}"
        for name in "DE"
        for op in ("/", "//", "/#", "/%")
        for rest in ("a/b", "[.\\/]/-", "?/$A", "a", "*b/")
    ]
    + [f"${{{name}{operator}}}" for name in "ADE" for operator in (":1", ":1:2", "^^", ",,", "^")]
    + ["${#D}", "${#C}", *("$@", '"$@"', "$*", '"$*"', "$1", '"${2}"', "$3", "$#"), '"${C:-}"', "${C:-}", '"${A:+}"']
    + ['"${G[@]}"', "${G[@]}", '"${G[*]}"', "${G[*]}", '"$G"', "${G}"]
)
WORDS = st.lists(st.lists(PIECES, min_size=1, max_size=4).map("".join), min_size=1, max_size=4).map(" ".join)
SETTINGS = st.sampled_from(
    ["", "V=$A; set -- $V; ", "A=$B$A; ", 'C="x y"; ', "D=${D%.gz}; ", "B=(1 '2  3'); ", "E+=$A; "]
)


def bash(script: str) -> list[str]:
    """The arguments that bash gives to x, or to what comes in its place."""
    functions = "set -f; x() { (( $# )) && printf '%s\\0' \"$@\"; }; "
    done = subprocess.run(
        [BASH or "bash", "--norc", "-c", functions + script], env=VARIABLES, capture_output=True, timeout=20
    )
    return done.stdout.decode().split("\0")[:-1]


@given(st.lists(st.tuples(SETTINGS, WORDS), min_size=1, max_size=3))
@settings(max_examples=400)
def test_words(lines: list[tuple[str, str]]) -> None:
    script = (
        "set -- '  p  q' $A; G=(g 'h  i' \"\" j); " + "; ".join(f"{before}x {words}" for before, words in lines) + "; :"
    )
    found = [argument for call in calls(f"RUN {script}", VARIABLES) if call.name == "x" for argument in call.arguments]
    # A known glob character makes an argument unknown, but its text is the one that a shell without globbing has.
    assert [argument.text for argument in found] == bash(script)
