"""Tar headers read as the standard library reads them, and what hostile archives do to them."""

import io
import struct
import tarfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanguard.image.streams import Blocks, Window, chunks
from scanguard.image.tar import BLOCK, Member, clean, members
from scanguard.model.errors import TargetError
from tests.images import File, directory, hardlink, symlink, tar_of

NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0/"), min_size=1, max_size=60).filter(
    lambda name: name not in (".", "..")
)
PATHS = st.lists(NAMES, min_size=1, max_size=8).map("/".join)
FILES = st.builds(
    File,
    st.binary(max_size=1500),
    st.sampled_from((0o644, 0o755, 0o4755)),
    st.sampled_from((0, 1000, 3_000_000, 10_000_000_000)),
    st.sampled_from((0, 50)),
    st.just(tarfile.REGTYPE),
    st.just(""),
)
OTHERS = st.sampled_from((directory(0o1777), symlink("a/../b"), hardlink("x"), File(kind=tarfile.FIFOTYPE)))
FORMATS = (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT)


def window(data: bytes) -> Window:
    return Window(io.BytesIO(data), 0, len(data))


def blocks(data: bytes, size: int) -> Blocks:
    return Blocks(iter([data[at : at + size] for at in range(0, len(data), size)]))


def read(stream: Window | Blocks) -> list[tuple[Member, bytes]]:
    return [(member, payload.read()) for member, payload in members(stream)]


def headers(data: bytes) -> list[Member]:
    return [member for member, _ in members(window(data))]


@settings(max_examples=60)
@given(
    st.dictionaries(PATHS, FILES | OTHERS, max_size=6),
    st.sampled_from((tarfile.GNU_FORMAT, tarfile.PAX_FORMAT)),
    st.integers(1, 4000),
)
def test_archives_come_back(files: dict[str, File], format: int, size: int) -> None:
    data = tar_of(files, format=format)
    expected = []
    for path, file in files.items():
        kind = file.kind.decode()
        length = len(file.content) if kind == "0" else 0
        link = file.link if kind in "12" else ""
        expected.append(
            (Member(clean(path), kind, length, length, file.mode, file.uid, file.gid, link), file.content[:length])
        )
    assert read(window(data)) == expected
    assert read(blocks(data, size)) == expected
    assert [member for member, _ in members(blocks(data, size))] == [member for member, _ in expected]


@st.composite
def written(draw: st.DrawFn) -> bytes:
    """A member as the standard library writes it in any format, or nothing where that has no place for it.

    Sometimes its checksum is that of signed bytes, as old writers had it.
    """
    info = tarfile.TarInfo(draw(PATHS))
    info.type = draw(st.sampled_from((b"0", b"\0", b"7", b"1", b"2", b"3", b"4", b"5", b"6")))
    info.linkname = draw(PATHS) if info.type in (b"1", b"2") else ""
    info.mode, info.uid, info.gid = draw(st.sampled_from(((0o644, 0, 0), (0o4755, 1000, 50), (0o1777, 3_000_000, 7))))
    data = draw(st.binary(max_size=1500)) if info.isreg() else b""
    info.size = len(data)
    try:
        made = info.tobuf(draw(st.sampled_from(FORMATS)))
    except ValueError:
        return b""
    signed = tarfile.calc_chksums(made[:BLOCK])[1]
    if signed >= 0 and draw(st.booleans()):
        made = made[:148] + b"%06o\0 " % signed + made[156:]
    return made + data + bytes(-len(data) % BLOCK)


@settings(max_examples=120)
@given(st.lists(written(), max_size=6).map(b"".join), st.integers(1, 4000))
def test_against_the_standard_library(data: bytes, size: int) -> None:
    expected = []
    with tarfile.open(fileobj=io.BytesIO(data + bytes(1024))) as archive:
        for info in archive:
            kind = "0" if info.isreg() else info.type.decode()
            file = archive.extractfile(info) if info.isreg() else None
            found = Member(clean(info.name), kind, info.size, info.size, info.mode, info.uid, info.gid, info.linkname)
            expected.append((found, b"" if file is None else file.read()))
    for stream in (window(data), blocks(data, size)):
        assert read(stream) == expected


@pytest.mark.parametrize("format", FORMATS)
def test_ustar_prefix_and_long_names(format: int) -> None:
    path = "a" * 90 + "/" + "b" * 90
    assert [member.path for member in headers(tar_of({path: b"x"}, format=format))] == [path]


def test_long_links() -> None:
    link = "t/" * 200 + "x"
    for form in (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        assert [member.link for member in headers(tar_of({"l": symlink(link)}, format=form))] == [link]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("./etc/passwd", "etc/passwd"),
        ("/etc/passwd", "etc/passwd"),
        ("etc/", "etc"),
        ("etc//", "etc"),
        ("./", ""),
        (".//", ""),
        (".", ""),
        ("/", ""),
        ("../../etc/shadow", "etc/shadow"),
        ("a/../../b", "b"),
        ("a//b", "a/b"),
        (".dockerenv", ".dockerenv"),
        ("a/.b", "a/.b"),
        ("a/..b", "a/..b"),
    ],
)
def test_paths_stay_below_the_root(written: str, read: str) -> None:
    assert clean(written) == read


def test_names_that_are_not_utf_8() -> None:
    data = bytearray(tar_of({"cafe": b"x"}, format=tarfile.GNU_FORMAT))
    data[3] = 0xE9
    data[148:156] = b"%06o\0 " % (sum(data[:148]) + sum(data[156:512]) + 256)
    assert [member.path for member in headers(bytes(data))] == ["caf\\xe9"]


