"""The cases of alignment, one by one: what each builder writes, what edits leave, what cannot be told."""

import time

import pytest

from scanguard.blame.align import align
from scanguard.build.evaluate import BuildOptions, evaluate
from scanguard.dockerfile.parser import parse
from scanguard.image.nodes import HistoryEntry, Image
from scanguard.model.location import Source
from tests.blame.images import ROOT, buildkit, built, classic, image, layers, told

SHA = "b" * 64
ROOT_AND_COMMAND = (ROOT, HistoryEntry('/bin/sh -c #(nop)  CMD ["bash"]', True))


def test_heredocs_of_buildkit() -> None:
    text = """FROM base:1
RUN <<EOF
echo one
EOF
RUN <<-'E1' cat > /a && cat <<E2 > /b
	tabs
E1
two
E2
RUN <<EOF
#!/usr/bin/env python3
print(1)
EOF
COPY <<one.txt <<two.txt a/ /dst/
x
one.txt
y
two.txt
"""
    history = buildkit(
        "RUN /bin/sh -c echo one\n",
        "RUN /bin/sh -c <<-'E1' cat > /a && cat <<E2 > /b\ntabs\nE1\ntwo\nE2",
        "RUN /bin/sh -c /dev/pipes/EOF",
        "COPY a/ <<one.txt <<two.txt /dst/",
    )
    assert layers(text, image(ROOT, *history)) == [("base", [1]), *(("exact", [at]) for at in (2, 5, 10, 14))]


def test_heredocs_of_buildah() -> None:
    text = "FROM base:1\nRUN --network=none <<EOF\necho one\nEOF\nRUN b\n"
    history = (
        HistoryEntry("/bin/sh -c --network=none <<EOF\necho one", False, "FROM 1"),
        HistoryEntry("/bin/sh -c b", False, "FROM 2"),
    )
    assert layers(text, image(ROOT, *history)) == [("base", [1]), ("exact", [2]), ("exact", [5])]


def test_values_of_arguments_may_hold_blanks() -> None:
    text = 'FROM base:1\nARG A\nARG B\nRUN make all\nRUN ["ls", "-l"]\n'
    history = buildkit("ARG A", "ARG B", "RUN |2 A=x /bin y B=z -c /bin/sh -c make all", "RUN |2 A=1 B=2 ls -l")
    assert layers(text, image(ROOT, *history)) == [("base", [1]), ("exact", [4]), ("exact", [5])]


def test_a_value_that_looks_like_a_command_proves_nothing() -> None:
    text = "FROM base:1\nARG A\nCOPY a /a\nCOPY b /b\nRUN make all\n"
    history = buildkit("ARG A", "COPY a /a", "COPY b /b", "RUN |1 A=q /bin/sh -c other /bin/sh -c make all")
    assert layers(text, image(ROOT, *history))[-1] == ("candidates", [5])


def test_shells() -> None:
    text = 'FROM base:1\nSHELL ["/bin/bash", "-o", "pipefail", "-c"]\nRUN a | b\nUSER 1\nRUN c\n'
    bash = "/bin/bash -o pipefail -c"
    history = classic(f"{bash} #(nop)  SHELL [{bash}]", f"{bash} a | b", f"{bash} #(nop)  USER 1", f"|1 A=x y {bash} c")
    assert layers(text, image(ROOT, *history)) == [("base", [1]), ("exact", [3]), ("exact", [5])]


def test_the_shell_of_the_base_image() -> None:
    history = buildkit("RUN powershell -Command dir")
    one = image(ROOT, *history, shell=("powershell", "-Command"))
    assert layers("FROM base:1\nRUN dir\n", one) == [("base", [1]), ("exact", [2])]


def test_triggers_of_a_stage_belong_to_its_onbuild() -> None:
    text = "FROM base:1 AS a\nONBUILD RUN trigger it\nFROM a\nRUN own thing\n"
    history = buildkit("ONBUILD RUN trigger it", "RUN /bin/sh -c trigger it", "RUN /bin/sh -c own thing")
    assert layers(text, image(ROOT, *history)) == [("base", [1]), ("exact", [2]), ("exact", [4])]


