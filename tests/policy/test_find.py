import pytest

from scanguard.policy.find import find_policy


@pytest.fixture
def tree(tmp_path):
    (tmp_path / "repository" / ".git").mkdir(parents=True)
    (tmp_path / "repository" / "a" / "b").mkdir(parents=True)
    return tmp_path


def test_the_nearest_policy_up_to_the_root_is_found(tree):
    root = tree / "repository"
    (root / "scanguard.yml").touch()
    assert find_policy(str(root / "a" / "b"), str(tree)) == str(root / "scanguard.yml")
    (root / "scanguard.yaml").touch()
    assert find_policy(str(root / "a" / "b"), str(tree)) == str(root / "scanguard.yaml")
    (root / "a" / "scanguard.yaml").touch()
    assert find_policy("a/b", str(root)) == str(root / "a" / "scanguard.yaml")
    assert find_policy("a/..", str(root)) == str(root / "scanguard.yaml")


def test_nothing_above_the_repository_counts(tree):
    (tree / "scanguard.yaml").touch()
    assert find_policy(str(tree / "repository" / "a"), str(tree)) is None


def test_outside_a_repository_the_directory_itself_and_the_working_directory_count(tree):
    (tree / "x" / "y").mkdir(parents=True)
    (tree / "w").mkdir()
    (tree / "x" / "scanguard.yaml").touch()
    assert find_policy(str(tree / "x" / "y"), str(tree / "w")) is None
    (tree / "w" / "scanguard.yml").touch()
    assert find_policy(str(tree / "x" / "y"), str(tree / "w")) == str(tree / "w" / "scanguard.yml")
    assert find_policy(str(tree / "x"), str(tree / "w")) == str(tree / "x" / "scanguard.yaml")


def test_a_policy_that_cannot_be_read_is_found_all_the_same(tree):
    (tree / "repository" / "scanguard.yaml").symlink_to("nowhere")
    assert find_policy(str(tree / "repository"), str(tree)) == str(tree / "repository" / "scanguard.yaml")
