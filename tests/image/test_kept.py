"""What is kept of an image comes back as it was, and no secret is in it."""

from collections.abc import Mapping
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanguard.image import kept
from scanguard.image.nodes import Configuration, Entry, HistoryEntry, Image, Kind, LayerContents

NUMBERS = st.integers(0, 1 << 40)
NAMES = st.text(max_size=12)
ENTRIES = st.builds(Entry, NAMES, st.sampled_from(Kind), NUMBERS, NUMBERS, NUMBERS, NUMBERS, st.just("") | NAMES)
TEXTS = st.dictionaries(NAMES, st.binary(max_size=40), max_size=3).map(MappingProxyType)
LAYERS = st.lists(st.builds(LayerContents, NAMES, NUMBERS, st.lists(ENTRIES, max_size=9).map(tuple), TEXTS), max_size=4)


def image(**changed: object) -> Image:
    history = (HistoryEntry("RUN make", False), HistoryEntry("USER 1000", True))
    made = Image(
        "app:1", "app", "sha256:1", "", "docker", "linux/amd64", ("app:1",), Configuration(), history, ("sha256:2",)
    )
    return made._replace(**changed)


@given(LAYERS)
def test_what_is_written_is_read(layers: list[LayerContents]) -> None:
    shape = kept.shape_of(image())
    assert kept.read(list(kept.written(shape, layers))) == (shape, tuple(layers))


def test_layers_of_many_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "_AT_ONCE", 3)
    entries = tuple(Entry(f"e{n}", Kind.SYMLINK, n, 0o777, n, n, f"to{n}" if n % 2 else "") for n in range(8))
    layers = (LayerContents("a", 1, entries), LayerContents("b", 2, ()), LayerContents("c", 3, entries[:3]))
    lines = list(kept.written(kept.shape_of(image()), layers))
    assert len(lines) == 1 + (1 + 3) + 1 + (1 + 1) + 1
    assert kept.read(lines)[1] == layers
    for count in range(len(lines)):
        with pytest.raises(kept.UNREADABLE):
            kept.read(lines[:count])


@pytest.mark.parametrize(
    "changed",
    [
        {"id": "sha256:9"},
        {"digest": "sha256:9"},
        {"format": "oci"},
        {"platform": "linux/arm64"},
        {"config": Configuration(user="1000")},
        {"history": (HistoryEntry("RUN make", False),)},
        {"history": (HistoryEntry("RUN make all", False), HistoryEntry("USER 1000", True))},
        {"diff_ids": ("sha256:9",)},
    ],
)
def test_the_seal_is_of_one_image(changed: Mapping[str, object]) -> None:
    assert kept.shape_of(image(**changed)).seal != kept.shape_of(image()).seal


def test_names_are_not_sealed() -> None:
    assert kept.shape_of(image(reference="b:2", name="b", tags=())) == kept.shape_of(image())


@pytest.mark.parametrize(
    "lines", [[], [b""], [b"1\n"], [b"[]\n"], [b"{}\n"], [b'["","","","",[],""]\n', b"[[]]\n", b"null\n"]]
)
def test_other_lines_are_refused(lines: list[bytes]) -> None:
    with pytest.raises(kept.UNREADABLE):
        kept.read(lines)


@pytest.mark.parametrize(
    ("path", "text", "secret"),
    [
        ("srv/.env", b"A=1", True),
        ("srv/.env", b" \n", False),
        ("root/.npmrc", b"registry=https://registry.example", True),
        ("etc/shadow", b"root:*:19000:0:99999:7:::\nbin:!:1::::::\napp::1::::::\nold:!!:1::::::\n", False),
        ("etc/shadow", b"root:$6$" + b"salt$hash:19000:0:99999:7:::\n", True),
        ("etc/shadow", b"root:!$6$" + b"salt$hash:19000:0:99999:7:::\n", True),
        ("etc/passwd", b"root:x:0:0:root:/root:/bin/sh\n+\n\n", False),
        ("etc/passwd", b"root:ab" + b"CdEf:0:0:root:/root:/bin/sh\n", True),
        ("etc/group", b"staff:!:50:\n", False),
        ("etc/os-release", b"NAME=x\n", False),
    ],
)
def test_texts_that_may_hold_secrets(path: str, text: bytes, secret: bool) -> None:
    layers = (LayerContents("a", 1, ()), LayerContents("b", 1, (), {path: text}))
    assert kept.may_hold_secrets(layers) is secret
