"""What `parse` makes of a file, as whole values."""

from scanguard.dockerfile.directives import find_directive
from scanguard.dockerfile.json_form import read_array
from scanguard.dockerfile.mounts import Mount, mounts
from scanguard.dockerfile.nodes import Comment, Directive, Flag, Heredoc, Instruction, Pair, StageNode, Word
from scanguard.model.location import Span
from tests.dockerfile.shape import instructions, read


def word(text: str, start: int, raw: int = 0) -> Word:
    return Word(text, Span(start, start + (raw or len(text))))


def only(text: str) -> Instruction:
    """The last instruction of a text in which nothing is wrong."""
    dockerfile = read(text)
    assert dockerfile.errors == ()
    return instructions(dockerfile)[-1]


def test_a_whole_file() -> None:
    text = "# syntax=a/b:1\n# check=skip=all\n# a note\nARG V=1\nFROM --platform=$P a:$V AS one\n  # inner\nuser me\n"
    dockerfile = read(text)
    arg, source, user = instructions(dockerfile)
    assert dockerfile.directives == (
        Directive("syntax", word("a/b:1", 9), Span(0, 14)),
        Directive("check", word("skip=all", 23), Span(15, 31)),
    )
    assert dockerfile.comments == (Comment("a note", Span(32, 40)), Comment("inner", Span(82, 89)))
    assert dockerfile.preamble == (arg,)
    assert dockerfile.stages == (StageNode(0, word("one", 76), word("a:$V", 68), word("$P", 65), (source, user)),)
    assert (dockerfile.errors, dockerfile.escape, dockerfile.source.text) == ((), "\\", text)
    assert (arg.keyword, arg.span, arg.keyword_span, arg.words) == (
        "ARG", Span(41, 48), Span(41, 44), (word("V", 45), word("1", 47)),
    )  # fmt: skip
    assert source.flags == (Flag("platform", word("$P", 65), Span(54, 67)),)
    assert (user.keyword, user.words, user.body.text) == ("USER", (word("me", 95),), "me")


def test_continuations_are_taken_out_and_spans_cover_them() -> None:
    text = "FROM a\nRUN one \\\n  # note\n\n  two \\ \n three"
    dockerfile = read(text)
    run = instructions(dockerfile)[-1]
    assert run.words == (Word("one   two  three", Span(11, len(text))),)
    assert (run.body.text, run.body.pieces) == ("one   two  three", ((0, 11), (4, 27), (10, 36)))
    assert dockerfile.source[run.body.span(4, 9)] == "  two"
    assert dockerfile.comments == (Comment("note", Span(19, 25)),)
    assert run.span == Span(7, len(text))


def test_a_word_may_go_on_in_the_next_line() -> None:
    text = "FROM a\nENV A=\\\nB C=D\\\nE"
    assert only(text).pairs == (
        Pair(word("A", 11), Word("B", Span(15, 16)), Span(11, 16)),
        Pair(word("C", 17), Word("DE", Span(19, 23)), Span(17, 23)),
    )


def test_an_empty_value_stands_behind_its_name() -> None:
    assert only("FROM a\nENV A= \\\nB=").pairs == (
        Pair(word("A", 11), Word("", Span(13, 13)), Span(11, 13)),
        Pair(word("B", 16), Word("", Span(18, 18)), Span(16, 18)),
    )


def test_the_escape_character_may_be_a_backtick() -> None:
    dockerfile = read("# escape=`\nFROM a `\n  AS b\nCOPY a\\ c:\\\n")
    assert (dockerfile.escape, dockerfile.errors) == ("`", ())
    assert dockerfile.stages[0].name == word("b", 25)
    assert [one.text for one in instructions(dockerfile)[1].words] == ["a\\", "c:\\"]


def test_line_ends_may_be_those_of_windows() -> None:
    text = "FROM a\r\nRUN b \\\r\n c\r\n"
    dockerfile = read(text)
    assert [(one.words[0].text, dockerfile.source[one.span]) for one in instructions(dockerfile)] == [
        ("a", "FROM a"),
        ("b  c", "RUN b \\\r\n c"),
    ]


