"""`.gitignore`, held against git itself."""

import os
import shutil
import subprocess
from itertools import product
from pathlib import Path
from time import process_time

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from scanguard.model.glob import matches, translate
from scanguard.sources.ignore import Ignores, ignores_above, parse

NAMES = ("a", "b", "ab", "foo", "foo.o", "x y", "!a", "#a", "[a]", "b*")
FILES = sorted({"/".join(parts) for size in (1, 2, 3) for parts in product(NAMES[: 11 - 3 * size], repeat=size)})
PIECES = (
    "a",
    "b",
    "ab",
    "foo",
    "*",
    "**",
    "?",
    "/",
    "/",
    ".",
    "o",
    "[ab]",
    "[!a]",
    "[a-f]",
    "[^b]",
    "[]a]",
    "[[:alpha:]]",
)
ODD = ("!", "#", " ", "\\ ", "\\", "[", "]", "-", "[b-a]", "[a-]", "[[:x:]]", "[[:alpha]", "[\\]]", "\\*", "\\!", "é")
LINE = st.tuples(
    st.sampled_from(("", "", "!", "/", "!/")),
    st.lists(st.sampled_from(PIECES) | st.sampled_from(PIECES) | st.sampled_from(ODD), max_size=6).map("".join),
    st.sampled_from(("", "", "/", " ", "/**", "\r")),
).map("".join)
TEXT = st.lists(LINE, max_size=5).map("\n".join)


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A repository with files whose directories and names all come from NAMES."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    root = tmp_path_factory.mktemp("tree")
    run(root, "init", "-q")
    for file in FILES:
        path = root / "d" / file
        path.mkdir(parents=True, exist_ok=True)
        (path / "f").touch()
    return root


def run(root: Path, *arguments: str, text: str = "") -> list[str]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(root), "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C.UTF-8"}
    command = ["git", "-c", "core.quotePath=false", *arguments]
    done = subprocess.run(command, cwd=root, env=environment, input=text, capture_output=True, text=True)
    assert done.returncode in (0, 1), done.stderr
    return [line for line in done.stdout.split("\0") if line]


def ours(root: Path) -> set[str]:
    """What is ignored, the way the search of a tree sees it: nothing below an ignored directory is looked at."""
    ignored = set()
    pending = [(str(root), Ignores())]
    while pending:
        here, above = pending.pop()
        ignores = above.entering(here)
        for entry in os.scandir(here):
            if entry.name == ".git":
                continue
            if ignores.ignored(entry.path, entry.is_dir()):
                ignored.add(os.path.relpath(entry.path, root))
            elif entry.is_dir():
                pending.append((entry.path, ignores))
    return ignored


def gits(root: Path) -> set[str]:
    """What git ignores, its own way of leaving out what lies below an ignored directory."""
    everything = [os.path.relpath(os.path.join(here, name), root) for here, _, files in os.walk(root) for name in files]
    paths = {"/".join(path.split("/")[:end]) for path in everything for end in range(1, path.count("/") + 2)}
    paths = {path for path in paths if path.split("/")[0] != ".git"}
    found = set(run(root, "check-ignore", "-z", "--stdin", "--no-index", text="\0".join(sorted(paths))))
    return {path for path in found if not any(above in found for above in parents(path))}


def parents(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:end]) for end in range(1, len(parts))]


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXT, TEXT)
@example("d/**/foo\n!d/a/foo", "foo**/a\n/a**")
@example("*\n!*/\n!foo.o", "a/**\n!a/b")
@example("*a*b\n\\!a\n\\#a\n#a\n!a", "\ufefffoo\nx\\ y\nx y \n")
@example("d/a/\n!d/a/b", "b\\*\n[[]a]\n**/a/**/b")
def test_the_same_is_ignored_as_by_git(tree, outer, inner):
    (tree / ".gitignore").write_text(outer, newline="")
    (tree / "d" / ".gitignore").write_text(inner, newline="")
    assert ours(tree) == gits(tree)


