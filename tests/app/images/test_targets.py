"""Which images are checked, and where their paths begin."""

import os
from pathlib import Path

import pytest

from scanguard.app.images.targets import Wanted, listed
from scanguard.app.policy import Policies
from scanguard.model.errors import ConfigurationError
from scanguard.policy.model import ImageTarget
from scanguard.registry import Registry
from tests.policy.rules import RULES


def images(policy: Path, cwd: Path) -> list[Wanted]:
    """The images of a policy that was found."""
    policies = Policies(Registry(third_parties=False), tuple(RULES), str(cwd))
    return list(listed(policies.combined(str(policy), "").policy.images, str(cwd)))


def test_a_path_in_a_policy_that_was_found_begins_where_the_policy_is(tmp_path: Path) -> None:
    (tmp_path / "repository/.git").mkdir(parents=True)
    (tmp_path / "repository/api").mkdir()
    policy = tmp_path / "repository/api/scanguard.yaml"
    policy.write_text("images: [{image: app.tar}, {image: app:1}]\n")
    inside = images(policy, tmp_path / "repository")
    assert [one.target.image for one in inside] == [os.path.join(".", "api/app.tar"), "app:1"]
    above = images(policy, tmp_path)
    assert [one.target.image for one in above] == [os.path.join(".", "repository/api/app.tar"), "app:1"]


def test_a_dockerfile_that_is_missing_is_told_as_people_would_type_it(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "api").mkdir()
    target = ImageTarget("app:1", "api/Dockerfile")
    for cwd, told in ((tmp_path, "api/Dockerfile"), (tmp_path / "api", "Dockerfile")):
        (wanted,) = listed((target,), str(cwd))
        assert str(wanted.error) == f"{told}: does not exist; check the path"


def test_absolute_paths_elsewhere_stay_as_they_are(tmp_path: Path) -> None:
    target = ImageTarget("/var/images/app.tar")
    assert list(listed((target,), str(tmp_path))) == [Wanted(target, None)]


def test_a_policy_beside_no_repository_reads_nothing_outside_its_directory(tmp_path: Path) -> None:
    (tmp_path / "outside.yaml").write_text("fail_on: low\n")
    (tmp_path / "here").mkdir()
    policy = tmp_path / "here/scanguard.yaml"
    for text in ("extends: ../outside.yaml\n", f"extends: {tmp_path}/outside.yaml\n"):
        policy.write_text(text)
        with pytest.raises(ConfigurationError, match="lies outside the repository; name it with --policy"):
            images(policy, policy.parent)
