"""Where symbolic links lead a path."""

from scanguard.blame.links import Links, unmerged
from scanguard.image.nodes import Kind
from tests.blame.images import contents, entry


def linked(targets: dict[str, str]) -> Links:
    """The links of one layer: certain for those above it, perhaps not there yet for itself."""
    return Links((contents(*(entry(path, Kind.SYMLINK, target) for path, target in targets.items())),))


def test_links() -> None:
    below = contents(entry("bin", Kind.SYMLINK, "usr/bin"), entry("app", Kind.SYMLINK, "/srv/app"))
    above = contents(
        entry("app", Kind.DIRECTORY), entry("new", Kind.SYMLINK, "bin"), entry("round", Kind.SYMLINK, "round")
    )
    links = Links((below, above))
    assert links.means("/bin/cat", 1) == {"/usr/bin/cat"}
    assert links.means("/bin/cat", 0) == {"/bin/cat", "/usr/bin/cat"}
    assert links.means("/app/x", 1) == {"/app/x", "/srv/app/x"}
    assert links.means("/new/cat", 1) == {"/new/cat", "/usr/bin/cat"}
    assert links.means("/round/cat", 2) == frozenset()
    assert Links(()).means("/sbin/x", 1) == {"/sbin/x", "/usr/sbin/x", "/usr/bin/x"}


def test_both_spellings() -> None:
    assert [unmerged(one) for one in ("/bin/cat", "/usr/bin/cat", "/usr/share/x", "/usr", "/x")] == [
        ("/bin/cat", "/usr/bin/cat"),
        ("/usr/bin/cat", "/bin/cat"),
        ("/usr/share/x",),
        ("/usr",),
        ("/x",),
    ]


def test_as_many_links_as_linux_follows() -> None:
    links = linked({f"{at}": f"{at + 1}" for at in range(100)})
    assert links.means("/60", 1) == {"/100"}
    assert links.means("/59", 1) == frozenset()


def test_too_many_places_are_none() -> None:
    row = linked({f"{at}": f"{at + 1}" for at in range(100)})
    assert row.means("/68", 0) == {f"/{at}" for at in range(68, 101)}
    assert row.means("/67", 0) == frozenset()
    deep = ["/".join("d" * at) for at in range(1, 34)]
    nested = linked({path: f"/to{at}" for at, path in enumerate(deep)})
    assert len(nested.means(f"/{deep[31]}", 0)) == 33
    assert nested.means(f"/{deep[32]}", 0) == frozenset()
