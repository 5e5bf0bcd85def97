"""A Containerfile may say to Buildah what BuildKit refuses; a Dockerfile may not."""

import pytest

from scanguard.dockerfile.parser import parse
from scanguard.model.location import Source


def errors(uri: str, mount: str) -> list[str]:
    return [error.message for error in parse(Source(uri, f"FROM a\nRUN --mount={mount} b\n")).errors]


@pytest.mark.parametrize("field", ["z", "Z", "U", "relabel=shared", "relabel=private"])
def test_fields_of_buildah(field: str) -> None:
    mount = f"type=cache,target=/c,{field}"
    refused = [f"--mount has no key {field.partition('=')[0].lower()!r}"]
    assert errors("Dockerfile", mount) == refused
    assert errors("containers/Containerfile", mount) == []
    assert errors("Containerfile.rocm", f"{field},target=/c") == []
    assert errors("Containerfile/Dockerfile", mount) == refused


def test_other_errors_stay() -> None:
    assert errors("Containerfile", "type=cache,target=/c,y,z") == ["--mount has no key 'y'"]
    assert [error.message for error in parse(Source("Containerfile", "FROM a\nz\nENV z\n")).errors] == [
        "there is no instruction 'z'",
        "ENV has no value for 'z'",
    ]
    assert [error.message for error in parse(Source("Containerfile", "FROM a\nRUN --network=z b\n")).errors] == [
        "--network is 'z'"
    ]