def test_triggers_of_the_base_image_belong_to_it() -> None:
    history = buildkit("RUN /bin/sh -c trigger", "COPY . /src", "RUN /bin/sh -c own")
    text = "FROM base:onbuild\nRUN own\n"
    assert layers(text, image(ROOT, *history)) == [("base", [1])] * 3 + [("exact", [2])]


def test_an_empty_command_of_the_classic_builder_merges_nothing() -> None:
    text = "FROM base:1\nRUN true\nCOPY a /a\nRUN false\nWORKDIR /w\n"
    history = (
        HistoryEntry("/bin/sh -c true", True),
        HistoryEntry(f"/bin/sh -c #(nop) COPY file:{SHA} in /a ", False),
        HistoryEntry("/bin/sh -c false", True),
        HistoryEntry("/bin/sh -c #(nop) WORKDIR /w", False),
    )
    assert layers(text, image(ROOT, *history)) == [("base", [1]), ("exact", [3]), ("exact", [5])]


def test_docker_squash_makes_a_span() -> None:
    history = (
        *(one._replace(empty=True) for one in buildkit("RUN /bin/sh -c a", "ENV A=1", "COPY b /b")),
        HistoryEntry("", False, f"merge sha256:{SHA} to sha256:{SHA}"),
    )
    assert layers("FROM base:1\nRUN a\nENV A=1\nCOPY b /b\n", image(ROOT, *history)) == [
        ("base", [1]),
        ("span", [2, 4]),
    ]


def test_a_stage_of_buildah_without_layers() -> None:
    text = "FROM base:1\nWORKDIR /w\nENTRYPOINT x\n"
    history = (
        HistoryEntry("/bin/sh -c #(nop) WORKDIR /w", True),
        HistoryEntry("/bin/sh -c #(nop) ENTRYPOINT x", False, "FROM base"),
    )
    assert layers(text, image(ROOT, *history)) == [("base", [1]), ("exact", [2])]
    text = "FROM base:1\nENV A=1\nENTRYPOINT x\n"
    history = (
        HistoryEntry("/bin/sh -c #(nop) ENV A=1", True),
        HistoryEntry("/bin/sh -c #(nop) ENTRYPOINT x", False, "FROM base"),
    )
    assert layers(text, image(ROOT, *history)) == [("base", [1]), ("exact", [3])]


def test_an_edited_stage_of_buildah_without_layers() -> None:
    history = (
        *(HistoryEntry(f"/bin/sh -c {one}", True) for one in ("a", "b", "c", "d")),
        HistoryEntry("/bin/sh -c e", False, "FROM base"),
    )
    text = "FROM base:1\nRUN a\nRUN new\nRUN c\nRUN d\nRUN e\n"
    assert layers(text, image(ROOT, *history)) == [("base", [1]), ("candidates", [2, 3, 4, 5, 6])]


def test_a_merged_layer_whose_instructions_are_gone() -> None:
    text = "FROM base:1\nRUN v\nRUN w\nRUN z\n"
    history = (
        HistoryEntry("/bin/sh -c v", False, "FROM 1"),
        HistoryEntry("/bin/sh -c w", False, "FROM 1"),
        HistoryEntry("/bin/sh -c x", True),
        HistoryEntry("/bin/sh -c y", False, "FROM 2"),
        HistoryEntry("/bin/sh -c z", False, "FROM 3"),
    )
    exact = [("exact", [2]), ("exact", [3])]
    assert layers(text, image(ROOT, *history)) == [("base", [1]), *exact, ("unknown", []), ("exact", [4])]
    once = "FROM base:1\nRUN w\nRUN z\n"
    assert layers(once, image(ROOT, *history[1:]))[1] == ("candidates", [2])


def test_the_counted_layers_of_an_edited_file() -> None:
    text = "FROM base:1\nCOPY a /a\nRUN new\nCOPY b /b\n"
    history = buildkit("COPY a /a", "RUN /bin/sh -c old", "COPY b /b")
    assert layers(text, image(*history, layers=4)) == [("base", [1]), *(("candidates", [at]) for at in (2, 3, 4))]


