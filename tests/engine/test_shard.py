"""Which targets are whose."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanguard.engine.shard import Shard, settled, shard_of
from scanguard.engine.suppress import ended, needless
from scanguard.model.errors import ConfigurationError
from scanguard.policy.model import PolicyException
from tests.reporters.samples import FINDINGS

NAMES = [f"services/{number}/Dockerfile" for number in range(2_000)]


@given(name=st.text(), total=st.integers(1, 50))
def test_every_target_belongs_to_one_part(name: str, total: int):
    assert sum(Shard(part, total).has(name) for part in range(1, total + 1)) == 1


@pytest.mark.parametrize("total", [2, 3, 8])
def test_parts_are_about_as_large(total: int):
    sizes = [sum(Shard(part, total).has(name) for name in NAMES) for part in range(1, total + 1)]
    assert max(sizes) < 1.25 * len(NAMES) / total
    assert min(sizes) > 0.75 * len(NAMES) / total


def test_the_parts_are_the_same_in_every_version():
    assert [name for name in NAMES[:20] if Shard(2, 5).has(name)] == [NAMES[13], NAMES[15], NAMES[17]]


def test_one_part_of_one_is_everything():
    assert all(Shard(1, 1).has(name) for name in NAMES)


@pytest.mark.parametrize("text", ["1/1", "2/5", "10000/10000"])
def test_parts_are_written_like_this(text: str):
    shard = shard_of(text)
    assert f"{shard.part}/{shard.total}" == text


@pytest.mark.parametrize(
    "text", ["", "1", "0/3", "4/3", "1/0", "-1/3", "1/10001", "1/3/5", "a/b", "1 / 3", "١/٣", "9" * 99]
)
def test_what_is_no_part_is_refused(text: str):
    with pytest.raises(ConfigurationError, match="--shard"):
        shard_of(text)


def test_an_exception_that_covers_a_finding_is_settled():
    used = PolicyException("root-user", "why", "2027-01-01", uri="scanguard.yaml")
    other = PolicyException("apt-lists-left", "why", "2027-01-01", path="nowhere/**")
    over = PolicyException("unpinned-image", "why", "2026-01-01")
    assert settled(FINDINGS, (used, other, over), "2026-06-01") == (
        needless(used),
        ended(over, "unpinned-image"),
    )
