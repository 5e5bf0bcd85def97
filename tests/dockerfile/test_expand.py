"""Expansion beyond BuildKit's vectors: unknown values, offsets, limits, patterns, splitting."""

import pytest

from scanguard.dockerfile.expand import UNKNOWN, Expansion, ExpansionError, Piece, expand_word, expand_words, split_raw
from scanguard.dockerfile.patterns import read_pattern, replace, search, strip_prefix, strip_suffix

VALUES = {"A": "a/b.c.d", "E": "", "U": UNKNOWN}


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("x", Expansion("x")),
        ("$A-$N-$A-${E}", Expansion("a/b.c.d--a/b.c.d-", ("A", "E"), ("N",))),
        ("x$U'y'", Expansion("x$Uy", ("U",), (), known=False)),
        ("${U}", Expansion("${U}", ("U",), (), known=False)),
        ('"$U"', Expansion("$U", ("U",), (), known=False)),
        ("${U:-x}", Expansion("${U:-x}", ("U",), (), known=False)),
        ("${U-x}", Expansion("${U-x}", ("U",), (), known=False)),
        ("${U:+x}", Expansion("${U:+x}", ("U",), (), known=False)),
        ("${U?x}", Expansion("${U?x}", ("U",), (), known=False)),
        ("${U#x}", Expansion("${U#x}", ("U",), (), known=False)),
        ("${U/x/y}", Expansion("${U/x/y}", ("U",), (), known=False)),
        ("${A#$U}", Expansion("${A#$U}", ("U", "A"), (), known=False)),
        ("${A//$U/y}", Expansion("${A//$U/y}", ("U", "A"), (), known=False)),
        ("${A:-$U}", Expansion("a/b.c.d", ("U", "A"))),
        ("${N:-$U}", Expansion("$U", ("U",), ("N",), known=False)),
        ("${N:+$U}", Expansion("", ("U",), ("N",))),
        ("${A:+$U}", Expansion("$U", ("U", "A"), (), known=False)),
        ("${E:-x}${E-y}", Expansion("x", ("E",))),
        ("${A##*/}", Expansion("b.c.d", ("A",))),
        ("${A%%.*}", Expansion("a/b", ("A",))),
        ("${A%.*}", Expansion("a/b.c", ("A",))),
        ("${A//./_}", Expansion("a/b_c_d", ("A",))),
        ("${A/\\//_}", Expansion("a_b.c.d", ("A",))),
        ("<a", Expansion("<a")),
        ("a\\", Expansion("a")),
        ('"a\\', None),
        ('"a\\b\\"$"', Expansion('a\\b"$')),
    ],
)
def test_what_a_word_stands_for(word: str, expected: Expansion | None) -> None:
    if expected is None:
        with pytest.raises(ExpansionError):
            expand_word(word, VALUES)
    else:
        assert expand_word(word, VALUES) == expected


def test_the_escape_character_may_be_a_backtick() -> None:
    assert expand_word('`$A\\$E"`$A`x"', VALUES, escape="`") == Expansion("$A\\$A`x", ("E",))


def test_a_lookup_may_be_a_function() -> None:
    assert expand_word("$A$B", {"A": "x"}.get) == Expansion("x", ("A",), ("B",))


