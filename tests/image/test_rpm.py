"""The packages of RPM's databases: all formats say the same, and no bytes whatever are more than a database without an answer."""

import os
import shutil
import sqlite3
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanguard.image.contents import read_layer
from scanguard.image.rpm import listing
from tests.image.rpms import PAGE, Rpm, berkeley, header, ndb, rpmdb
from tests.images import tar_of

FORMATS: tuple[Callable[..., bytes], ...] = (
    rpmdb,
    ndb,
    berkeley,
    lambda *packages: rpmdb(*packages, log=False),
    lambda *packages: berkeley(*packages, order=">"),
)
EACH = pytest.mark.parametrize("write", FORMATS, ids="sqlite ndb berkeley sqlite-plain berkeley-big-endian".split())
GCC = Rpm("gcc", "12.2.1", "2.fc37", ("gcc(x86-64)", "/usr/bin/cc", "c-compiler"), ("egcs",), size=20_000)
GCC_LISTED = (
    b"P:gcc\nV:12.2.1-2.fc37\np:gcc-12.2.1 gcc-12.2.1-2.fc37 gcc.x86_64 gcc-12.2.1-2.fc37.x86_64 c-compiler egcs\n"
)
PLAIN_LISTED = b"P:bash\nV:1.0-2.el9\np:bash-1.0 bash-1.0-2.el9 bash.x86_64 bash-1.0-2.el9.x86_64\n"


def names(data: bytes) -> list[str] | None:
    text = listing(data)
    return None if text is None else [line[2:] for line in text.decode().splitlines() if line.startswith("P:")]


@EACH
def test_formats(write: Callable[..., bytes]) -> None:
    assert listing(write(GCC, "bash")) == GCC_LISTED + b"\n" + PLAIN_LISTED
    assert listing(write("bash", GCC)) == PLAIN_LISTED + b"\n" + GCC_LISTED
    assert listing(write()) == b""


@EACH
def test_many_packages(write: Callable[..., bytes]) -> None:
    packages = [Rpm(f"package{number}", size=3 * number * number) for number in range(60)]
    assert names(write(*packages)) == [package.name for package in packages]