def test_the_latest_of_a_base_image_with_the_same_text() -> None:
    text = "FROM base:1\nRUN a\nENV X=1\nCOPY b /b\n"
    same = buildkit("RUN /bin/sh -c a", "ENV X=1", "COPY b /b")
    assert layers(text, image(ROOT, *same, *same)) == [("base", [1])] * 3 + [("exact", [2]), ("exact", [4])]


def test_an_edited_file_over_a_base_with_the_same_text_has_candidates() -> None:
    same = buildkit("RUN /bin/sh -c a", "COPY b /b", "RUN /bin/sh -c c", "RUN /bin/sh -c d")
    text = "FROM base:1\nRUN a\nCOPY b /b\nRUN changed\nRUN d\nRUN e\n"
    one = image(ROOT, *same, *same, *buildkit("RUN /bin/sh -c e"))
    doubt = [[2, 1], [3, 1], None, [5, 1], [2], [3], [4], [5]]
    told_so = [("base", [1]) if one is None else ("candidates", one) for one in doubt]
    assert layers(text, one) == [("base", [1]), *told_so, ("exact", [6])]
    assert align(one, built(text)).base_layers is None


def test_repeated_instructions() -> None:
    text = "FROM base:1\nRUN a\nRUN b\nRUN a\nRUN a\nCOPY x /x\nCOPY x /x\n"
    runs = [f"RUN /bin/sh -c {one}" for one in "abaa"]
    history = buildkit(*runs, "COPY x /x", "COPY x /x")
    assert layers(text, image(ROOT, *history)) == [("base", [1]), *(("exact", [at]) for at in (2, 3, 4, 5, 6, 7))]


BUILT = buildkit(
    *("RUN /bin/sh -c one", "COPY a /a", "RUN /bin/sh -c two"),
    *("RUN /bin/sh -c three", "COPY b /b", "RUN /bin/sh -c four"),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("RUN one\nCOPY a /a\nRUN two\nRUN new\nRUN three\nCOPY b /b\nRUN four", [2, 3, 4, 6, 7, 8]),
        ("RUN one\nCOPY a /a\nRUN three\nCOPY b /b\nRUN four", [2, 3, None, 4, 5, 6]),
        ("RUN one\nCOPY a /a\nRUN two or so\nRUN three\nCOPY b /b\nRUN four", [2, 3, (4,), 5, 6, 7]),
        ("RUN one\nCOPY a /a\nRUN zero\nRUN two or so\nRUN three\nCOPY b /b\nRUN four", [2, 3, (5, 4), 6, 7, 8]),
        ("RUN one\nRUN three\nCOPY a /a\nRUN two\nCOPY b /b\nRUN four", [2, 4, 5, 3, 6, 7]),
        ("RUN other\nCOPY a /a\nRUN two\nRUN three\nCOPY b /b\nRUN four", [(2, 1), 3, 4, 5, 6, 7]),
    ],
)
def test_edits(text: str, expected: list[int | tuple[int, ...] | None]) -> None:
    told_so = [
        ("unknown", []) if one is None else ("exact", [one]) if isinstance(one, int) else ("candidates", list(one))
        for one in expected
    ]
    one = image(*ROOT_AND_COMMAND, *BUILT)
    assert layers(f"FROM base:1\n{text}\n", one) == [("base", [1]), *told_so]
    blame = align(one, built(f"FROM base:1\n{text}\n"))
    assert blame.changed
    assert blame.base_layers == (None if isinstance(expected[0], tuple) else 1)


def test_too_many_candidates_are_none() -> None:
    fresh = "".join(f"RUN new {at}\n" for at in range(22))
    more = "".join(f"RUN keep {at}\n" for at in range(40))
    history = buildkit("COPY a /a", "RUN /bin/sh -c old", *(f"RUN /bin/sh -c keep {at}" for at in range(40)))
    blame = align(image(ROOT, *history), built(f"FROM base:1\nCOPY a /a\n{fresh}{more}"))
    assert (
        blame.layer(2).reason
        == "The Dockerfile has changed since the image was built. One of 22 instructions made this layer."
    )


