"""Layers laid over each other: what is seen, what is hidden, and how much of what ships is of use."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanguard.image.efficiency import efficiency
from scanguard.image.filesystem import FileSystem, Hidden, Placed, Whiteout, merge, text_of
from scanguard.image.nodes import Entry, Kind, LayerContents
from scanguard.model.errors import TargetError


def entry(path: str, kind: Kind = Kind.FILE, size: int = 0, link: str = "", mode: int = 0o644) -> Entry:
    return Entry(path, kind, size, mode, 0, 0, link)


def folder(path: str) -> Entry:
    return entry(path, Kind.DIRECTORY, mode=0o755)


def gone(path: str) -> Entry:
    return entry(path, Kind.WHITEOUT)


def layers(*entries: tuple[Entry, ...]) -> tuple[LayerContents, ...]:
    return tuple(LayerContents(f"sha256:{number}", 0, one) for number, one in enumerate(entries))


def seen(system: FileSystem) -> dict[str, int]:
    return {path: placed.layer for path, placed in system.files.items()}


def test_nothing() -> None:
    assert merge(()) == FileSystem({}, (), ())
    assert efficiency((), merge(())) == 1.0


DEEP = "a/" * 2_000


@pytest.mark.parametrize(
    "entries",
    [
        [entry(f"{number}/{DEEP}f") for number in range(200)],
        [
            *(
                entry(f"l{number}", Kind.SYMLINK, link=f"{DEEP[:1600]}{'../' * 800}l{number + 1}")
                for number in range(40)
            ),
            *(entry(f"l0/{number}/f") for number in range(400)),
        ],
    ],
)
def test_what_is_too_deep_is_refused(entries: list[Entry]) -> None:
    with pytest.raises(TargetError, match="its paths and links are deeper than any that is built"):
        merge(layers(tuple(entries)))


def test_a_file_is_written_over() -> None:
    old, new = entry("a", size=5), entry("a", size=7)
    system = merge(layers((old,), (new,)))
    assert system == FileSystem({"a": Placed(new, 1)}, (Hidden(old, 0, 1, deleted=False),), ())
    assert system.wasted(2) == (5, 0)


def test_a_file_is_removed() -> None:
    old = entry("d/a", size=5)
    system = merge(layers((folder("d"), old), (gone("d/a"),)))
    assert seen(system) == {"d": 0}
    assert system.hidden == (Hidden(old, 0, 1, deleted=True),)
    assert system.whiteouts == (Whiteout("d/a", 1, 0),)


def test_a_directory_is_removed_with_all_below() -> None:
    one, two = entry("d/a", size=5), entry("d/e/b", size=7)
    system = merge(layers((folder("d"), one, folder("d/e"), two, entry("da", size=1)), (gone("d"),)))
    assert seen(system) == {"da": 0}
    assert system.hidden == (Hidden(one, 0, 1, deleted=True), Hidden(two, 0, 1, deleted=True))
    assert system.whiteouts == (Whiteout("d", 1, 12),)


def test_directories_that_no_entry_names_are_removed_too() -> None:
    old = entry("d/e/b", size=7)
    assert merge(layers((old,), (gone("d"),))) == FileSystem(
        {}, (Hidden(old, 0, 1, deleted=True),), (Whiteout("d", 1, 7),)
    )


def test_a_removal_speaks_of_lower_layers_only() -> None:
    old, new = entry("a", size=5), entry("a", size=6)
    for upper in ((gone("a"), new), (new, gone("a"))):
        system = merge(layers((old,), upper))
        assert seen(system) == {"a": 1}
        assert system.hidden == (Hidden(old, 0, 1, deleted=True),)


def test_an_opaque_directory_loses_what_lower_layers_put_into_it() -> None:
    old, new = entry("d/a", size=5), entry("d/b", size=6)
    mark = entry("d", Kind.OPAQUE)
    for upper in ((folder("d"), mark, new), (folder("d"), new, mark)):
        system = merge(layers((folder("d"), old), upper))
        assert seen(system) == {"d": 1, "d/b": 1}
        assert system.hidden == (Hidden(old, 0, 1, deleted=True),)


def test_what_an_opaque_directory_loses_has_an_order() -> None:
    files = tuple(entry(f"d/{name}", size=1) for name in "hcafbegd")
    system = merge(layers((folder("d"), *files), (entry("d", Kind.OPAQUE),)))
    assert [one.entry.path for one in system.hidden] == [f"d/{name}" for name in "abcdefgh"]


def test_directories_are_looked_up_again_where_a_link_takes_the_place_of_one() -> None:
    tree = (folder("d"), folder("d/e"), entry("d/e/f", size=1))
    system = merge(layers(tree, (entry("d", Kind.SYMLINK, link="x"),), tree[1:], (folder("d"), *tree[1:])))
    assert seen(system) == {"x/e": 2, "x/e/f": 2, "d": 3, "d/e": 3, "d/e/f": 3}


def test_the_root_can_be_opaque() -> None:
    old = entry("a", size=5)
    assert merge(layers((old,), (entry("", Kind.OPAQUE),))).hidden == (Hidden(old, 0, 1, deleted=True),)


def test_a_directory_over_a_directory_keeps_what_is_in_it() -> None:
    assert seen(merge(layers((folder("d"), entry("d/a")), (folder("d"),)))) == {"d": 1, "d/a": 0}


def test_a_file_over_a_directory_and_the_reverse() -> None:
    inner, outer = entry("d/a", size=5), entry("d", size=6)
    assert merge(layers((folder("d"), inner), (outer,))) == FileSystem(
        {"d": Placed(outer, 1)}, (Hidden(inner, 0, 1, deleted=True),), ()
    )
    below = entry("d/a", size=1)
    system = merge(layers((outer,), (folder("d"), below)))
    assert seen(system) == {"d": 1, "d/a": 1}
    assert system.hidden == (Hidden(outer, 0, 1, deleted=True),)


def test_removing_what_is_not_there() -> None:
    assert merge(layers((gone("a"), gone("b/c")))) == FileSystem({}, (), (Whiteout("a", 0, 0), Whiteout("b/c", 0, 0)))


def test_the_bytes_of_a_hard_link_are_seen_through_its_other_name() -> None:
    first, second = entry("a", size=5), entry("b", Kind.HARDLINK, link="a")
    assert merge(layers((first, second), (gone("a"),))).hidden == ()
    assert merge(layers((first, second._replace(link="./a")), (gone("a"),))).hidden == ()
    assert merge(layers((first, second), (gone("a"), gone("b")))).hidden == (Hidden(first, 0, 1, deleted=True),)
    assert merge(layers((first, second), (entry("b", size=1), gone("a")))).hidden == (
        Hidden(first, 0, 1, deleted=True),
    )


def test_links_are_followed() -> None:
    system = merge(
        layers(
            (
                entry("bin", Kind.SYMLINK, link="usr/bin"),
                entry("usr/bin/cc", Kind.SYMLINK, link="/etc/alternatives/cc"),
                entry("etc/alternatives/cc", Kind.SYMLINK, link="../../usr/bin/gcc"),
                entry("usr/bin/gcc", size=3),
                entry("up", Kind.SYMLINK, link="../../../usr"),
                entry("x", Kind.SYMLINK, link="y"),
                entry("y", Kind.SYMLINK, link="x"),
                entry("nowhere", Kind.SYMLINK, link="/none"),
            )
        )
    )
    gcc = system.files["usr/bin/gcc"]
    assert [system.find(path) for path in ("bin/cc", "/bin/gcc", "up/./bin/gcc")] == [gcc, gcc, gcc]
    assert [system.find(path) for path in ("x", "y/z", "nowhere", "none")] == [None, None, None, None]


def test_what_stands_below_a_linked_directory_goes_where_the_link_leads() -> None:
    old, new = entry("usr/lib/a", size=4), entry("lib/a", size=5)
    system = merge(layers((entry("lib", Kind.SYMLINK, link="usr/lib"), old), (new,)))
    assert seen(system) == {"lib": 0, "usr/lib/a": 1}
    assert system.hidden == (Hidden(old, 0, 1, deleted=False),)
    assert merge(layers((entry("lib", Kind.SYMLINK, link="usr/lib"), old), (gone("lib/a"),))).hidden == (
        Hidden(old, 0, 1, deleted=True),
    )


def test_a_directory_takes_the_place_of_a_link() -> None:
    link, inner = entry("lib", Kind.SYMLINK, link="usr/lib"), entry("lib/a", size=5)
    system = merge(layers((link, entry("lib/x"), entry("usr/lib/b")), (folder("lib"), inner)))
    assert seen(system) == {"usr/lib/x": 0, "usr/lib/b": 0, "lib": 1, "lib/a": 1}
    back = merge(layers((folder("lib"), inner), (link, entry("lib/b"))))
    assert seen(back) == {"lib": 1, "usr/lib/b": 1}


def test_efficiency() -> None:
    """The least size of each path over all of its sizes; a removed file counts nothing, a removed directory what it held."""
    twice = layers((entry("a", size=30), entry("b", size=10)), (entry("a", size=20),))
    assert efficiency(twice, merge(twice)) == pytest.approx(30 / 60)
    deleted = layers((entry("a", size=30), entry("b", size=10)), (gone("a"),))
    assert efficiency(deleted, merge(deleted)) == pytest.approx(10 / 40)
    emptied = layers((entry("d/a", size=30), entry("b", size=10)), (gone("d"),))
    assert efficiency(emptied, merge(emptied)) == pytest.approx(70 / 70)
    again = (*emptied, *layers((gone("d"),)))
    assert efficiency(again, merge(again)) == pytest.approx(40 / 70)


def test_texts() -> None:
    texts = {"usr/lib/os-release": b"ID=debian\n"}
    linked = (entry("etc/os-release", Kind.SYMLINK, link="../usr/lib/os-release"), entry("usr/lib/os-release"))
    contents = (LayerContents("sha256:0", 0, linked, texts), LayerContents("sha256:1", 0, (entry("etc/passwd"),)))
    system = merge(contents)
    assert text_of(contents, system, "etc/os-release") == ("ID=debian\n", 0)
    assert text_of(contents, system, "etc/passwd") is None
    assert text_of(contents, system, "etc/group") is None


NAMES = st.sampled_from(("a", "b", "c"))
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)
KINDS = st.sampled_from((Kind.FILE, Kind.FILE, Kind.DIRECTORY, Kind.WHITEOUT, Kind.OPAQUE))
ENTRIES = st.builds(
    lambda path, kind, size: entry(path, kind, size if kind is Kind.FILE else 0), PATHS, KINDS, st.integers(1, 9)
)


def plainly(contents: tuple[LayerContents, ...]) -> dict[str, int]:
    """The files that are seen, by the words of the specification and without regard to time."""
    files: dict[str, tuple[int, Kind]] = {}
    for number, layer in enumerate(contents):
        for one in layer.entries:
            if one.kind is Kind.WHITEOUT:
                files = {
                    path: at for path, at in files.items() if path != one.path and not path.startswith(f"{one.path}/")
                }
            elif one.kind is Kind.OPAQUE:
                files = {path: at for path, at in files.items() if not path.startswith(f"{one.path}/")}
        for one in layer.entries:
            if one.kind is Kind.FILE:
                files = {path: at for path, at in files.items() if not path.startswith(f"{one.path}/")}
            if one.kind in (Kind.FILE, Kind.DIRECTORY):
                above = [path for path, at in files.items() if at[1] is Kind.FILE and one.path.startswith(f"{path}/")]
                files = {path: at for path, at in files.items() if path not in above}
                files[one.path] = (number, one.kind)
    return {path: number for path, (number, _) in files.items()}


@settings(max_examples=200)
@given(st.lists(st.lists(ENTRIES, max_size=6).map(tuple), max_size=4))
def test_against_the_words_of_the_specification(found: list[tuple[Entry, ...]]) -> None:
    contents = layers(*found)
    system = merge(contents)
    assert seen(system) == plainly(contents)
    shipped = sum(one.size for layer in found for one in layer if one.kind is Kind.FILE)
    visible = sum(placed.entry.size for placed in system.files.values() if placed.entry.kind is Kind.FILE)
    assert sum(system.wasted(len(contents))) == shipped - visible
    assert 0.0 <= efficiency(contents, system) <= 1.0


LINKS = st.builds(
    lambda path, link: entry(path, Kind.SYMLINK, link=link),
    PATHS,
    st.sampled_from(("a", "/b", "../c", "b/c", ".", "/")),
)


@settings(max_examples=200)
@given(st.lists(st.lists(st.one_of(ENTRIES, LINKS), max_size=8).map(tuple), max_size=4))
def test_no_byte_is_lost_whatever_links_do(found: list[tuple[Entry, ...]]) -> None:
    contents = layers(*found)
    system = merge(contents)
    shipped = sum(one.size for layer in found for one in layer if one.kind is Kind.FILE)
    visible = sum(placed.entry.size for placed in system.files.values() if placed.entry.kind is Kind.FILE)
    assert sum(system.wasted(len(contents))) == shipped - visible
    assert 0.0 <= efficiency(contents, system) <= 1.0
    files = [path for path, placed in system.files.items() if placed.entry.kind is Kind.FILE]
    assert [path for path in system.files if path.startswith(tuple(f"{file}/" for file in files))] == []
    for path in system.files:
        placed = system.find(path)
        assert placed is None or placed.entry.kind is not Kind.SYMLINK


def test_paths_are_kept_once() -> None:
    entries = tuple(Entry(path, Kind.FILE, 1, 0o644, 0, 0) for path in ("a", "b/c", "b/d/e"))
    system = merge((LayerContents("sha256:0", 0, entries),))
    assert [(path, path is placed.entry.path) for path, placed in system.files.items()] == [
        ("a", True),
        ("b/c", True),
        ("b/d/e", True),
    ]
