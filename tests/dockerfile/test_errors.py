"""What BuildKit refuses is said in our words: a fact with the value in it, the place, and what to write."""

import pytest

from tests.dockerfile.shape import instructions, read

LINES = "every line begins with an instruction; a line goes on after a \\ at its end"
HEALTH = "write HEALTHCHECK CMD <command> or HEALTHCHECK NONE"
DURATION = "write a number with a unit, such as 30s, 1m30s or 500ms"
STRING = "put it in double quotes"
REFUSED = {
    # instructions
    "FROMM a": ("there is no instruction 'FROMM'", "FROMM", "did you mean FROM?"),
    "&& b": ("there is no instruction '&&'", "&&", LINES),
    "WORKDIR": ("WORKDIR has no argument", "WORKDIR", "write WORKDIR <path>"),
    "SHELL []": ("SHELL has no argument", "SHELL", 'write SHELL ["<program>", "<argument>"]'),
    "SHELL bash": ("SHELL has 'bash', which is no JSON array", "bash", 'write SHELL ["<program>", "<argument>"]'),
    "FROM a b": ("FROM has 2 words", "FROM", "write FROM <image> or FROM <image> AS <name>"),
    "FROM a AS b # c": ("FROM has 5 words", "FROM", "write FROM <image> or FROM <image> AS <name>"),
    "FROM": ("FROM has no argument", "FROM", "write FROM <image> or FROM <image> AS <name>"),
    "FROM a AS 1b": ("the stage name is '1b'", "1b", "begin with a letter, go on with letters, digits, `-`, `_` and `.`"),
    "COPY a": ("COPY has the one argument 'a'", "COPY", "write COPY <source> <destination>"),
    "ADD <<A <<B\nA\nB": ("ADD has the heredoc <<B as its destination", "<<B", "write the destination behind the heredocs"),
    "RUN <<A\nb": ("the heredoc A is not closed", "<<A", "write A alone on a line behind it"),
    "ENV A": ("ENV has no value for 'A'", "A", "write ENV A=<value>"),
    "ENV A=b c": ("ENV has the word 'c' without =", "c", "write name=value; a value with blanks stands in quotes"),
    "LABEL =b": ("LABEL has a value without a name", "=b", "write LABEL <name>=<value>"),
    "ARG =b": ("ARG has a value without a name", "=b", "write ARG <name> or ARG <name>=<default>"),
    'VOLUME ["a", " "]': ("VOLUME has an empty path", '" "', "write VOLUME <path>"),
    'CMD ["a", 1]': ("CMD has a JSON array with an element that is no string", "1", STRING),
    'CMD [true, "a"]': ("CMD has a JSON array with an element that is no string", "t", STRING),
    'CMD ["a", {"b": [1, {}, []]}, ["c"]]': ("CMD has a JSON array with an element that is no string", "{", STRING),
    "ONBUILD FROM a": ("ONBUILD cannot defer FROM", "FROM", "write an instruction that builds on an image"),
    "ONBUILD ONBUILD RUN a": ("ONBUILD cannot defer ONBUILD", "ONBUILD", "write an instruction that builds on an image"),
    "ONBUILD": ("ONBUILD has no argument", "ONBUILD", "write ONBUILD <instruction>"),
    "ONBUILD COPPY a b": ("there is no instruction 'COPPY'", "COPPY", "did you mean COPY?"),
    # flags
    "COPY --form=a b c": ("COPY has no flag --form", "--form=a", "did you mean --from?"),
    "ADD --zzzzzz b c": (
        "ADD has no flag --zzzzzz", "--zzzzzz",
        "ADD takes --chown, --chmod, --link, --keep-git-dir, --checksum, --unpack, --exclude",
    ),
    "CMD --a b": ("CMD has no flag --a", "--a", "CMD takes no flags; write `--` before an argument like this"),
    "COPY --from=a --from=b c d": ("the flag --from is given twice", "--from=b", "keep one of them, BuildKit takes no second"),
    "COPY --from b c": ("the flag --from has no value", "--from", "write --from=<value>"),
    "COPY --link=yes b c": ("the flag --link has the value 'yes'", "--link=yes", "write --link, or true or false as its value"),
    "COPY --link= b c": ("the flag --link has the value ''", "--link=", "write --link, or true or false as its value"),
    "RUN --network=hosts b": ("--network is 'hosts'", "hosts", "did you mean host?"),
    "RUN --security=x b": ("--security is 'x'", "x", "write one of insecure, sandbox"),
    # HEALTHCHECK
    "HEALTHCHECK": ("HEALTHCHECK has no argument", "HEALTHCHECK", HEALTH),
    "HEALTHCHECK NONE a": ("HEALTHCHECK NONE has the argument 'a'", "a", "write HEALTHCHECK NONE alone"),
    "HEALTHCHECK CMD": ("HEALTHCHECK CMD has no command", "CMD", HEALTH),
    "HEALTHCHECK curl a": ("HEALTHCHECK has 'curl' instead of CMD or NONE", "curl", HEALTH),
    "HEALTHCHECK --interval=5 CMD a": ("--interval is '5'", "--interval=5", DURATION),
    "HEALTHCHECK --timeout=1us CMD a": ("--timeout is '1us'", "--timeout=1us", "write 0 or at least 1ms"),
    "HEALTHCHECK --timeout=-1s CMD a": ("--timeout is '-1s'", "--timeout=-1s", "write 0 or at least 1ms"),
    "HEALTHCHECK --retries=-1 CMD a": ("--retries is '-1'", "--retries=-1", "write a whole number from 0 on"),
    "HEALTHCHECK --intervall=1s CMD a": ("HEALTHCHECK has no flag --intervall", "--intervall=1s", "did you mean --interval?"),
    # mounts
    "RUN --mount=tpye=cache,target=/a b": ("--mount has no key 'tpye'", "tpye=cache", "did you mean type?"),
    "RUN --mount=type=cahe,target=/a b": ("--mount has type=cahe", "type=cahe", "did you mean cache?"),
    "RUN --mount=type=zzzzz b": ("--mount has type=zzzzz", "type=zzzzz", "write one of bind, cache, tmpfs, secret, ssh"),
    "RUN --mount=type=cache,sharing=all,target=/a b": (
        "--mount has sharing=all", "sharing=all", "write one of shared, private, locked",
    ),
    "RUN --mount=target b": ("the key target of --mount has no value", "target", "write target=<value>"),
    "RUN --mount=from=$X,target=/a b": (
        "from=$X has a variable", "from=$X", "BuildKit expands none here: give the image a stage of its own and name that",
    ),
    "RUN --mount=target=/a,ro=yes b": ("--mount has ro=yes", "ro=yes", "write true or false"),
    "RUN --mount=type=cache,uid=me,target=/a b": ("--mount has uid=me", "uid=me", "write a number"),
    "RUN --mount=type=cache,mode=9,target=/a b": ("--mount has mode=9", "mode=9", "write an octal number, such as 0400"),
    "RUN --mount=target=/a,size=1 b": ("a mount of the type bind has no size", "size=1", "only tmpfs mounts have it"),
    "RUN --mount=type=secret b": ("a secret mount has neither id nor target", "--mount=type=secret", "write id=<name>"),
    "RUN --mount=type=secret,id=a,from=b c": ("a secret mount has no from", "--mount=type=secret,id=a,from=b", "leave it out"),
    "RUN --mount=type=secret,id=a,src=b c": (
        "a secret mount has id and source, which mean the same", "--mount=type=secret,id=a,src=b", "leave source out",
    ),
    "RUN --mount='\"a' b": ("--mount has a double quote out of place in '\"a'", "'\"a'", "quote a whole field: '\"source=a,b\"'"),
    "RUN --mount='\"a\"\"b\"c' b": (
        "--mount has a double quote out of place in '\"a\"\"b\"c'", "'\"a\"\"b\"c'", "quote a whole field: '\"source=a,b\"'",
    ),
}  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_refused_is_named_and_placed(text: str) -> None:
    dockerfile = read(f"FROM scratch\n{text}")
    assert [(one.message, dockerfile.source[one.span], one.hint) for one in dockerfile.errors] == [REFUSED[text]]


