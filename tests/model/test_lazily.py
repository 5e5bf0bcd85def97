"""What is made when it is first needed."""

import subprocess
import sys

from scanguard.model.lazily import finder, matcher

PROGRAM = """
import sys
from scanguard.model.lazily import defer
defer("colorsys")
import colorsys
before = type(colorsys).__name__
value = colorsys.rgb_to_hsv(0, 0, 0)
defer("colorsys")
import colorsys as again
print(before, value, type(again).__name__, again.rgb_to_hsv is colorsys.rgb_to_hsv)
"""


def test_a_deferred_module_is_loaded_by_its_first_use() -> None:
    done = subprocess.run([sys.executable, "-I", "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "_Deferred (0.0, 0.0, 0) module True\n"


def test_patterns_are_those_of_re() -> None:
    number = matcher(r"[0-9]+")
    assert [match and match.span() for match in (number("ab12c"), number("ab12c", 2), number("ab12c", 2, 3))] == [
        None,
        (2, 4),
        (2, 3),
    ]
    assert matcher(r"[0-9]+", "fullmatch")("12c") is None
    assert [match[0] for match in finder(r"[ab]")("abcab", 1, 4)] == ["b", "a"]