def test_a_setting_added_since_is_not_found_in_the_base_image() -> None:
    base = buildkit("WORKDIR /app", "RUN /bin/sh -c base work", "RUN /bin/sh -c more")
    one = image(ROOT, *base, *buildkit("COPY a /a", "RUN /bin/sh -c own"))
    text = "FROM base:1\nWORKDIR /app\nCOPY a /a\nRUN own\n"
    assert layers(text, one) == [
        ("base", [1]),
        ("candidates", [2]),
        ("unknown", []),
        ("unknown", []),
        ("exact", [3]),
        ("exact", [4]),
    ]
    assert align(one, built(text)).base_layers is None


def test_unknown_values_match_where_the_rest_agrees() -> None:
    text = "FROM base:1\nARG V=1\nCOPY app-$V.jar /opt/$V/app.jar\nRUN x\nWORKDIR /opt/$V\nWORKDIR sub\nRUN y\n"
    history = buildkit(
        "ARG V=1", "COPY app-2.jar /opt/2/app.jar", "RUN |1 V=2 /bin/sh -c x", "WORKDIR /opt/2", "WORKDIR /opt/2/sub",
        "RUN |1 V=2 /bin/sh -c y",
    )  # fmt: skip
    assert layers(text, image(ROOT, *history)) == [("base", [1]), *(("exact", [at]) for at in (3, 4, 5, 6, 7))]


def test_bases_without_history_are_counted_from_the_top() -> None:
    text = "FROM gcr.io/distroless/static\nCOPY a /a\nCOPY b /b\n"
    one = image(*buildkit("COPY a /a", "COPY b /b"), layers=5)
    expected = [("base", [1])] * 3 + [("candidates", [2]), ("candidates", [3])]
    assert layers(text, one) == expected
    blame = align(one, built(text))
    assert (blame.base_layers, blame.layer(4).reason) == (
        3,
        "The history has entries for some layers only; this one is counted from the top.",
    )
    padding = [HistoryEntry(f"[{at}/3] COPY a /a", False, "buildkit.exporter.image.v0") for at in range(3)]
    assert layers(text, image(*buildkit("COPY a /a", "COPY b /b"), *padding)) == expected


def test_more_entries_than_layers() -> None:
    blame = align(image(ROOT, *buildkit("RUN /bin/sh -c a"), layers=1), built("FROM base:1\nRUN a\n"))
    assert (blame.layer(0).certainty.value, blame.reason) == (
        "unknown",
        "The image has 1 layers, but its history speaks of 2.",
    )


def test_scratch() -> None:
    text = "FROM scratch\nADD rootfs.tar /\nCOPY a /a\n"
    one = image(ROOT, *classic(f"/bin/sh -c #(nop) COPY file:{SHA} in /a "))
    assert layers(text, one) == [("exact", [2]), ("exact", [3])]
    blame = align(one, built(text))
    assert (blame.base, blame.base_layers, blame.setting("USER").certainty.value) == ("scratch", 0, "unknown")
    shorter = align(one, built("FROM scratch\nCOPY a /a\n"))
    assert shorter.layer(0).reason == "No instruction of the Dockerfile made this."


def test_a_file_of_nothing_but_from() -> None:
    blame = align(image(ROOT), built("FROM base:1\n"))
    assert (blame.matched, blame.base_layers, blame.layer(0).certainty.value) == (1.0, 1, "base")


def test_a_file_without_a_stage() -> None:
    blame = align(image(ROOT), built("ARG A=1\n"))
    assert (blame.layer(0).reason, blame.base) == ("The Dockerfile has no stage.", "")
    assert blame.setting("USER").reason == "The Dockerfile has no stage."


def test_a_base_that_only_the_build_knows() -> None:
    assert align(image(ROOT), built("ARG BASE\nFROM ${BASE}\nRUN a\n")).base == "${BASE}"


def test_a_layer_that_is_not_there() -> None:
    blame = align(image(ROOT), built("FROM base:1\n"))
    assert [blame.layer(at).reason for at in (-1, 1)] == ["The image has no layer -1.", "The image has no layer 1."]


