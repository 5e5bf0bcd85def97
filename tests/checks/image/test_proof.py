"""An image refutes a Dockerfile only where it proves to be built from it, with the values that it gives."""

import pytest

from scanguard.checks.image.proof import Proof, proof
from scanguard.plugin import ImageScan
from tests.checks.image.scans import DEBIAN, scan

TEXT = "FROM debian:12\nRUN make\n"
MADE = ("RUN base", "RUN /bin/sh -c make # buildkit")


def proven(text: str, *history: str) -> Proof | None:
    layers = ({"a": b""} for one in history[1:] if not one.startswith("-"))
    return proof(scan(DEBIAN, *layers, history=history, dockerfile=text))


def test_the_stage_and_what_its_instructions_wrote() -> None:
    found = proven(TEXT, *MADE)
    assert found is not None
    ((span, place),) = found.written.items()
    assert (found.stage.index, span.start, place.layer, place.entry) == (0, 15, 1, 1)
    assert found.layers == {1}


def test_an_image_without_a_dockerfile_proves_nothing() -> None:
    looked: ImageScan = scan(DEBIAN, {"a": b""}, history=MADE)
    assert proof(looked) is None


@pytest.mark.parametrize(
    ("text", "history"),
    [
        ("FROM debian:12\n", MADE[:1]),
        ("FROM debian:12\nRUN other\n", MADE),
        (f"{TEXT}RUN later\n", MADE),
        (TEXT, (*MADE, "RUN /bin/sh -c later # buildkit")),
        ("ARG NAME=debian\nFROM $NAME\nRUN make\n", MADE),
        ("ARG NAME=debian\nFROM ${NAME}:12 AS base\nFROM base\nRUN make\n", MADE),
    ],
)
def test_another_dockerfile_or_base_proves_nothing(text: str, history: tuple[str, ...]) -> None:
    assert proven(text, *history) is None


@pytest.mark.parametrize(
    ("arguments", "declared", "expected"),
    [
        ("", "", True),
        ("|1 A=x ", "ARG A=x", True),
        ("|2 A=x B=a b ", 'ARG A=x\nARG B="a b"', True),
        ("|1 A=x ", "ARG A=x\nARG UNSET", True),
        ("|1 A=x ", "ENV E=1\nARG A=x", True),
        ("|1 A=y ", "ARG A=x", False),
        ("|1 A=xy ", "ARG A=x", False),
        ("", "ARG A=x", False),
        ("|2 A=x UNSET=1 ", "ARG A=x\nARG UNSET", False),
        ("|1 TARGETARCH=arm64 ", "ARG TARGETARCH", False),
    ],
)
def test_other_arguments_prove_nothing(arguments: str, declared: str, expected: bool) -> None:
    lines = [one for one in declared.splitlines() if one]
    history = (*(f"-{one}" for one in lines), f"RUN {arguments}/bin/sh -c make # buildkit")
    text = "\n".join(("FROM debian:12", *lines, "RUN make", ""))
    assert (proven(text, "RUN base", *history) is not None) is expected
