"""An answer of Trivy's is used again only where it would be the same."""

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanguard.image.inventory import FoundLicence, FoundSecret, InstalledPackage, Inventory, System, Vulnerability
from scanguard.model.rule import Severity
from scanguard.trivy import memory
from scanguard.trivy.memory import circumstances, keep, place, recall
from scanguard.trivy.program import Program
from scanguard.trivy.settings import TrivySettings
from tests.trivy.samples import image
from tests.trivydb import write_cache

PROGRAM = Program("/opt/trivy", "0.76.0")
TEXT = st.text(max_size=5)
TEXTS = st.lists(TEXT, max_size=2).map(tuple)
FLOAT = st.none() | st.floats(0, 10)
PACKAGES = st.builds(InstalledPackage, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXTS, st.booleans())
SEVERITIES = st.sampled_from(Severity)
VULNERABILITIES = st.builds(
    Vulnerability,
    TEXT,
    PACKAGES,
    SEVERITIES,
    TEXT,
    TEXT,
    TEXT,
    TEXT,
    FLOAT,
    TEXT,
    TEXTS,
    TEXTS,
    st.none() | st.booleans(),
    FLOAT,
)
INVENTORIES = st.builds(
    Inventory,
    TEXT,
    st.none() | st.builds(System, TEXT, TEXT, st.none() | st.booleans()),
    st.lists(PACKAGES, max_size=3).map(tuple),
    st.lists(VULNERABILITIES, max_size=3).map(tuple),
    st.lists(st.builds(FoundSecret, TEXT, TEXT, SEVERITIES, TEXT, st.integers(0, 99), TEXT), max_size=2).map(tuple),
    st.lists(st.builds(FoundLicence, TEXT, TEXT, TEXT, TEXT, TEXT), max_size=2).map(tuple),
    st.integers(0, 9),
)


@given(INVENTORIES)
@settings(max_examples=60)
def test_what_is_kept_comes_back(tmp_path_factory: pytest.TempPathFactory, inventory: Inventory) -> None:
    path = str(tmp_path_factory.getbasetemp() / "kept" / "found-x.json")
    keep(path, inventory)
    found = recall(path)
    assert found == inventory
    assert repr(found) == repr(inventory)


def question(tmp_path: Path, program: Program = PROGRAM, day: str = "2026-11-21", treated: str = "all", **more) -> str:
    given_settings = TrivySettings(cache=str(tmp_path))._replace(**more)
    return place(given_settings, circumstances(program, given_settings, day), image(), treated)


def test_another_question_has_another_answer(tmp_path: Path) -> None:
    path = write_cache(tmp_path)
    first = question(tmp_path)
    assert first == question(tmp_path)
    others = [
        question(tmp_path, program=PROGRAM._replace(version="0.77.0")),
        question(tmp_path, day="2026-11-22"),
        question(tmp_path, treated="other"),
        question(tmp_path, secrets=False),
        question(tmp_path, licences=True),
    ]
    given_settings = TrivySettings(cache=str(tmp_path))
    others.append(place(given_settings, circumstances(PROGRAM, given_settings, "2026-11-21"), image(2), "all"))
    path.write_bytes(path.read_bytes() + b"\0")
    others.append(question(tmp_path))
    (tmp_path / "java-db").mkdir()
    (tmp_path / "java-db" / "trivy-java.db").write_bytes(b"")
    others.append(question(tmp_path))
    assert len({first, *others}) == 9


@pytest.mark.parametrize("more", [{"server": "http://s"}, {"cache_backend": "memory"}, {"cache": ""}])
def test_nothing_is_kept_where_too_little_is_known(more: dict[str, str], tmp_path: Path) -> None:
    path = question(tmp_path, **more)
    assert path == ""
    keep(path, Inventory("Trivy", None))
    assert recall(path) is None


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"scanner": "x"}', b"[" * 100_000, b"\xff"])
def test_what_cannot_be_read_is_no_answer(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "found-x.json"
    path.write_bytes(data)
    assert recall(str(path)) is None


def test_answers_are_private_and_few(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_MOST", 3)
    paths = [tmp_path / "scanguard" / f"found-{number}.json" for number in range(5)]
    (tmp_path / "scanguard").mkdir()
    (tmp_path / "scanguard" / "version").write_text("kept")
    for number, path in enumerate(paths):
        keep(str(path), Inventory("Trivy", None))
        os.utime(path, (number, number))
    keep(str(paths[4]), Inventory("Trivy", None))
    assert sorted(path.name for path in (tmp_path / "scanguard").iterdir()) == [
        "found-2.json",
        "found-3.json",
        "found-4.json",
        "version",
    ]
    assert stat.S_IMODE(paths[4].stat().st_mode) == 0o600


def test_a_place_that_cannot_be_written_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    keep(str(tmp_path / "file" / "found-x.json"), Inventory("Trivy", None))
    assert (tmp_path / "file").read_text() == ""