@pytest.mark.parametrize(
    ("word", "message", "offset"),
    [
        ("a'b", "there is no closing single quote", 1),
        ('a"b', "there is no closing double quote", 1),
        ("a${", "there is no variable after ${", 1),
        ("a${}", "there is no variable after ${", 1),
        ("${A", "${A has a modifier that BuildKit does not know", 0),
        ("${A:", "${A: has a modifier that BuildKit does not know", 0),
        ("${A:=b}", "${A:=b} has a modifier that BuildKit does not know", 0),
        ("${A:%b}", "${A:% has a modifier that BuildKit does not know", 0),
        ("${A^b}", "${A^ has a modifier that BuildKit does not know", 0),
        ("x${A:-b", "there is no closing }", 6),
        ("${A/b}", "there is no closing /", 4),
        ("${N:?}", "N: is not allowed to be unset", 0),
        ("${E:?}", "E: is not allowed to be empty", 0),
        ("x ${N?give it}", "N: give it", 2),
        ("${A#\\x}", "the pattern '\\\\x' escapes 'x'", 0),
        ("${A:-" * 50, "substitutions are nested more than 40 deep", 200),
        ("${B//a/bbbb}", "the value of B is longer than 1048576 characters", 0),
        ("$B$B$B", "the value is longer than 1048576 characters", 4),
        ("${B#????}", "the pattern and the value are too long to be matched", 0),
    ],
)
def test_what_is_refused(word: str, message: str, offset: int) -> None:
    with pytest.raises(ExpansionError) as caught:
        expand_word(word, {**VALUES, "B": "a" * 500_000})
    assert (caught.value.message, caught.value.offset) == (message, offset)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ()),
        (" a  b ", ("a", "b")),
        ("'a b' \"c d\"e", ("a b", "c de")),
        ("a\\ b", ("a b",)),
        ("$S $E x", ("1", "2", "x")),
        ('"$S"', ("1  2",)),
        ("'' a", ("a",)),
        ("<< a", ("<< a",)),
        ("x${N:-80}y", ("80y",)),
    ],
)
def test_words_are_split_after_expansion(text: str, words: tuple[str, ...]) -> None:
    assert expand_words(text, {"S": "1  2", "E": ""}) == words


def test_raw_words_know_their_places() -> None:
    assert split_raw("a 'b c' $X${Y:-z}${Z/a/b} <<  d\\ e", raw_quotes=True, raw_escapes=True) == (
        Piece("a", 0, 1),
        Piece("'b c'", 2, 7),
        Piece("${Z/a/b}", 17, 25),
        Piece("<<  d\\ e", 26, 34),
    )
    assert split_raw('"a\\"b" "\\c"', raw_quotes=True, raw_escapes=True) == (
        Piece('"a\\"b"', 0, 6),
        Piece('"\\\\c"', 7, 11),  # BuildKit writes an escape character that escapes nothing twice
    )


@pytest.mark.parametrize(
    ("pattern", "value", "expected"),
    [
        ("a*", "aab", ("ab", "")),
        ("*a", "bacab", ("cab", "b")),
        ("?a", "bab", ("b", "b")),
        ("b", "ab", ("ab", "ab")),
        ("", "ab", ("ab", "ab")),
        ("*", "ab\ncd", ("ab\ncd", "\ncd")),
        ("?", "\na", ("\na", "\na")),
        ("a\\*", "a*b", ("b", "b")),
        ("*?b", "xbyb", ("yb", "")),
        ("*\n", "a\nb\nc", ("b\nc", "c")),
        ("*x*", "abc", ("abc", "abc")),
    ],
)
def test_prefixes(pattern: str, value: str, expected: tuple[str, str]) -> None:
    read = read_pattern(pattern)
    assert (strip_prefix(read, value, longest=False), strip_prefix(read, value, longest=True)) == expected


@pytest.mark.parametrize(
    ("pattern", "value", "expected"),
    [
        (".*", "a.b.c", ("a.b", "a")),
        ("\\**", "a*b*c", ("a*b", "a")),
        ("x", "ab", ("ab", "ab")),
    ],
)
def test_suffixes(pattern: str, value: str, expected: tuple[str, str]) -> None:
    read = read_pattern(pattern)
    assert (strip_suffix(read, value, longest=False), strip_suffix(read, value, longest=True)) == expected


@pytest.mark.parametrize(
    ("pattern", "value", "first", "all_"),
    [
        ("a", "banana", "bXnana", "bXnXnX"),
        ("a*", "banana", "bX", "bX"),
        ("*", "abc", "X", "X"),
        ("", "abc", "Xabc", "XaXbXcX"),
        ("a?", "a\nab", "a\nX", "a\nX"),
        ("?a", "banana", "Xnana", "XXX"),
        ("a*b", "a\nacb", "a\nX", "a\nX"),
        ("z", "abc", "abc", "abc"),
        ("a\nb", "xa\nb", "xX", "xX"),
    ],
)
def test_replacements(pattern: str, value: str, first: str, all_: str) -> None:
    read = read_pattern(pattern)
    assert (replace(read, value, "X", everywhere=False), replace(read, value, "X", everywhere=True)) == (first, all_)


def test_a_search_that_finds_nothing() -> None:
    assert search(read_pattern("?z"), "ab\ncd", 0) is None