def test_what_holds_above_a_directory_is_read_from_the_root_down(tmp_path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / ".gitignore").write_text("x\ny\n")
    (tmp_path / "a" / ".gitignore").write_text("!y\n")
    (tmp_path / "a" / "b" / ".gitignore").write_text("z\n")
    below = str(tmp_path / "a" / "b")
    above = ignores_above(below, str(tmp_path))
    assert [above.ignored(os.path.join(below, name), False) for name in "xyz"] == [True, False, False]
    assert not ignores_above(str(tmp_path), str(tmp_path)).ignored(str(tmp_path / "x"), False)


def test_an_ignore_file_that_is_a_link_a_directory_or_too_large_says_nothing(tmp_path):
    for name in ("link", "directory", "large"):
        (tmp_path / name).mkdir()
    (tmp_path / "patterns").write_text("x\n")
    (tmp_path / "link" / ".gitignore").symlink_to("../patterns")
    (tmp_path / "directory" / ".gitignore").mkdir()
    (tmp_path / "large" / ".gitignore").write_text("x\n" * 500_001)
    for name in ("link", "directory", "large"):
        assert not Ignores().entering(str(tmp_path / name)).ignored(str(tmp_path / name / "x"), False)


def test_an_ignore_file_that_cannot_be_opened_says_nothing(tmp_path, monkeypatch):
    (tmp_path / ".gitignore").write_text("x\n")

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    assert not Ignores().entering(str(tmp_path)).ignored(str(tmp_path / "x"), False)


def test_comments_and_blank_lines_are_no_patterns():
    assert parse("# a\n\n   \n!\n/\n") == ()


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*a*a*a*a*a*a*a*a*b", "a" * 4000),
        ("**/a/**/a/**/a/**/a/**/b", "a/" * 2000 + "c"),
        ("*" * 900 + "b", "a" * 4000),
        ("*[a-z]*[a-z]*[a-z]*[a-z]*[a-z]*!", "a" * 4000),
    ],
)
def test_no_pattern_takes_long(pattern, path):
    start = process_time()
    assert not matches(pattern, path)
    assert process_time() - start < 1.0


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("Dockerfile", ["Dockerfile"], ["a/Dockerfile", "Dockerfile.x"]),
        ("**/Dockerfile", ["Dockerfile", "a/Dockerfile", "a/b/Dockerfile"], ["aDockerfile"]),
        ("a/**", ["a/b", "a/b/c"], ["a", "b/a"]),
        ("a/**/b", ["a/b", "a/x/b", "a/x/y/b"], ["ab", "a/xb"]),
        ("a/*/b", ["a/x/b"], ["a/b", "a/x/y/b"]),
        ("[!a]?", ["bc", "b!"], ["ab", "b/", "/b"]),
        ("[[:digit:]a-c.]", ["1", "b", "."], ["d", "-", "/"]),
        ("[[:bogus:]]", [], ["b", ":"]),
        ("[!b-a]", ["a", "c"], ["b", "/"]),
        ("[b-a]", ["b"], ["a"]),
        ("[a-\\]]", ["a"], ["]", "b"]),
        ("[Z-\\]]", ["Z", "[", "]"], ["a"]),
        ("[&|~^-]", ["&", "|", "~", "^", "-"], ["a"]),
        ("\\*", ["*"], ["a"]),
    ],
)
def test_globs(pattern, yes, no):
    assert [path for path in (*yes, *no) if matches(pattern, path)] == yes


@pytest.mark.parametrize("pattern", ["[", "a[", "[]", "[!", "[a\\", "[a-\\", "\\", "a\\", "[[:alpha:", "[[:alpha:]"])
def test_broken_globs_match_nothing(pattern):
    assert translate(pattern) is None
    assert not matches(pattern, pattern)


def test_thousands_of_expressions_are_none() -> None:
    assert parse("".join(f"{number}*?x\n" for number in range(2_001))) == ()
    assert len(parse("".join(f"{number}*?x\n" for number in range(2_000)))) == 2_000
    assert len(parse("".join(f"*.{number}\n{number}\n" for number in range(5_000)))) == 10_000