def test_a_byte_order_mark_at_the_start_is_passed() -> None:
    dockerfile = read("\ufeff# escape=`\nFROM a\n")
    assert (dockerfile.escape, dockerfile.directives[0].span, dockerfile.errors) == ("`", Span(1, 11), ())


def test_json_form_has_decoded_words_with_quotes_in_their_spans() -> None:
    command = only('FROM a\nCMD [ "\\u00e9\\ud83d\\ude00" , "\\udc00" ]')
    assert (command.json, command.words) == (True, (word("é😀", 13, 20), word("\ufffd", 36, 8)))


def test_what_is_no_json_is_the_shell_form() -> None:
    for rest in ("['a']", '["a"', '["a",]', '["a"] b', "[a]", '["a" "b"]', "[", '["a\tb"]', '["\\x"]', '[{"a"}]'):
        command = only(f"FROM a\nCMD {rest}")
        assert (command.json, command.words) == (False, (word(rest, 11),))


def test_flags_are_as_buildkit_takes_them() -> None:
    copy = only("FROM a\nCOPY --from='b c' --link --chown=a\\:b --exclude=x --exclude=\"y z\" -- --d e")
    assert [(flag.name, flag.value and flag.value.text) for flag in copy.flags] == [
        ("from", "b c"), ("link", None), ("chown", "a:b"), ("exclude", "x"), ("exclude", "y z"),
    ]  # fmt: skip
    assert copy.flags[0] == Flag("from", Word("b c", Span(19, 24)), Span(12, 24))
    assert [one.text for one in copy.words] == ["--d", "e"]
    assert (copy.flag("exclude"), copy.flag("link"), copy.flag("no")) == (copy.flags[-1].value, None, None)


def test_two_dashes_alone_are_no_argument() -> None:
    run = only("FROM a\nRUN --")
    assert (run.flags, run.words, run.body.text) == ((), (), "")


def test_heredocs_know_their_bodies() -> None:
    text = "FROM a\nCOPY <<A 3<<-'B' /c\none\nA\n\ttwo\n\tB\n"
    copy = only(text)
    assert copy.heredocs == (
        Heredoc("A", "one\n", True, False, 0, Span(27, 31), Span(12, 15)),
        Heredoc("B", "\ttwo\n", False, True, 3, Span(33, 38), Span(16, 23)),
    )
    assert ([one.text for one in copy.words], copy.span) == (["<<A", "3<<-'B'", "/c"], Span(7, len(text) - 1))


def test_heredocs_belong_to_the_trigger_too() -> None:
    onbuild = only("FROM a\nONBUILD RUN <<A\nb\nA\n")
    assert onbuild.trigger is not None
    assert (
        onbuild.heredocs
        == onbuild.trigger.heredocs
        == (Heredoc("A", "b\n", True, False, 0, Span(23, 25), Span(19, 22)),)
    )
    assert (onbuild.span, onbuild.trigger.span) == (Span(7, 26), Span(15, 26))


def test_what_looks_like_a_heredoc_and_is_none() -> None:
    for rest in (
        "a\\ <<A",
        "'<<A'",
        '"<<A"',
        "<<<A",
        "a<<A",
        "<<",
        "<<''",
        "<<A 'b",
        "<<${A",
        '["<<A"]',
        "x<<A",
        "é<<A",
    ):
        assert only(f"FROM a\nRUN {rest}").heredocs == ()
    assert only("FROM a\nUSER <<A").heredocs == ()


def test_onbuild_has_a_trigger() -> None:
    onbuild = only("FROM a\nonbuild copy --from=b c d")
    assert onbuild.trigger is not None
    assert (onbuild.keyword, onbuild.words, onbuild.body.text) == ("ONBUILD", (), "copy --from=b c d")
    assert (onbuild.trigger.keyword, onbuild.trigger.span) == ("COPY", Span(15, 32))
    assert onbuild.trigger.flags == (Flag("from", word("b", 27), Span(20, 28)),)
    assert onbuild.trigger.words == (word("c", 29), word("d", 31))


