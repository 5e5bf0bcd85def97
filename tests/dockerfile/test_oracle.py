"""What we read is what BuildKit reads: on generated text, and on the real files of the folder that SCANGUARD_CORPUS names."""

import os
from pathlib import Path

import pytest
from hypothesis import example, given, settings

from tests.dockerfile.grammar import texts
from tests.dockerfile.shape import read

pytest.importorskip(
    "dockerfile", reason="BuildKit's parser is not installed (there are wheels for Linux on x86-64 only)"
)

from tests.dockerfile import oracle


def agree(text: str) -> None:
    """Fail where the two parsers differ, but for the known deltas that `oracle` lists."""
    dockerfile = read(text)
    try:
        expected = oracle.theirs(text)
    except UnicodeDecodeError:
        return
    if oracle.differ_by_age(dockerfile):
        return
    if "--" in text and not text.isascii():
        return  # it reads flags byte by byte, and takes a part of a character for a blank
    if expected is None:
        assert dockerfile.errors
    else:
        assert oracle.ours(dockerfile) == expected


@settings(max_examples=int(os.environ.get("SCANGUARD_EXAMPLES", "1500")))
@given(texts)
@example("FROM a\nRUN b \\")
@example("FROM a\nRUN b \\\n\n\n")
@example("FROM a\nRUN b \\\\\nRUN c")
@example("FROM a\nRUN <<- EOF\nb\nEOF")
@example("FROM a\nRUN a\\ <<EOF\nb\nEOF")
def test_generated_text_is_read_as_buildkit_reads_it(text: str) -> None:
    agree(text)


def test_real_files_are_read_as_buildkit_reads_them() -> None:
    folder = os.environ.get("SCANGUARD_CORPUS")
    if not folder:
        pytest.skip("SCANGUARD_CORPUS names no folder of Dockerfiles")
    paths = sorted(path for path in Path(folder).iterdir() if path.is_file())
    assert paths
    for path in paths:
        agree(path.read_bytes().decode("utf-8", "replace"))
