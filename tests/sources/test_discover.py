import os
from pathlib import Path

import pytest

from scanguard.sources.discover import Discovery, Target, discover
from scanguard.sources.walk import is_dockerfile_name

NOTHING = "holds no file named `Dockerfile*`, `*.dockerfile` or `Containerfile*`; name the file itself"


def write(path: Path, text: str = "FROM scratch\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def uris(found: Discovery) -> list[str]:
    return [target.uri for target in found.targets]


def errors(found: Discovery) -> list[str]:
    return [str(error) for error in found.errors]


@pytest.fixture
def repository(tmp_path):
    root = tmp_path / "repository"
    (root / ".git").mkdir(parents=True)
    return root


def test_a_file_is_taken_whatever_its_name_with_its_place_in_the_repository(repository):
    file = write(repository / "images" / "recipe.txt")
    assert discover([str(file)], "/") == Discovery((Target(str(file), "images/recipe.txt"),), ())


def test_every_spelling_of_a_path_gives_the_same(repository, tmp_path):
    file = write(repository / "a" / "Dockerfile")
    (tmp_path / "linked").symlink_to("repository")
    (repository / "b").mkdir()
    expected = Discovery((Target(str(file), "a/Dockerfile"),), ())
    assert discover(["a/Dockerfile"], str(repository)) == expected
    assert discover(["./a/../a//Dockerfile"], str(repository)) == expected
    assert discover([str(file)], str(tmp_path)) == expected
    assert discover(["../a/Dockerfile"], str(repository / "b")) == expected
    assert discover(["a/Dockerfile"], str(tmp_path / "linked")) == expected
    assert discover([str(tmp_path / "linked" / "a" / "Dockerfile")], "/") == expected
    assert discover(["."], str(repository)) == expected
    assert discover(["."], str(repository / "a")) == expected
    assert discover([".", "a", "a/Dockerfile"], str(repository)) == expected


def test_outside_a_repository_the_working_directory_counts(tmp_path):
    file = write(tmp_path / "a" / "Dockerfile")
    assert uris(discover(["a"], str(tmp_path))) == ["a/Dockerfile"]
    assert uris(discover(["Dockerfile"], str(tmp_path / "a"))) == ["Dockerfile"]
    (tmp_path / "b").mkdir()
    assert uris(discover([str(file)], str(tmp_path / "b"))) == [str(file)]


def test_a_repository_within_the_one_at_work_keeps_the_outer_names(repository):
    write(repository / "Dockerfile")
    inner = write(repository / "vendor" / "tool" / "Dockerfile")
    write(repository / "vendor" / "tool" / ".git", "gitdir: elsewhere")
    assert uris(discover(["."], str(repository))) == ["Dockerfile", "vendor/tool/Dockerfile"]
    assert uris(discover([str(inner)], "/")) == ["Dockerfile"]


def test_the_order_of_the_paths_does_not_matter(repository):
    for name in ("b/Dockerfile", "a/Dockerfile", "Dockerfile", "a.dockerfile", "none"):
        write(repository / name)
    expected = ["Dockerfile", "a.dockerfile", "a/Dockerfile", "b/Dockerfile"]
    assert uris(discover(["b", "a", "."], str(repository))) == expected
    expected = ["x: does not exist; check the path", "y: does not exist; check the path"]
    assert errors(discover([".", "y", "x"], str(repository))) == expected
    assert errors(discover(["x", ".", "y"], str(repository))) == expected


def test_standard_input_has_a_name_of_its_own(tmp_path):
    assert discover(["-"], str(tmp_path)) == Discovery((Target("-", "stdin"),), ())


def test_what_is_not_there_does_not_keep_the_rest_from_being_found(repository):
    write(repository / "Dockerfile")
    (repository / "empty").mkdir()
    found = discover(["missing", "Dockerfile", "empty", "", "a\0b"], str(repository))
    assert uris(found) == ["Dockerfile"]
    assert errors(found) == [
        "an empty path names nothing; write `.` for the working directory",
        "a\0b: is not a path; check its spelling",
        f"empty: {NOTHING}",
        "missing: does not exist; check the path",
    ]


def test_git_directories_are_not_searched_and_hidden_ones_are(repository):
    write(repository / ".git" / "Dockerfile")
    write(repository / ".devcontainer" / "Dockerfile")
    write(repository / "node_modules" / "Dockerfile")
    assert uris(discover(["."], str(repository))) == [".devcontainer/Dockerfile", "node_modules/Dockerfile"]


def test_gitignore_holds_from_the_root_down_even_when_the_search_begins_below(repository):
    write(repository / ".gitignore", "build/\n/services/*/tmp\n*.old\n")
    write(repository / "services" / ".gitignore", "!keep/tmp\n")
    for name in ("build", "services/build", "services/api", "services/api/tmp", "services/keep/tmp"):
        write(repository / name / "Dockerfile")
    write(repository / "services" / "Dockerfile.old")
    expected = ["services/api/Dockerfile", "services/keep/tmp/Dockerfile"]
    assert uris(discover(["."], str(repository))) == expected
    assert uris(discover(["services"], str(repository))) == expected
    assert uris(discover(["services/keep"], str(repository))) == expected[1:]


def test_what_the_command_line_names_is_scanned_though_it_is_ignored(repository):
    write(repository / ".gitignore", "build/\n")
    write(repository / "build" / "Dockerfile")
    assert uris(discover(["build"], str(repository))) == ["build/Dockerfile"]
    assert uris(discover(["build/Dockerfile"], str(repository))) == ["build/Dockerfile"]


def test_links_inside_the_tree_count_as_what_they_lead_to_and_never_loop(repository):
    write(repository / "images" / "base.txt")
    (repository / "Dockerfile").symlink_to("images/base.txt")
    (repository / "images" / "Dockerfile.again").symlink_to("base.txt")
    (repository / "images" / "loop").symlink_to("..")
    (repository / "Dockerfile.dir").symlink_to("images")
    assert discover(["."], str(repository)) == Discovery(
        (Target(str(repository / "images" / "base.txt"), "images/base.txt"),), ()
    )


def test_links_do_not_lead_out_of_the_tree(repository, tmp_path):
    outside = write(tmp_path / "outside" / "Dockerfile")
    (repository / "Dockerfile").symlink_to(outside)
    (repository / "sub").symlink_to(outside.parent)
    write(repository / "ok" / "Dockerfile")
    (repository / "ok" / "Dockerfile.broken").symlink_to("nowhere")
    found = discover(["."], str(repository))
    assert uris(found) == ["ok/Dockerfile"]
    assert errors(found) == [
        "Dockerfile: is a symbolic link that leads out of the scanned tree; name the file itself",
        "ok/Dockerfile.broken: does not exist; check the path",
    ]
    named = discover(["Dockerfile"], str(repository))
    assert (uris(named), errors(named)) == (
        [],
        ["Dockerfile: is a symbolic link that leads out of the repository; name the file itself"],
    )


def test_outside_a_repository_a_named_link_is_followed(tmp_path):
    file = write(tmp_path / "real")
    (tmp_path / "Dockerfile").symlink_to("real")
    assert discover(["Dockerfile"], str(tmp_path)) == Discovery((Target(str(file), "real"),), ())


def test_names_that_are_no_utf8_are_shown_with_a_replacement(tmp_path):
    path = os.fsdecode(os.fsencode(str(tmp_path)) + b"/Dockerfile.\xff")
    Path(path).write_text("FROM scratch\n")
    (tmp_path / ".gitignore").write_bytes(b"b\xe9\n\xc3\xa9/\n")
    write(tmp_path / "é" / "Dockerfile")
    assert discover(["."], str(tmp_path)) == Discovery((Target(path, "Dockerfile.\ufffd"),), ())


def test_a_directory_that_cannot_be_listed_is_an_error_and_the_rest_is_found(repository, monkeypatch):
    write(repository / "Dockerfile")
    (repository / "closed").mkdir()
    scandir = os.scandir

    def refuse(path):
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    found = discover(["."], str(repository))
    assert uris(found) == ["Dockerfile"]
    assert errors(found) == ["closed: cannot be read: permission denied; change its mode or run as its owner"]


def test_a_source_file_counts_only_where_a_line_begins_with_from(repository):
    write(repository / "Dockerfile.go", "# for Go\nFROM golang\n")
    write(repository / "dockerfile.py", "from os import path\n")
    write(repository / "Dockerfile.java", "public class Dockerfile {}\n")
    os.mkfifo(repository / "Dockerfile.rs")
    assert uris(discover(["."], str(repository))) == ["Dockerfile.go"]


@pytest.mark.parametrize(
    "name",
    [
        "Dockerfile",
        "dockerfile",
        "DOCKERFILE",
        "Dockerfile.prod",
        "Dockerfile-dev",
        "Dockerfile_x",
        "Dockerfile2",
        "dockerfile.alpine",
        "Containerfile",
        "containerfile",
        "Containerfile.rhel",
        "app.dockerfile",
        "App.Dockerfile",
        ".dockerfile",
        "Dockerfile.3.11",
        "Dockerfile.go",
        "Dockerfile.sh",
    ],
)
def test_names_that_are_searched_for(name):
    assert is_dockerfile_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        "Dockerfile.md",
        "Dockerfile.dockerignore",
        ".dockerignore",
        "Dockerfile.j2",
        "Dockerfile.tmpl",
        "Dockerfile.template",
        "Dockerfile.in",
        "Dockerfile.bak",
        "Dockerfile~",
        "Dockerfile.MD",
        "dockerfiles",
        "dockerfile2",
        "MyDockerfile",
        "Dockerfile.orig",
        "app.dockerfile.txt",
        "docker-compose.yml",
        "Dockerfile.lock",
    ],
)
def test_names_that_are_not(name):
    assert not is_dockerfile_name(name)