def test_commands_that_change_nothing_leave_no_trace_of_kaniko() -> None:
    text = "FROM base:1\nENV A=1\nCOPY --from=x a /a\nRUN true\nWORKDIR /tmp\nRUN make it\nCMD x\n"
    kaniko = [HistoryEntry(one, False, "", "kaniko") for one in ("COPY --from=x a /a", "RUN make it")]
    blame = align(image(*ROOT_AND_COMMAND, *kaniko), built(text))
    assert layers(text, image(*ROOT_AND_COMMAND, *kaniko)) == [("base", [1]), ("exact", [3]), ("exact", [6])]
    assert (blame.changed, blame.base_layers) == (False, 1)


def test_names_of_buildah_arguments_pile_up() -> None:
    text = "FROM base:1\nARG B\nARG A=1\nRUN x\n"
    history = (
        HistoryEntry("/bin/sh -c #(nop) ARG B", True),
        HistoryEntry("/bin/sh -c #(nop) ARG A B", True),
        HistoryEntry("|2 A=1 B=2 /bin/sh -c x", False),
    )
    blame = align(image(ROOT, *history), built(text))
    assert (blame.matched, blame.changed) == (1.0, False)


SETTINGS = {
    'CMD ["a", "b"]': 'CMD ["a" "b"]',
    "CMD a b": 'CMD ["/bin/sh" "-c" "a b"]',
    "HEALTHCHECK --interval=3s CMD curl x": 'HEALTHCHECK &{["CMD-SHELL" "curl x"] "3s" "0s" "0s" \'\\x00\'}',
    'HEALTHCHECK CMD ["a"]': 'HEALTHCHECK &{["CMD" "a"] "0s" "0s" "0s" \'\\x00\'}',
    "HEALTHCHECK NONE": 'HEALTHCHECK &{["NONE"] "0s" "0s" "0s" \'\\x00\'}',
    "EXPOSE 8000-8002 53/udp": "EXPOSE map[53/udp:{} 8000/tcp:{} 8001/tcp:{} 8002/tcp:{}]",
    "VOLUME /a /b": "VOLUME [/a /b]",
    'LABEL a="x y" b=1': "LABEL a=x y b=1",
    "ENV A='x y'": "ENV A=x y",
    "ENV A x y": "ENV A=x y",
    "STOPSIGNAL SIGINT": "STOPSIGNAL SIGINT",
    "MAINTAINER me": "MAINTAINER me",
    "USER a:b": "USER a:b",
    "ARG A=1 B=2": "ARG A=1 B=2",
    "ONBUILD RUN x": "ONBUILD RUN x",
}


@pytest.mark.parametrize(("written", "shown"), SETTINGS.items())
def test_settings_in_the_history(written: str, shown: str) -> None:
    blame = align(image(ROOT, *buildkit("RUN /bin/sh -c a", shown)), built(f"FROM base:1\nRUN a\n{written}\n"))
    assert (blame.matched, blame.changed) == (1.0, False)
    old = classic("/bin/sh -c a", f"/bin/sh -c #(nop)  {shown}")
    assert align(image(ROOT, *old), built(f"FROM base:1\nRUN a\n{written}\n")).changed is False


def test_entries_that_name_no_instruction() -> None:
    history = (*classic("bazel build ...", "/bin/sh -c #(nop)  WHAT x"), HistoryEntry("", False))
    assert layers("FROM base:1\nRUN a\n", image(*history)) == [("unknown", [])] * 2


@pytest.mark.parametrize("kind", ["same", "repeated", "other", "shuffled", "doubled", "unknown values"])
def test_a_thousand_instructions_take_no_time(kind: str) -> None:
    count = 1000
    names = [f"c{at}" for at in range(count)]
    text, shown = names, names
    if kind == "repeated":
        text, shown = ["c"] * count, ["c"] * (count - 1)
    elif kind == "other":
        shown = [f"d{at}" for at in range(count)]
    elif kind == "shuffled":
        shown = names[::2] + names[1::2]
    elif kind == "doubled":
        shown = names[:-1] + names
    lines = [f"COPY a /$A/{one}" if kind == "unknown values" else f"RUN {one}" for one in text]
    entries = buildkit(*(f"COPY a /x/{one}" if kind == "unknown values" else f"RUN /bin/sh -c {one}" for one in shown))
    build = built("\n".join(("FROM base:1", "ARG A", *lines, "")))
    one = image(ROOT, *entries)
    started = time.process_time()
    blame = align(one, build)
    answers = [told(build, blame.layer(at)) for at in range(len(one.diff_ids))]
    assert time.process_time() - started < 2
    assert len(answers) == len(entries) + 1


