"""What we read is what BuildKit reads: on generated text, and on the real files of the folder that SCANGUARD_CORPUS names."""

import os
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scanguard.dockerfile.instructions import KEYWORDS
from tests.dockerfile.shape import read

pytest.importorskip(
    "dockerfile", reason="BuildKit's parser is not installed (there are wheels for Linux on x86-64 only)"
)

from tests.dockerfile import oracle

SCRAPS = [
    *" \t\\`\"'$=<>{}[],-#&|",
    "  ", "\\\n", "\\ \n", "\\\\\n", "`\n", "``\n", "\\\n\n", "\\\n# note\n", "\\\n  # note \\\n", "\\\r\n", " \\\n  ",
    "a", "b=c", "AS", "x y", "é", "\xa0", "\x85", "\u2003", "\x1c",
    "0", "3", "EOF", "<<EOF", "<<-EOF", "<<'EOF'", '<<"E"OF', "2<<EOF",
    "<<<EOF", "$X", "${X}", "${X:-y}", "${X", "\\<<EOF", "\\ ", "CMD", "NONE", "RUN ",
    "--a=b", "--from=x ", "--mount=type=bind ", "-- ", '["a", "b"]',
    '["a"', '["a", 1]', '["\\u00e9"]', "[]", '["a",]', "'a b'", '"a b"', '"a\\"b"', "\v", "\f", "\r",
]  # fmt: skip
scraps = st.lists(st.sampled_from(SCRAPS), max_size=8).map("".join)
keywords = st.sampled_from(
    [*KEYWORDS, *map(str.lower, KEYWORDS), "ONBUILD RUN", "onbuild copy", "HEALTHCHECK CMD", "FOO"]
)
plain = st.builds(
    lambda keyword, gap, rest: keyword + gap + rest, keywords, st.sampled_from([" ", "\t", "  ", "\\\n"]), scraps
)
heredoc = st.builds(
    lambda keyword, operator, body, close: f"{keyword} {operator}\n{body}\n{close}",
    st.sampled_from(["RUN", "COPY", "ADD", "ONBUILD RUN", "RUN cat", "RUN --mount=type=cache"]),
    st.sampled_from(["<<EOF", "<<-EOF /a", "<<'EOF' /a", "<<EOF <<END /a", "3<<EOF", '<<"EOF" x', "a\\ <<EOF"]),
    scraps,
    st.sampled_from(["EOF", "\tEOF", "EOF\nEND", "EOF ", "EOF\r", "END"]),
)
notes = st.sampled_from(["# note", "", "  ", "  # note \\", "#", "\\", " \\ ", "# escape=`"])
heads = st.sampled_from(
    ["", "", "# escape=`\n", "# escape=\\\n", "#syntax=a/b\n# Escape = ` \n", "  # escape=`\n", "# escape=x\n",
     "# escape=`\n# escape=`\n",
     "# other=x\n# escape=`\n", "#!/bin/sh\n# escape=`\n", "\ufeff# escape=`\n", "\n# escape=`\n"]
)  # fmt: skip
lines = st.lists(
    st.tuples(st.one_of(plain, plain, heredoc, notes), st.sampled_from(["\n", "\n", "\r\n", ""])), max_size=8
)
texts = st.builds(lambda head, body: head + "".join(line + end for line, end in body), heads, lines)


def agree(text: str) -> None:
    """Fail where the two parsers differ, but for the known deltas that `oracle` lists."""
    dockerfile = read(text)
    try:
        expected = oracle.theirs(text)
    except UnicodeDecodeError:
        return
    if oracle.differ_by_age(dockerfile):
        return
    if expected is None:
        assert dockerfile.errors
    else:
        assert oracle.ours(dockerfile) == expected


@settings(max_examples=int(os.environ.get("SCANGUARD_EXAMPLES", "1500")), deadline=None)
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
