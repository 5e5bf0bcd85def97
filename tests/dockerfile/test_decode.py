"""Bytes into text."""

import pytest

from scanguard.dockerfile.decode import decode


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", ("", ())),
        (b"\xef\xbb\xbfFROM \xc3\xa4\r\n", ("FROM ä\r\n", ())),
        (b"a\nb\xffc\xfe", ("a\nb\ufffdc\ufffd", ("2:2: the byte 0xFF is not UTF-8",))),
        (b"\0\n\0", ("\0\n\0", ("1:1: there is a NUL character",))),
        (b"a\n\xe4\0", ("a\n\ufffd\0", ("2:1: the byte 0xE4 is not UTF-8", "2:2: there is a NUL character"))),
    ],
)
def test_decoding(data: bytes, expected: tuple[str, tuple[str, ...]]) -> None:
    assert decode(data) == expected
