"""Our named tuples behave as those of the standard library do."""

import pickle
import typing

import pytest

from scanguard.model.record import NamedTuple


class Ours(NamedTuple):
    """A documented one."""

    a: int
    b: str = "x"
    c: tuple[int, ...] = ()

    @property
    def both(self) -> str:
        return f"{self.a}{self.b}"


class Theirs(typing.NamedTuple):
    a: int
    b: str = "x"
    c: tuple[int, ...] = ()


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ((1,), {}),
        ((1, "y"), {}),
        ((1, "y", (2,)), {}),
        ((), {"a": 1}),
        ((1,), {"c": (3,)}),
        ((), {"c": (), "a": 2, "b": "z"}),
    ],
)
def test_made_alike(values: tuple[object, ...], named: dict[str, object]) -> None:
    ours, theirs = Ours(*values, **named), Theirs(*values, **named)
    assert tuple(ours) == tuple(theirs)
    assert (ours.a, ours.b, ours.c) == (theirs.a, theirs.b, theirs.c)
    assert ours == theirs
    assert hash(ours) == hash(theirs)
    assert repr(ours).removeprefix("Ours") == repr(theirs).removeprefix("Theirs")
    assert ours._asdict() == theirs._asdict()
    assert tuple(ours._replace(b="q")) == tuple(theirs._replace(b="q"))
    assert type(ours._replace(b="q")) is Ours
    assert pickle.loads(pickle.dumps(ours)) == ours
    assert ours.both == f"{theirs.a}{theirs.b}"


@pytest.mark.parametrize(
    ("values", "named"), [((), {}), ((1, 2, 3, 4), {}), ((1,), {"a": 2}), ((1,), {"d": 2}), ((), {"b": "x"})]
)
def test_refused_alike(values: tuple[object, ...], named: dict[str, object]) -> None:
    with pytest.raises(TypeError):
        Theirs(*values, **named)
    with pytest.raises(TypeError, match="^Ours "):
        Ours(*values, **named)


def test_fields() -> None:
    assert Ours._fields == Theirs._fields == ("a", "b", "c")
    assert Ours.__match_args__ == Theirs.__match_args__
    assert Ours.__doc__ == "A documented one."
    with pytest.raises(ValueError, match="has no field z"):
        Ours(1)._replace(z=1)
    with pytest.raises(AttributeError):
        Ours(1).a = 2  # type: ignore[misc]
    with pytest.raises(AttributeError):
        Ours(1).new = 2  # type: ignore[attr-defined]
    with pytest.raises(TypeError, match="field without a default follows"):
        type(Ours)("Wrong", (NamedTuple,), {"__annotations__": {"a": int, "b": int}, "a": 1})
