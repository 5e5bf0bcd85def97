"""What an evaluated instruction holds, beyond its variables, users, packages and copies."""

from scanguard.build.evaluate import BuildOptions, evaluate
from scanguard.dockerfile.parser import parse
from scanguard.model.location import Source
from tests.build.builds import build, stage, written_as


def test_without_options() -> None:
    built = evaluate(parse(Source("Dockerfile", "FROM debian:12\n")))
    assert built.shipped is built.stages[0]


def test_steps_know_their_place() -> None:
    built = build("ARG A\nARG B=1\nFROM debian:12\nRUN true\nFROM scratch\nUSER 1\n")
    assert [(step.stage, step.position, written_as(built, step.span)) for step in built.preamble] == [
        (-1, 0, "ARG A"),
        (-1, 1, "ARG B=1"),
    ]
    assert [(step.stage, step.position) for one in built.stages for step in one.steps] == [
        (0, 0),
        (0, 1),
        (1, 0),
        (1, 1),
    ]


def test_directories() -> None:
    one = stage("FROM debian:12\nWORKDIR /a\nWORKDIR b/\nENV D=c\nWORKDIR ../$D\nRUN true\n")
    assert [step.directory for step in one.steps] == ["/", "/", "/a", "/a/b", "/a/b", "/a/c"]
    assert one.directory == "/a/c"
    assert stage("FROM golang:1 AS a\nFROM a\n").directory == "/go"


def test_shells() -> None:
    assert stage("FROM debian:12\n").shell == ("/bin/sh", "-c")
    text = 'FROM debian:12 AS a\nSHELL ["/bin/bash", "-c"]\nFROM a\n'
    assert stage(text).shell == ("/bin/bash", "-c")
    assert stage("FROM debian:12\nSHELL bash\n").shell == ("/bin/sh", "-c")
    windows = stage('FROM mcr.microsoft.com/windows\nSHELL ["powershell", "-Command"]\nRUN apt-get install gcc\n')
    assert windows.packages == ()


def test_words_are_expanded() -> None:
    steps = stage(
        "FROM debian:12\nENV A=1\nEXPOSE $A\nVOLUME /v$A\nSTOPSIGNAL $A\nLABEL a=$A\nWORKDIR /$A\nUSER u$A\n"
    ).steps
    assert [[word.text for word in step.words] for step in steps[2:]] == [
        ["1"],
        ["/v1"],
        ["1"],
        ["1"],
        ["/1"],
        ["u1"],
    ]


def test_commands_of_every_instruction() -> None:
    steps = stage(
        'FROM debian:12\nRUN run a\nCMD start b\nENTRYPOINT ["/bin/enter", "c"]\nHEALTHCHECK CMD check d\nHEALTHCHECK NONE\n'
        "ONBUILD RUN later\n"
    ).steps
    assert [[(call.name, call.words) for call in step.invocations] for step in steps[1:]] == [
        [("run", ("a",))],
        [("start", ("b",))],
        [("enter", ("c",))],
        [("check", ("d",))],
        [],
        [],
    ]


def test_only_run_has_effects() -> None:
    one = stage("FROM debian:12\nCMD apt-get install gcc && touch /a && rm /b && useradd u && curl -o /c https://x/y\n")
    assert (one.packages, one.written, one.deleted, one.downloads) == ((), (), (), ())
    assert "u" not in one.users


def test_effects_of_run() -> None:
    built = build("FROM debian:12\nRUN touch /a && cd /d && rm b && curl -o c https://x/y && useradd u\n")
    one = built.stages[0]
    assert [(item.path, item.how) for item in one.written] == [("/a", "touch"), ("/d/c", "curl")]
    assert [item.path for item in one.deleted] == ["/d/b"]
    assert [(item.url, item.destination) for item in one.downloads] == [("https://x/y", "/d/c")]
    assert "u" in one.users
    assert [item.step for item in (*one.written, *one.deleted, *one.downloads)] == [one.steps[1]] * 4


def test_effects_stay_in_their_stage_and_accounts_go_down() -> None:
    built = build("FROM debian:12 AS a\nRUN touch /a && useradd u\nFROM a\nRUN touch /b\nFROM debian:12\n")
    assert [[item.path for item in one.written] for one in built.stages] == [["/a"], ["/b"], []]
    assert ["u" in one.users for one in built.stages] == [True, True, False]


def test_mounts() -> None:
    built = build(
        "FROM debian:12 AS a\nFROM debian:12\n"
        "RUN --mount=type=secret,id=t --mount=type=bind,from=a,target=/x --mount=type=bind,from=b:1,target=/y true\n"
    )
    step = built.stages[1].steps[1]
    assert [mount.source_stage and mount.source_stage.text for mount in step.mounts] == [None, "a", "b:1"]
    assert [(edge.kind, edge.source) for edge in built.edges] == [("MOUNTS", 0)]
    assert [(use.kind, use.value.text) for use in built.images[2:]] == [("RUN", "b:1")]


def test_bases_can_be_asked_for() -> None:
    """`--daemon`: what the local docker daemon knows of a base image that no table has."""
    asked = []

    def user(reference: object) -> str | None:
        asked.append(str(reference))
        return {"a.example.com/b:1": "app", "a.example.com/b:2": "root"}.get(str(reference))

    found = []
    for tag in "123":
        dockerfile = parse(Source("Dockerfile", f"FROM a.example.com/b:{tag}\n"))
        one = evaluate(dockerfile, BuildOptions(base_user=user)).stages[0].user
        found.append((one.name, one.known))
    assert found == [("app", True), ("root", True), ("", False)]
    assert asked == ["a.example.com/b:1", "a.example.com/b:2", "a.example.com/b:3"]
