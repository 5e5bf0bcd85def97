"""Git asked for objects and the index, and what a crafted repository cannot do with it."""

import os
import subprocess
from pathlib import Path

import pytest

from scanguard.model.errors import ConfigurationError
from scanguard.sources.git import _ENVIRONMENT, Repository
from scanguard.sources.tree import GitTree, WorkingTree, different, lay_out
from tests import repositories as git


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)
    return git.new(tmp_path / "repository", {"a/Dockerfile": "FROM a\n", "b": "b\n"})


@pytest.fixture
def git_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the commands are written that are given to git from now on."""
    log = tmp_path / "git.log"
    monkeypatch.setenv("PATH", git.logging(tmp_path / "bin", log))
    return log


def head(root: Path) -> GitTree:
    repository = Repository(str(root))
    return GitTree(repository, repository.tree("HEAD"))


def test_files_of_a_commit_and_of_the_index(root: Path) -> None:
    git.write(root, {"a/Dockerfile": "FROM b\n", "c": "c\n"})
    git.git(root, "add", "a/Dockerfile")
    (root / "link").symlink_to("b")
    git.git(root, "add", "link")
    repository = Repository(str(root))
    index = GitTree(repository, repository.index())
    assert head(root).contents(["a/Dockerfile", "b", "c"]) == {"a/Dockerfile": b"FROM a\n", "b": b"b\n"}
    assert index.contents(["a/Dockerfile", "link"]) == {"a/Dockerfile": b"FROM b\n"}
    assert repository.working_names() == ("a/Dockerfile", "b", "c", "link")
    assert different(head(root), index, ["a/Dockerfile", "b", "c"]) == {"a/Dockerfile"}


def test_contents_of_any_bytes_and_sizes(root: Path) -> None:
    odd = 'sp ace\nline\u00e9\t"q'
    (root / odd).write_bytes(b"\0\nblob 3\n\n")
    (root / os.fsdecode(b"\xff")).write_bytes(b"")
    (root / "large").write_bytes(b"x" * 10_000_001)
    git.commit(root, {})
    tree = head(root)
    assert tree.contents(tree.paths) == {
        "a/Dockerfile": b"FROM a\n",
        "b": b"b\n",
        odd: b"\0\nblob 3\n\n",
        os.fsdecode(b"\xff"): b"",
    }


def test_many_objects_are_read_by_two_processes(root: Path, git_log: Path) -> None:
    files = {f"many/{number}": f"{number}\n" * number for number in range(1, 233)}
    git.commit(root, files)
    with Repository(str(root)) as repository:
        tree = GitTree(repository, repository.tree("HEAD"))
        assert tree.contents(files) == {name: text.encode() for name, text in files.items()}
        for name, text in files.items():
            assert tree.contents([name]) == {name: text.encode()}
        assert repository.commit_of(git.git(root, "rev-parse", "HEAD")) == git.git(root, "rev-parse", "HEAD")
    assert [line.split()[0] for line in git.logged(git_log)] == ["ls-tree", "cat-file", "cat-file"]


def test_objects_that_lead_to_a_commit_and_others(root: Path) -> None:
    git.git(root, "tag", "-a", "-m", "one", "v1")
    commit, tag, tree = (git.git(root, "rev-parse", name) for name in ("HEAD", "v1", "HEAD^{tree}"))
    with Repository(str(root)) as repository:
        found = [repository.commit_of(name) for name in (commit, tag, tree, "1" * 40)]
    assert found == [commit, commit, None, None]


def test_an_object_that_cannot_be_read_is_told_and_others_are_read_after_it(root: Path) -> None:
    with Repository(str(root)) as repository:
        tree = GitTree(repository, repository.tree("HEAD"))
        name = tree.objects["b"]
        path = root / ".git" / "objects" / name[:2] / name[2:]
        path.chmod(0o644)
        path.write_bytes(path.read_bytes()[:-6] + b"abcdef")
        with pytest.raises(ConfigurationError):
            tree.contents(["a/Dockerfile", "b"])
        assert tree.contents(["a/Dockerfile"]) == {"a/Dockerfile": b"FROM a\n"}
        path.unlink()
        with pytest.raises(ConfigurationError, match="does not have the contents of all files"):
            tree.contents(["a/Dockerfile", "b"])
        assert tree.contents(["a/Dockerfile"]) == {"a/Dockerfile": b"FROM a\n"}


def test_line_ends_are_no_difference(root: Path) -> None:
    (root / "b").write_bytes(b"b\r\n")
    working = WorkingTree(str(root), ("a/Dockerfile", "b"))
    assert different(head(root), working, ["a/Dockerfile", "b"]) == frozenset()
    (root / "b").write_bytes(b"c\r\n")
    (root / "a" / "Dockerfile").unlink()
    assert different(head(root), working, ["a/Dockerfile", "b", "nowhere"]) == {"a/Dockerfile", "b"}


def crafted(root: Path, entries: list[tuple[str, str]]) -> str:
    """A commit whose tree has these names, which git itself would not write."""

    def store(kind: str, data: bytes) -> str:
        words = ["git", "hash-object", "-t", kind, "--literally", "-w", "--stdin"]
        return (
            subprocess.run(words, cwd=root, env=git.ENVIRONMENT, input=data, capture_output=True, check=True)
            .stdout.decode()
            .strip()
        )

    blob = store("blob", b"FROM evil\n")
    data = b"".join(f"{mode} {name}\0".encode() + bytes.fromhex(blob) for mode, name in entries)
    tree = store("tree", data)
    return git.git(root, "commit-tree", "-m", "x", tree)


def test_a_crafted_tree_is_laid_out_nowhere_else(root: Path, tmp_path: Path) -> None:
    names = ["..", "../up", ".git", ".GIT/config", "/abs", "a//b", "a/./b", "back\\slash", "good"]
    commit = crafted(root, [("100644", name) for name in names] + [("120000", "link"), ("160000", "module")])
    repository = Repository(str(root))
    tree = GitTree(repository, repository.tree(commit))
    assert tree.paths == {"good"}
    lay_out(tree, tree.paths, str(tmp_path / "out" / "tree"))
    found = {str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*")}
    assert found == {"tree", "tree/.git", "tree/good"}


def test_a_name_that_is_a_file_and_a_folder_is_an_error(root: Path, tmp_path: Path) -> None:
    commit = crafted(root, [("100644", "a"), ("100644", "a/b")])
    repository = Repository(str(root))
    tree = GitTree(repository, repository.tree(commit))
    with pytest.raises(ConfigurationError, match="cannot be laid out"):
        lay_out(tree, sorted(tree.paths), str(tmp_path / "out"))


def test_linked_working_trees_and_the_index_of_a_hook(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git.git(root, "worktree", "add", "-q", "../linked", "HEAD")
    linked = Repository(str(root.parent / "linked"))
    assert linked.tree("HEAD").objects.keys() == {"a/Dockerfile", "b"}
    assert linked.hooks() == str(root / ".git" / "hooks")
    monkeypatch.chdir(root)
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/other")
    assert Repository(str(root)).index().objects == {}


def test_objects_named_by_sha256(tmp_path: Path) -> None:
    root = tmp_path / "repository"
    root.mkdir()
    git.git(root, "init", "-q", "-b", "main", "--object-format=sha256")
    git.commit(root, {"a": "x\n"})
    assert head(root).contents(["a"]) == {"a": b"x\n"}


def test_what_a_partial_clone_lacks_is_not_taken_for_empty(root: Path, tmp_path: Path) -> None:
    git.git(root, "config", "uploadpack.allowFilter", "true")
    git.git(tmp_path, "clone", "-q", "--no-checkout", "--filter=blob:none", f"file://{root}", "partial")
    with pytest.raises(ConfigurationError, match="this clone is partial"):
        head(tmp_path / "partial").contents(["b"])


def test_what_is_too_large_is_not_passed_over(root: Path, tmp_path: Path) -> None:
    (root / "large").write_bytes(b"x" * 10_000_001)
    git.commit(root, {})
    with pytest.raises(ConfigurationError, match="large: is larger than 10 MB"):
        lay_out(head(root), ["large"], str(tmp_path / "out"))


@pytest.mark.parametrize("revision", ["", "-x", "--output=/tmp/x", "a b", "a\nb", "HEAD:b", ":/x", "a\0b"])
def test_what_is_no_revision_never_reaches_git(root: Path, revision: str) -> None:
    with pytest.raises(ConfigurationError, match="is not a revision"):
        Repository(str(root)).commit(revision)


def test_a_repository_that_belongs_to_somebody_else(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.getuid():
        pytest.skip("only root can give files away")
    for path in (root, root / ".git"):
        os.chown(path, 12345, 12345)
    monkeypatch.setenv("HOME", str(root.parent))
    with pytest.raises(ConfigurationError, match="safe.directory"):
        Repository(str(root)).head()


def test_no_configuration_brings_back_what_a_clone_lacks(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    partial = tmp_path / "partial"
    git.git(root, "config", "uploadpack.allowFilter", "true")
    git.git(tmp_path, "clone", "--quiet", "--no-checkout", "--filter=blob:none", root.as_uri(), str(partial))
    for name, value in (("remote.origin.url", f"ext::touch {tmp_path}/ran"), ("protocol.ext.allow", "always")):
        git.git(partial, "config", name, value)
    # What a git does that is too old for GIT_NO_LAZY_FETCH.
    monkeypatch.setattr("scanguard.sources.git._ENVIRONMENT", {**_ENVIRONMENT, "GIT_NO_LAZY_FETCH": "0"})
    repository = Repository(str(partial))
    with pytest.raises(ConfigurationError):
        GitTree(repository, repository.tree("HEAD")).contents(["b"])
    assert not (tmp_path / "ran").exists()
