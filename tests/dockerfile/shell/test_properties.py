"""Whatever the text, parsing ends soon, raises nothing and knows where everything stands."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanguard.dockerfile.shell.parser import parse_script
from tests.dockerfile.shell.invariants import check_places

TOKENS = (
    "( ) (( )) $( $(( ` \\` { } ${ ${x:- ${x#* } ' \" $' $\" \\ \\\n \n \r \r\n \t ; ;; ;& & && | || |& ! # < > << <<- <<< >& <( "
    "2> EOF 'EOF' cat x= x+= a=( f() function if then elif else fi for in do done while until case esac select [[ ]] =~ [a-z] "
    "* ? {a,b} ~ $x $1 $@ $ é \u00a0"
).split(" ") + [" ", "<<EOF\n", "\nEOF\n", "<<-E\n\t", "x"]

ADVERSARIAL = (
    "(",
    "$(",
    "<<A ",
    '"',
    "'",
    "{",
    "{ ",
    "((",
    "$((",
    "${a:-",
    "${",
    '"$(',
    "if ",
    "case x in ",
    "a|",
    "a&&",
    "f()",
    "[[ ",
    "<(",
    "a=(",
    "\\`",
    "`\\`",
    "<<A\n",
    "$'",
    "[",
    "{a,",
    "~",
    "!",
    "! ",
    "for x in a; do ",
    "while ",
    "function f ",
    "\\",
    "\n",
    "; ",
    "&",
    "|",
    ">",
    "1>",
    "${a",
    "((a)",
    "$((a)",
    "(( a ) ;",
    '"`',
    '`"',
    "a ",
    "case x in a) ",
    ";;",
    "=~ [[ ",
    "\r",
    "#",
    " #",
    "a '\"",
    '"$((',
    "}",
    ")",
    "((a; ) ",
    '((")") ',
    "((' ",
    "cat <<A\nA\n",
    "$(cat <<A\n",
    "esac ",
    "a`b` ",
    "`",
    "[:a",
    "a[",
    "!(",
    "x=$y",
)


@given(st.text())
@settings(max_examples=300)
def test_any_text(text: str) -> None:
    check_places(text)


@given(st.lists(st.sampled_from(TOKENS), max_size=40).map("".join))
@settings(max_examples=1500)
def test_any_tokens(text: str) -> None:
    check_places(text)


@given(st.lists(st.sampled_from(TOKENS), max_size=30).map(" ".join))
@settings(max_examples=1500)
def test_any_words(text: str) -> None:
    check_places(text)


def seconds(text: str) -> float:
    start = time.process_time()
    parse_script(text)
    return time.process_time() - start


@pytest.mark.parametrize("unit", ADVERSARIAL)
def test_linear(unit: str) -> None:
    """Sixteen times the input: linear takes sixteen times as long, quadratic 256 times."""
    small, large = unit * (10_000 // len(unit)), unit * (160_000 // len(unit))
    quick = min(seconds(small) for _ in range(3))
    slow = min(seconds(large) for _ in range(2))
    assert slow < 16 * 6 * quick + 0.1, (quick, slow)


@pytest.mark.parametrize(
    "opener", ["(", "$(", '"$(', "{ ", "${x:-", "<(", "if ", "while ", "f() ", "case x in a) ", "a=$("]
)
def test_nesting_is_bounded(opener: str) -> None:
    for depth in (29, 30, 31, 32, 5000):
        check_places(opener * depth)


def test_a_megabyte() -> None:
    assert seconds("$(" * 500_000) < 10
    assert seconds("(" * 1_000_000) < 10