@EACH
@settings(max_examples=30)
@given(data=st.data())
def test_damage_is_no_package_that_was_not_there(write: Callable[..., bytes], data: st.DataObject) -> None:
    """Some bytes are overwritten, or the end lacks: an answer in time, and no other error."""
    whole = bytearray(write(Rpm("gcc", size=5000), "make"))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at : at + 4] = data.draw(st.binary(min_size=4, max_size=4))
    end = data.draw(st.integers(len(whole) // 2, len(whole)) | st.just(len(whole)))
    start = time.process_time()
    listing(bytes(whole[:end]))
    assert time.process_time() - start < 2


@given(st.binary(max_size=200))
def test_what_is_no_database(data: bytes) -> None:
    assert listing(data) is None


@pytest.mark.parametrize("name", ["", "a b", "x\ny", "-rf", "é", "a" * 300])
def test_absurd_names(name: str) -> None:
    assert names(ndb("bash", name)) is None


def hostile(*statements: str) -> bytes:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    for statement in statements:
        connection.execute(statement)
    return connection.serialize()


ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
PACKAGES = "CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob BLOB)"


@pytest.mark.parametrize(
    "statements",
    [
        ("CREATE TABLE Other (blob)",),
        (f"CREATE VIEW Packages AS {ENDLESS} SELECT i AS blob FROM n",),
        (f"CREATE VIEW Packages AS {ENDLESS} SELECT zeroblob(1000000) AS blob FROM n",),
        (
            "CREATE TABLE Packages (hnum, blob BLOB GENERATED ALWAYS AS (zeroblob(900000000)))",
            "INSERT INTO Packages (hnum) VALUES (1)",
        ),
        tuple(f"CREATE TABLE t{number} (a)" for number in range(2000)) + (PACKAGES,),
        ("CREATE TABLE Packages (hnum, blob, " + ", ".join(f"c{number}" for number in range(200)) + ")",),
        (PACKAGES, "INSERT INTO Packages (blob) VALUES ('text')"),
        (PACKAGES, "INSERT INTO Packages (blob) VALUES (zeroblob(5000000))"),
    ],
)
def test_hostile_schemas(statements: tuple[str, ...]) -> None:
    data = hostile(*statements)
    start = time.process_time()
    assert listing(data) is None
    assert time.process_time() - start < 2


def test_a_chain_of_pages_in_a_circle() -> None:
    data = bytearray(berkeley(Rpm("gcc", size=20_000)))
    data[3 * PAGE + 16 : 3 * PAGE + 20] = struct.pack("<I", 2)
    at = data.index(struct.pack("<B3xI", 3, 2)) + 8
    data[at : at + 4] = struct.pack("<I", 1 << 31)
    assert listing(bytes(data)) is None


def test_many_slots_for_one_blob() -> None:
    one = ndb(Rpm("gcc", size=3000))
    slot = one[48:64]
    assert slot.startswith(b"Slot\1")
    assert names(one) == ["gcc"]
    assert listing(one[:48] + slot * ((PAGE - 48) // 16) + one[PAGE:]) is None


def test_headers_with_absurd_counts() -> None:
    empty = struct.pack(">2I", 1, 200_000) + struct.pack(">4I", 1047, 8, 0, 200_000) + bytes(200_000)
    data = bytearray(ndb(Rpm("bash", size=len(empty))))
    assert names(bytes(data)) == ["bash"]
    at = data.index(b"BlbS") + 16
    data[at : at + len(empty)] = empty
    assert listing(bytes(data)) is None


def test_what_is_kept_of_a_layer() -> None:
    files = {
        "var/lib/rpm/rpmdb.sqlite": rpmdb(*(Rpm(f"p{number}", size=100_000) for number in range(170))),
        "var/lib/rpm/rpmdb.sqlite-wal": b"",
        "usr/lib/sysimage/rpm/Packages.db": b"damaged",
    }
    assert len(files["var/lib/rpm/rpmdb.sqlite"]) > 16_000_000
    texts = read_layer("", BytesIO(tar_of(files))).texts
    assert list(texts) == ["var/lib/rpm/rpmdb.sqlite"]
    assert texts["var/lib/rpm/rpmdb.sqlite"].count(b"P:p") == 170


def test_sqlite_is_loaded_for_a_database_only() -> None:
    program = (
        "import io, sys; from tests.images import tar_of; from scanguard.image.contents import read_layer\n"
        "read_layer('', io.BytesIO(tar_of({'var/lib/dpkg/status': b'Package: a'})))\n"
        "print('sqlite3' in sys.modules, 'scanguard.image.rpm' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=Path(__file__).parents[2]
    )
    assert done.stdout.split() == ["False", "False"], done.stderr


@pytest.mark.skipif(shutil.which("rpm") is None, reason="RPM itself is not installed")
@pytest.mark.parametrize("write", [rpmdb, berkeley])
def test_rpm_itself_reads_the_same(write: Callable[..., bytes], tmp_path: Path) -> None:
    """RPM holds the databases of these tests for its own, and names the same packages."""
    packages = ("bash", GCC, Rpm("make", "1:4.3", "7"))
    folder = tmp_path / "db"
    folder.mkdir()
    (folder / ("rpmdb.sqlite" if write is rpmdb else "Packages")).write_bytes(write(*packages))
    words = ["rpm", "--dbpath", str(folder), "-qa", "--qf", "%{NAME} %{VERSION}-%{RELEASE}\\n"]
    done = subprocess.run(
        words, capture_output=True, text=True, timeout=60, env={"PATH": os.environ["PATH"], "LC_ALL": "C"}
    )
    assert sorted(done.stdout.splitlines()) == ["bash 1.0-2.el9", "gcc 12.2.1-2.fc37", "make 1:4.3-7"], done.stderr
    assert names(write(*packages)) == ["bash", "gcc", "make"]


def test_headers_of_the_tests_are_plain() -> None:
    assert header(Rpm("a"))[:8] == struct.pack(">2I", 6, len(header(Rpm("a"))) - 8 - 96)