def difference(text: str, *history: HistoryEntry) -> str:
    return align(image(*ROOT_AND_COMMAND, *history), built(text)).difference


UNCHANGED = {
    'LABEL "com.example.vendor"="ACME Inc"': ("LABEL com.example.vendor=ACME Inc",),
    "LABEL 'a b'=\"c d\" e=f\\ g": ("LABEL a b=c d e=f g",),
    'ENV "A"="1 2"\nLABEL "b"=x"$A"y': ("ENV A=1 2", "LABEL b=x1 2y"),
    'ARG V\nLABEL "k$V"=pre"${V:-a${W}}"post': ("ARG V", "LABEL k1=pre1post"),
    'ARG "V"=1': ("ARG V=1",),
    "ENV a b  c": ("ENV a=b  c",),
    "ONBUILD RUN make": (),
    "ONBUILD LABEL a=b": (),
    "EXPOSE $P": ("EXPOSE map[80/tcp:{}]",),
    "CMD []\nENTRYPOINT []": ("CMD []", "ENTRYPOINT []"),
    "HEALTHCHECK CMD [ -f /m ] || exit 1": (
        'HEALTHCHECK &{["CMD-SHELL" "[ -f /m ] || exit 1"] "0s" "0s" "0s" \'\\x00\'}',
    ),
    'ARG V=v\nENV A="p\\$V/$V"': ("ARG V=v", "ENV A=p$V/v"),
    'ARG V\nENV A="p\\$V/$V" B=\'$V\'"$V"': ("ARG V", "ENV A=p$V/v B=$Vv"),
    "ARG A=1\nENV A=2\nARG A=3\nENV B=$A": ("ARG A=1", "ENV A=2", "ARG A=3", "ENV B=3"),
    "ENV D=$$V": ("ENV D=V",),
    'ENV P=5$ Y="cost $5"': ("ENV P=5$ Y=cost ",),
    "ARG E\nCOPY a.txt $E": ("ARG E", "COPY a.txt "),
    'CMD ["a\\tb", "\\u0041", "x\\/y"]': ('CMD ["a\\tb" "A" "x/y"]',),
}


@pytest.mark.parametrize("text", UNCHANGED)
def test_what_buildkit_writes_of_an_unchanged_dockerfile_is_no_difference(text: str) -> None:
    history = buildkit("RUN /bin/sh -c one", *UNCHANGED[text], "RUN /bin/sh -c two")
    assert difference(f"FROM base:1\nRUN one\n{text}\nRUN two\n", *history) == ""


def test_a_destination_may_be_empty() -> None:
    text = "FROM base:1\nARG E=\nRUN a\nCOPY a.txt $E\nCOPY b.txt /app/$E\nCOPY c.txt /app/$F\nRUN b\n"
    copies = [f"#(nop) COPY file:{SHA} in {one} " for one in ("", "/app/", "/app/")]
    entries = ("#(nop)  ARG E=", "a", *copies, "b")
    assert difference(text, *classic(*(f"/bin/sh -c {one}" for one in entries))) == ""


def test_labels_of_the_command_line_are_no_difference() -> None:
    text = "FROM base:1\nARG V=1\nRUN a\nLABEL v=$V\nLABEL v=$V\nRUN b\n"
    entries = (
        "#(nop)  ARG V=1",
        "a",
        "#(nop)  LABEL v=1",
        "#(nop)  LABEL v=1",
        "b",
        "#(nop)  LABEL k=v",
        "#(nop)  LABEL l=v w",
    )
    history = classic(*(f"/bin/sh -c {one}" for one in entries))
    assert difference(text, *history) == ""
    assert layers(text, image(ROOT, *history)) == [("base", [1]), ("exact", [3]), ("exact", [6])]
    assert difference(text + "LABEL k=w\n", *history) == (
        "The image's history has no entry for the LABEL of line 7: the Dockerfile or the image was changed after the build."
    )


