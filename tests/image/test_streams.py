"""Windows, blocks and unpacking: whatever the pieces, the bytes are the same; damage and bombs are told."""

import gzip
import io
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanguard.image import streams
from scanguard.image.streams import Blocks, Window, part, unpacked
from scanguard.model.errors import TargetError
from tests.images import compressed, digest, zstd

DATA = bytes(range(256)) * 700


def blocks(data: bytes, size: int) -> Blocks:
    return Blocks(iter([data[at : at + size] for at in range(0, len(data), size)]))


def window(data: bytes) -> Window:
    return Window(io.BytesIO(b"before" + data + b"behind"), 6, len(data))


@settings(max_examples=60)
@given(st.binary(max_size=300), st.integers(1, 50), st.lists(st.tuples(st.sampled_from("rps"), st.integers(0, 60))))
def test_streams_do_what_a_file_does(data: bytes, size: int, steps: list[tuple[str, int]]) -> None:
    file = io.BytesIO(data)
    both = (window(data), blocks(data, size))
    for step, count in steps:
        at = file.tell()
        if step == "r":
            expected = file.read(count)
            assert [stream.read(count) for stream in both] == [expected, expected]
        elif step == "p":
            assert [stream.peek(count) for stream in both] == [data[at : at + count]] * 2
        elif at + count <= len(data):
            file.seek(count, 1)
            for stream in both:
                stream.skip(count)
    rest = file.read()
    assert [stream.read() for stream in both] == [rest, rest]
    assert [stream.finish() for stream in both] == [len(data), len(data)]


def test_nothing_is_skipped_that_is_not_there() -> None:
    for stream in (window(b"abc"), blocks(b"abc", 2)):
        with pytest.raises(TargetError, match="truncated"):
            stream.skip(4)


@pytest.mark.parametrize("compression", ["", "gzip", "zstd"])
@pytest.mark.parametrize("size", [1, 4096, 1 << 20])
def test_packed_bytes_come_back(compression: str, size: int) -> None:
    data = DATA if size > 1 else DATA[:500]
    packed = compressed(data, compression)
    assert unpacked(blocks(packed, size), digest(packed)).read() == data
    assert unpacked(window(packed), digest(packed)).read() == data
    assert unpacked(window(packed)).finish() == len(data)


def test_several_members_and_frames() -> None:
    skippable = b"\x50\x2a\x4d\x18\x03\0\0\0abc"
    for packed in (gzip.compress(b"one") + gzip.compress(b"two") + bytes(700), zstd(b"one") + skippable + zstd(b"two")):
        assert unpacked(window(packed)).read() == b"onetwo"


@pytest.mark.parametrize("compression", ["gzip", "zstd"])
def test_damage_is_told(compression: str) -> None:
    packed = compressed(DATA, compression)
    with pytest.raises(TargetError) as raised:
        unpacked(window(packed[:-9])).finish()
    assert raised.value.message == "is truncated: the archive ends in the middle; make it again"
    with pytest.raises(TargetError) as raised:
        unpacked(window(packed), digest(b"other")).finish()
    assert raised.value.message == (
        f"is damaged: the bytes of the blob {digest(b'other')} have another digest; make it again"
    )
    with pytest.raises(TargetError) as raised:
        unpacked(window(packed[:12] + b"\xff" * 50 + packed[62:])).finish()
    assert raised.value.message == "is damaged: a packed layer cannot be unpacked; make it again"


def test_bombs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "_SUSPICIOUS_SIZE", 4_000_000)
    packed = gzip.compress(bytes(20_000_000), mtime=0)
    with pytest.raises(TargetError, match=r"is a hostile image: a layer of \d+ bytes unpacks to more than \d+"):
        unpacked(window(packed)).finish()
    assert unpacked(window(gzip.compress(bytes(3_000_000)))).finish() == 3_000_000


def test_zstd_without_a_library(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("compression.zstd", "compression", "backports.zstd", "backports"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(TargetError) as raised:
        unpacked(window(zstd(b"x")))
    assert raised.value.message == (
        "has layers packed with zstd, which this Python cannot read; install `scanguard[zstd]`"
    )


def test_part_of_a_stream() -> None:
    stream = window(DATA)
    assert b"".join(part(stream, 1000)) == DATA[:1000]
    with pytest.raises(TargetError, match="truncated"):
        list(part(stream, len(DATA)))