@pytest.mark.parametrize(
    "text",
    [
        "RUN",
        "CMD",
        "CMD []",
        "ENTRYPOINT",
        "ARG --a B",
        "STOPSIGNAL --a B",
        "HEALTHCHECK --interval=0 CMD a",
        "HEALTHCHECK --interval=1h2m3.5s --timeout=1.5s --start-period=0s --start-interval=500ms --retries=+3 CMD a",
        "HEALTHCHECK --interval= --retries= CMD a",
        "COPY --link=False --parents --chmod=u+x a b",
        "ADD --unpack=true --keep-git-dir --checksum=sha256:0 a b",
        "RUN --mount=type=$T,target=/a,size=1 --mount=target=$A --mount=type=ssh,required=true b",
        "RUN --mount=type=bind,from=a$,target=/a --device=nvidia.com/gpu=all --security=insecure b",
        "FROM a as B-1._c",
    ],
)
def test_what_is_not_refused(text: str) -> None:
    assert read(f"FROM scratch\n{text}").errors == ()


def test_a_file_with_one_bad_instruction_gives_everything_else() -> None:
    dockerfile = read("FROM a\nCOPPY b c\nENV A B=c D=e\nRUN f\n")
    assert [one.keyword for one in instructions(dockerfile)] == ["FROM", "COPPY", "ENV", "RUN"]
    assert instructions(dockerfile)[1].body.text == "b c"
    pairs = instructions(read("FROM a\nENV B=c A D=e"))[-1].pairs
    assert [(pair.name.text, pair.value and pair.value.text) for pair in pairs] == [("B", "c"), ("D", "e")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [("the file has no instructions", "")]),
        ("# only a note\n", [("the file has no instructions", "")]),
        ("ARG A\n", [("the file has no FROM", "")]),
        ("RUN a\nFROM b\n", [("RUN stands before the first FROM", "RUN")]),
        (
            "\\\n",
            [("there is no instruction ''", ""), (" stands before the first FROM", ""), ("the file has no FROM", "")],
        ),
        ("# escape=x\nFROM a\n", [("the escape character is 'x'", "x")]),
        ("# escape=`\n# escape=\\\nFROM a\n", [("the directive escape is given twice", "# escape=\\")]),
        ("#!/bin/sh\n# escape=`\n# syntax=a\n# syntax=b\nFROM a\n", []),
    ],
)
def test_the_file_as_a_whole(text: str, expected: list[tuple[str, str]]) -> None:
    dockerfile = read(text)
    assert [(one.message, dockerfile.source[one.span]) for one in dockerfile.errors] == expected


def test_a_stage_without_an_image_stays() -> None:
    stage = read("FROM\nRUN a").stages[0]
    assert (stage.image.text, stage.name, [one.keyword for one in stage.instructions]) == ("", None, ["FROM", "RUN"])


def test_a_line_may_have_65535_bytes() -> None:
    for size, errors in ((65_535, []), (65_536, ["the line has more than 65535 bytes"])):
        text = "FROM a\nRUN " + "é" * ((size - 4) // 2) + "x" * ((size - 4) % 2)
        assert [one.message for one in read(text).errors] == errors