def test_buildah_keeps_the_tab_after_a_keyword() -> None:
    text = "FROM base:1\nRUN\ttouch\t/a\nENV\tA=1\tB=2\nRUN b\n"
    entries = ("touch\t/a", "#(nop) ENV\tA=1\tB=2", "b")
    assert difference(text, *(HistoryEntry(f"/bin/sh -c {one}", "ENV" in one, "FROM 1") for one in entries)) == ""


def test_as_many_layers_as_changed_instructions_are_not_surely_the_base_images() -> None:
    rest = [f"RUN {at}" for at in range(12)]
    history = buildkit(*(f"RUN /bin/sh -c {one}" for one in ("of base", "one", *map(str, range(12)))))
    base, exact = ("base", [1]), ("exact", [4])

    def told_of(*changed: str, image: Image) -> list[tuple[str, list[int]]]:
        return layers("\n".join(("FROM base:1", *changed, *rest, "")), image)

    one = image(ROOT, *history)
    once = ("RUN one && more", "ENV A=1")
    assert told_of(*once, image=one)[:4] == [base, base, ("candidates", [2, 1]), exact]
    assert align(one, built("\n".join(("FROM base:1", *once, *rest, "")))).base_layers is None
    twice = (*once, "COPY b /b", "ENV B=1")
    assert told_of(*twice, image=one)[:3] == [base, *[("candidates", [2, 4, 1])] * 2]
    assert told_of(*twice, "COPY c /c", "ENV C=1", image=one)[0] == base
    other_hand = image(*classic(f"/bin/sh -c #(nop) ADD file:{SHA} in / ", "/bin/sh -c old"), *history[1:])
    assert told_of(*twice, image=other_hand)[:3] == [base, base, ("candidates", [2, 4, 1])]
    with_place = image(ROOT, *history[:2], *buildkit("WORKDIR /w"), *history[2:])
    assert told_of(*once, image=with_place)[1:4] == [base, *[("candidates", [2, 1])] * 2]


ARGUMENTS = """FROM base:1
ARG APP=/app
WORKDIR $APP
COPY a $APP/a
COPY b $APP/b
COPY c $APP/c
COPY d $APP/d
LABEL d=$APP
"""


def written(place: str) -> tuple[HistoryEntry, ...]:
    """What BuildKit writes of ARGUMENTS."""
    copies = (f"COPY {one} {place}/{one}" for one in "abcd")
    return buildkit("ARG APP=/app", f"WORKDIR {place}", *copies, f"LABEL d={place}")


def test_instructions_with_a_default_value_anchor() -> None:
    text = ARGUMENTS.replace("COPY c", "EXPOSE 80\nCOPY c")
    built_so = image(ROOT, *written("/app"))
    assert layers(text, built_so) == [("base", [1]), *(("exact", [at]) for at in (3, 4, 5, 7, 8))]
    assert align(built_so, built(text)).difference == (
        "The image's history has no entry for the EXPOSE of line 6: the Dockerfile or the image was changed after the build."
    )
    other = layers(text, image(ROOT, *written("/srv")))
    assert [certainty for certainty, _ in other[1:]] == ["unknown"] * 5
    assert layers(ARGUMENTS, image(ROOT, *written("/srv"))) == [
        ("base", [1]),
        *(("exact", [at]) for at in (3, 4, 5, 6, 7)),
    ]


def test_a_value_of_the_command_line_anchors() -> None:
    build = evaluate(
        parse(Source("Dockerfile", ARGUMENTS.replace("COPY c", "EXPOSE 80\nCOPY c"))),
        BuildOptions(build_args={"APP": "/srv"}),
    )
    one = image(ROOT, *written("/srv"))
    blame = align(one, build)
    assert [told(build, blame.layer(at)) for at in range(1, 6)] == [("exact", [at]) for at in (3, 4, 5, 7, 8)]


def test_the_instruction_that_changed_is_the_one_that_is_named() -> None:
    text = "FROM base:1\nARG V=1\nRUN one\nLABEL version=$V\nENV A=2\nRUN two\n"
    history = buildkit(
        "ARG V=1", "RUN |1 V=1 /bin/sh -c one", "LABEL version=1", "ENV A=1", "RUN |1 V=1 /bin/sh -c two"
    )
    assert difference(text, *history).startswith("The image's history has no entry for the ENV of line 5: ")


