from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanguard.model.errors import ConfigurationError
from scanguard.model.location import Region
from scanguard.policy.document import Place, read_document


def value(text: str):
    return read_document(text.encode(), "p.yaml").value


def refusal(data: bytes) -> str:
    with pytest.raises(ConfigurationError) as caught:
        read_document(data, "p.yaml")
    return str(caught.value)


def test_scalars_become_plain_values_and_keys_stay_texts():
    text = "on: off\n1: -20\ndate: 2027-03-31\nversion: 3.10\nquoted: '3'\nnone: ~\nlist: [yes, a, =]\n<<: x\n"
    assert value(text) == {
        "on": False,
        "1": -20,
        "date": "2027-03-31",
        "version": 3.1,
        "quoted": "3",
        "none": None,
        "list": [True, "a", "="],
        "<<": "x",
    }


def test_numbers_in_odd_forms_stay_texts():
    assert value("[0x1F, 1_000, 12:30:00, .inf, 1" + "0" * 5000 + "]") == [
        "0x1F",
        "1_000",
        "12:30:00",
        ".inf",
        "1" + "0" * 5000,
    ]


@pytest.mark.parametrize("text", ["", "\ufeff", "# nothing\n"])
def test_an_empty_document_says_nothing(text):
    assert value(text) == {}


def test_nothing_written_out_is_nothing():
    assert value("---\n") is None


def test_places_are_lines_and_columns_in_characters():
    document = read_document("\ufeffé: ü\nlist:\n  - x: 'ä'\n".encode(), "p.yaml")
    assert document.places["é",] == Place(Region(1, 4, 1, 5), Region(1, 1, 1, 2), "ü")
    assert document.places["list", 0, "x"] == Place(Region(3, 8, 3, 11), Region(3, 5, 3, 6), "ä")
    assert str(document.error("bad", ("list", 0, "x"), key=True)) == "p.yaml:3:5: bad"
    assert str(document.error("bad", ("list", 0, "x"))) == "p.yaml:3:8: bad"


def test_what_a_message_quotes_cannot_steer_a_terminal():
    document = read_document(b"a: 1", "p.yaml")
    assert document.error("\x1b[31m\u202e" + "x" * 500, ("a",)).message == "\ufffd[31m\ufffd" + "x" * 393 + "…"


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]\n" for level in range(1, 11)
)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"[" * 900_000, "p.yaml:1:65: is nested deeper than 64 levels; no policy needs that"),
        (b"{" * 900_000, "p.yaml:1:65: is nested deeper than 64 levels; no policy needs that"),
        (b"- " * 400_000, "p.yaml:1:129: is nested deeper than 64 levels; no policy needs that"),
        (b"a: b\n" * 190_000, "p.yaml:50000:1: has more than 50000 values; no policy needs that"),
        (BOMB.encode(), "p.yaml:1:13: has more than 50000 values once its aliases are followed"),
        (b"a: &a b\nc: [" + b"*a, " * 101 + b"]", "p.yaml:2:405: has more than 100 aliases; no policy needs that"),
        (b"&a [*a]", "p.yaml:1:1: is an alias that contains itself"),
        (b"x" * 1_000_001, "p.yaml: is larger than 1 MB; a policy is shorter"),
        (b"a: \xc3\xa9\nb: \xff", "p.yaml:2:4: is not UTF-8 text; save it as UTF-8"),
        (b"a: b\nc: \0", "p.yaml:2:4: holds the character U+0000, which YAML forbids"),
        (b"a: b: c", "p.yaml:1:5: is not valid YAML: mapping values are not allowed in this context"),
        (b"a: 1\n---\nb: 2", "p.yaml:2:1: is not valid YAML: but found another document"),
        (b"a: *b", "p.yaml:1:4: is not valid YAML: found undefined alias"),
        (b"a: 1\nb: 2\na: 3", "p.yaml:3:1: the key 'a' is given twice"),
        (b"[a]: b", "p.yaml:1:1: a key must be a plain text"),
        (b"a: !!python/name:os.system x", "p.yaml:1:4: the tag '!!python/name:os.system' is not allowed; leave it out"),
        (b"a: !!set {x}", "p.yaml:1:4: the tag '!!set' is not allowed; leave it out"),
        (b"a: !x [b]", "p.yaml:1:4: the tag '!x' is not allowed; leave it out"),
    ],
    ids=range(18),
)
def test_what_is_refused_is_refused_at_once_and_located(data, message):
    start = process_time()
    assert refusal(data) == message
    assert process_time() - start < 2.0


@given(st.text(alphabet="[]{}-:?&*!|>'\"%@`#, \n\tab0.~<\x85\u2028é", max_size=60) | st.text(max_size=40))
def test_any_text_gives_a_document_or_a_located_error(text):
    try:
        document = read_document(text.encode("utf-8", "surrogatepass"), "p.yaml")
    except ConfigurationError as error:
        found = (error.uri, error.region is None, error.message.isprintable())
    else:
        found = (document.uri, () not in document.places, True)
    assert found == ("p.yaml", False, True)
