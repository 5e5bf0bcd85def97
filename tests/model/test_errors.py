"""How an error reads."""

from scanguard.model.errors import ConfigurationError, ScanGuardError, TargetError
from scanguard.model.location import Region


def test_messages_begin_with_the_place() -> None:
    region = Region(3, 7, 3, 9)
    assert str(ConfigurationError("is wrong")) == "is wrong"
    assert str(TargetError("is wrong", "a/Dockerfile")) == "a/Dockerfile: is wrong"
    assert str(ConfigurationError("is wrong", "scanguard.yaml", region)) == "scanguard.yaml:3:7: is wrong"
    assert str(ScanGuardError("is wrong", "", region)) == "is wrong"


def test_parts_are_kept() -> None:
    error = TargetError("is wrong", "Dockerfile", Region(1, 2, 3, 4))
    assert (error.message, error.uri, error.region) == ("is wrong", "Dockerfile", Region(1, 2, 3, 4))