def test_healthcheck_has_a_command() -> None:
    shell = only("FROM a\nHEALTHCHECK --interval=1m30s --retries=3 cmd  curl -f x")
    assert shell.words == (word("cmd", 48), word("curl -f x", 53))
    assert shell.trigger is not None
    assert (shell.trigger.keyword, shell.trigger.words, shell.trigger.span) == ("CMD", shell.words[1:], Span(48, 62))
    array = only('FROM a\nHEALTHCHECK CMD ["a", "b"]')
    assert array.trigger is not None
    assert (array.json, array.trigger.json, [one.text for one in array.trigger.words]) == (True, True, ["a", "b"])
    none = only("FROM a\nHEALTHCHECK --nonsense NONE")
    assert (none.trigger, none.words) == (None, (word("NONE", 30),))


def test_the_old_form_of_env_takes_the_rest_of_the_line() -> None:
    env = only("FROM a\nENV A  b c=d")
    assert env.pairs == (Pair(word("A", 11), word("b c=d", 14), Span(11, 19), legacy=True),)
    assert env.words == (word("A", 11), word("b c=d", 14))


def test_arg_declares_names_with_and_without_values() -> None:
    arg = only('ARG A B="c d" C=\nFROM a\nARG A B="c d" C=')
    assert [(pair.name.text, pair.value and pair.value.text) for pair in arg.pairs] == [
        ("A", None), ("B", '"c d"'), ("C", ""),
    ]  # fmt: skip


def test_mounts_of_a_run() -> None:
    run = only(
        "FROM a\nRUN --mount=from=b,source=/c,dst=/d,rw --mount=type=CACHE,target=/e,sharing=locked,uid=1,gid=2,mode=0700,id=f,ro=0"
        " --mount=type=secret,id=g,env=H,required --mount=type=tmpfs,target=/t,size=1g"
        " --mount='\"src=x,y\",target=/z' --network=none i"
    )
    found = mounts(run)
    flags = [flag.span for flag in run.flags]
    assert found == (
        Mount("bind", flags[0], word("b", 24), "/c", "/d", readonly=False),
        Mount("cache", flags[1], target="/e", id="f", readonly=False, uid="1", gid="2", mode="0700", sharing="locked"),
        Mount("secret", flags[2], id="g", env="H", required="true"),
        Mount("tmpfs", flags[3], target="/t", readonly=False, size="1g"),
        Mount("bind", flags[4], source="x,y", target="/z"),
    )
    assert (found[0].from_span, found[1].from_span) == (Span(24, 25), None)
    assert mounts(only("FROM a\nRUN b")) == ()


def test_a_mount_with_quotes_out_of_place_is_a_bind_mount_that_says_nothing() -> None:
    run = instructions(read("FROM a\nRUN --mount='type=\"cache\"' b"))[-1]
    assert mounts(run) == (Mount("bind", run.flags[0].span),)


def test_a_directive_may_stand_in_other_comments_and_in_an_object() -> None:
    found = {
        text: (directive.value.text, text[directive.value.span.start : directive.value.span.end])
        for text in (
            "//check=a\n//syntax=b\n",
            "//syntax=\nFROM a",
            "// other\n//syntax=b\n",
            '#!x\n{"a": {"syntax": "b"}, "syntax": 1, "syntax" : "c", "d": ["syntax", "e"]}',
            '{"syntax": "b"} x',
            '["syntax"]',
            '{"a" "b"}',
            '{"a": "b",}',
            '{"syntax": "b"]',
            "  # syntax=b\nFROM a",
            "# syntax=b",
        )
        if (directive := find_directive(text, "syntax")) is not None
    }
    assert found == {
        "//check=a\n//syntax=b\n": ("b", "b"),
        '#!x\n{"a": {"syntax": "b"}, "syntax": 1, "syntax" : "c", "d": ["syntax", "e"]}': ("c", '"c"'),
        "# syntax=b": ("b", "b"),
    }


def test_what_is_no_array() -> None:
    assert read_array("a") is None
    assert read_array('["a", [1 2]]') is None
    assert read_array("[" * 20_000) is None