def header(path: bytes, size: int, kind: bytes) -> bytearray:
    made = bytearray(tarfile.TarInfo(path.decode()).tobuf(tarfile.GNU_FORMAT))
    made[124:136] = b"%011o\0" % size
    made[156:157] = kind
    return made


def summed(made: bytearray) -> bytes:
    made[148:156] = b"%06o\0 " % (sum(made[:148]) + sum(made[156:512]) + 256)
    return bytes(made)


def test_sparse_files_of_gnu() -> None:
    made = header(b"sparse", 512, b"S")
    made[386:410] = b"%011o\0%011o\0" % (0, 512)
    made[482] = 1
    made[483:495] = b"%011o\0" % 1_000_000
    more = bytearray(512)
    data = summed(made) + bytes(more) + b"d" * 512 + tar_of({"next": b"x"})
    assert [(one.path, one.size, one.stored) for one in headers(data)] == [("sparse", 1_000_000, 512), ("next", 1, 1)]


def test_sparse_files_of_pax() -> None:
    info = tarfile.TarInfo("GNUSparseFile.0/big")
    info.size = 1024
    info.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": "big"}
    info.pax_headers["GNU.sparse.realsize"] = "5000000"
    data = info.tobuf(tarfile.PAX_FORMAT) + bytes(1024) + tar_of({"next": b"x"})
    assert [(one.path, one.size, one.stored) for one in headers(data)] == [("big", 5_000_000, 1024), ("next", 1, 1)]


def test_sizes_beyond_octal() -> None:
    made = header(b"huge", 0, b"0")
    made[124:136] = b"\x80" + struct.pack(">Q", 9_000_000_000).rjust(11, b"\0")
    stream = window(summed(made))
    member, _ = next(members(stream))
    assert (member.size, member.stored) == (9_000_000_000, 9_000_000_000)


def test_damaged_numbers_of_users_are_zero() -> None:
    made = header(b"odd", 0, b"0")
    made[108:116] = b"nobody\0\0"
    assert [one.uid for one in headers(summed(made))] == [0]


@pytest.mark.parametrize("cut", [100, 512, 700, 1100, 1536])
def test_truncated_archives(cut: int) -> None:
    data = tar_of({"a": b"x" * 1024, "b": b"y" * 600})
    cuts = data[:cut]
    for stream in (window(cuts), blocks(cuts, 300)):
        if cut in (1536,):
            assert [member.path for member, _ in members(stream)] == ["a"]
            continue
        with pytest.raises(TargetError) as raised:
            list(members(stream))
        assert raised.value.message == "is truncated: the archive ends in the middle; make it again"


def test_garbage() -> None:
    with pytest.raises(TargetError) as raised:
        headers(bytes(range(256)) * 8)
    assert raised.value.message == (
        "is not a tar archive, or a damaged one: a header's checksum is wrong; make it again"
    )


HOSTILE = {
    "is a hostile archive: a header of 2000000 bytes; nothing builds such an image": summed(
        header(b"x", 2_000_000, b"L")
    ),
    "is a damaged archive: a header holds no valid size; make it again": summed(
        bytearray(header(b"x", 0, b"0")[:124] + b"\x80" + b"\xff" * 11 + header(b"x", 0, b"0")[136:])
    ),
    "is a damaged archive: a pax header cannot be read; make it again": summed(header(b"x", 512, b"x"))
    + b"0 path=a\n".ljust(512, b"\0"),
    "is a damaged archive: a pax header holds no valid number; make it again": summed(header(b"x", 11, b"x"))
    + b"11 size=-1\n".ljust(512, b"\0")
    + tar_of({"a": b""}),
    "is a hostile archive: a path of more than 4096 characters; nothing builds such an image": tar_of(
        {"p" * 5000: b""}
    ),
}


def test_digits_of_other_scripts_are_no_number() -> None:
    record = "11 size=²\n".encode()
    data = summed(header(b"x", len(record), b"x")) + record.ljust(512, b"\0") + tar_of({"a": b""})
    with pytest.raises(TargetError, match="a pax header holds no valid number"):
        headers(data)


@pytest.mark.parametrize(("message", "data"), HOSTILE.items())
def test_hostile_archives(message: str, data: bytes) -> None:
    with pytest.raises(TargetError) as raised:
        headers(data)
    assert raised.value.message == message


@settings(max_examples=80)
@given(st.binary(max_size=3000), st.integers(0, 2000), st.integers(0, 255))
def test_no_bytes_raise_anything_else(data: bytes, at: int, value: int) -> None:
    damaged = bytearray(tar_of({"a/b": b"text", "n" * 150: File(b"x" * 700), "l": symlink("q" * 150)}))
    damaged[at] = value
    for archive in (data, bytes(damaged), bytes(damaged[: at * 3])):
        for stream in (window(archive), blocks(archive, 97)):
            try:
                found = [member for member, _ in members(stream)]
            except TargetError:
                continue
            assert all(not member.path.startswith(("/", "../")) for member in found)


def test_foreign_streams_are_read_only() -> None:
    class Only:
        def __init__(self, data: bytes) -> None:
            self.file = io.BytesIO(data)

        def read(self, size: int = -1, /) -> bytes:
            return self.file.read(size)

    found = [member.path for member, _ in members(Only(tar_of({"a": b"x" * 5000, "b": b""})))]
    assert found == ["a", "b"]
    assert b"".join(chunks(Only(b"abc"))) == b"abc"
