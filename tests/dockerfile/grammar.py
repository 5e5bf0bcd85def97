"""Text that looks like a Dockerfile, with all that makes one hard to read."""

from hypothesis import strategies as st

from scanguard.dockerfile.instructions import KEYWORDS

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