def test_buildah_lists_the_arguments_that_have_a_value() -> None:
    text = "FROM base:1\nARG X\nARG B=1 A=2\nARG X\nRUN touch /a\nARG C\nCOPY a $D/\nEXPOSE $P\nRUN touch /b\n"
    written = ("#(nop) ARG ", "#(nop) ARG A B", "#(nop) ARG A B", "touch /a", "#(nop) ARG A B C")
    copied = (f"#(nop) COPY file:{SHA} in $D/ ", "#(nop) EXPOSE $P", "touch /b")
    history = [
        HistoryEntry(f"/bin/sh -c {one}", "ARG" in one or "EXPOSE" in one, "FROM 1") for one in (*written, *copied)
    ]
    assert difference(text, *history) == ""
    assert layers(text, image(*ROOT_AND_COMMAND, *history)) == [("base", [1]), *(("exact", [at]) for at in (5, 7, 9))]
    assert difference(text.replace("ARG C\n", ""), *history) == (
        "No instruction of the Dockerfile made entry 7 (ARG) of the image's history: "
        "the Dockerfile or the image was changed after the build."
    )


def test_buildah_passes_over_the_triggers_of_its_own_file() -> None:
    text = "FROM base:1 AS one\nONBUILD RUN make\nRUN make\nFROM one\nRUN touch /b\n"
    entries = ("#(nop) ONBUILD RUN make", "make", "touch /b")
    history = [HistoryEntry(f"/bin/sh -c {one}", "ONBUILD" in one, "FROM 1") for one in entries]
    assert difference(text, *history) == ""
    assert layers(text, image(*ROOT_AND_COMMAND, *history)) == [("base", [1]), ("exact", [3]), ("exact", [5])]


def test_the_first_instruction_without_an_entry_is_named() -> None:
    text = "FROM base:1\nRUN one\nENV A=1\nUSER app\nRUN two\nRUN three\n"
    written = ("RUN /bin/sh -c one", "ENV A=1", "USER app", "RUN /bin/sh -c two", "RUN /bin/sh -c three")
    after = "the Dockerfile or the image was changed after the build."
    assert difference(text, *buildkit(*written)) == ""
    assert (
        difference(text, *buildkit(*written[:2], *written[3:]))
        == f"The image's history has no entry for the USER of line 4: {after}"
    )
    committed = (*buildkit(*written), HistoryEntry("/bin/sh", False))
    named = "No instruction of the Dockerfile made entry 8 (RUN) of the image's history"
    assert difference(text, *committed) == f"{named}: {after}"
    squashed = HistoryEntry("", False, "merge sha256:1 to sha256:2")
    assert align(image(squashed), built(text)).difference == ""


def test_a_squashed_image_is_not_said_to_be_of_another_dockerfile() -> None:
    text = "FROM base:1 AS one\nRUN make it\nENV A=1\nENV B=1\nFROM one\nRUN touch /b\nCMD x\n"
    history = (HistoryEntry("/bin/sh -c touch /b", True), HistoryEntry("/bin/sh -c #(nop) CMD x", False, "FROM 1"))
    blame = align(image(*history), built(text))
    assert blame.reason == "The image cannot be compared with this Dockerfile: its history shows 2 of 5 instructions."
    assert blame.difference == ""


def test_what_differs_is_named_before_what_merely_repeats() -> None:
    names = ("one", "two", "three", "four", "same", "same", "added", "last")
    text = "FROM base:1\n" + "".join(f"RUN {one}\n" for one in names)

    def named(*commands: str) -> str:
        return difference(text, *buildkit(*(f"RUN /bin/sh -c {one}" for one in commands))).partition(":")[0]

    assert named(*names) == ""
    assert named(*names[:6], "last") == "The image's history has no entry for the RUN of line 8"
    assert named("two", "one", *names[2:]) != ""
    assert named(*names[:5], *names[4:]) == "No instruction of the Dockerfile made entry 9 (RUN) of the image's history"
