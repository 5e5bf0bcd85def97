"""COPY and ADD: what comes from where, and where it lands."""

import pytest

from scanguard.build.model import Copied, ImageUse
from tests.build.builds import build, stage


def copies(line: str, before: str = "WORKDIR /app", contexts: tuple[str, ...] = ()) -> list[tuple[str, str, str, bool]]:
    built = build(f"FROM debian:12 AS base\nFROM debian:12\n{before}\n{line}\n", contexts=contexts)
    return [(one.source, one.destination, one.origin, one.known) for one in built.stages[-1].steps[-1].copies]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("COPY a b", [("a", "/app/b", "context", True)]),
        ("COPY a /b", [("a", "/b", "context", True)]),
        ("COPY a /b/", [("a", "/b/a", "context", True)]),
        ("COPY x/a .", [("x/a", "/app/a", "context", True)]),
        ("COPY . .", [(".", "/app", "context", True)]),
        ("COPY src/ .", [("src/", "/app", "context", True)]),
        ("COPY a b c/", [("a", "/app/c/a", "context", True), ("b", "/app/c/b", "context", True)]),
        ("COPY a b /c", [("a", "/c/a", "context", True), ("b", "/c/b", "context", True)]),
        ('COPY ["a b", "/c d/"]', [("a b", "/c d/a b", "context", True)]),
        ("COPY --chown=app:app a /b", [("a", "/b", "context", True)]),
        ("COPY --from=base /a /b", [("/a", "/b", "stage", True)]),
        ("COPY --from=base a /b", [("/a", "/b", "stage", True)]),
        ("COPY --from=0 a/../b /b", [("/b", "/b", "stage", True)]),
        ("COPY --from=nginx:1 /a /b", [("/a", "/b", "image", True)]),
        ("COPY --from=assets a /b", [("a", "/b", "named-context", True)]),
        ("ADD a.tar.gz /b", [("a.tar.gz", "/b", "context", True)]),
        ("ADD https://example.com/a.tgz /b/", [("https://example.com/a.tgz", "/b/a.tgz", "url", True)]),
        ("ADD http://example.com/a /b", [("http://example.com/a", "/b", "url", True)]),
        ("ADD https://example.com/a.git /b", [("https://example.com/a.git", "/b", "git", True)]),
        ("ADD https://example.com/a.git#v1 /b", [("https://example.com/a.git#v1", "/b", "git", True)]),
        ("ADD git@example.com:a/b.git /b", [("git@example.com:a/b.git", "/b", "git", True)]),
        ("ADD ssh://git@example.com/a /b", [("ssh://git@example.com/a", "/b", "git", True)]),
        ("COPY https://example.com/a /b", [("https://example.com/a", "/b", "context", True)]),
        ("COPY a", []),
    ],
)
def test_copies(line: str, expected: list[tuple[str, str, str, bool]]) -> None:
    assert copies(line, contexts=("assets",)) == expected


def test_variables() -> None:
    assert copies("COPY $A $B/", "ARG A=a\nARG B=/b") == [("a", "/b/a", "context", True)]
    assert copies("COPY $A /b", "ARG A") == [("$A", "/b", "context", False)]
    assert copies("COPY a $B", "ARG B") == [("a", "/$B", "context", False)]
    assert copies("COPY --from=$S /a /b", "ARG S=base") == [("/a", "/b", "stage", True)]


def test_heredocs() -> None:
    text = "FROM debian:12\nCOPY <<one <<two x /etc/app/\n1\none\n2\ntwo\n"
    found = [(one.source, one.destination, one.origin) for one in stage(text).steps[-1].copies]
    assert sorted(found) == [
        ("<<one", "/etc/app/one", "heredoc"),
        ("<<two", "/etc/app/two", "heredoc"),
        ("x", "/etc/app/x", "context"),
    ]


def test_a_heredoc_that_is_a_file() -> None:
    text = "FROM debian:12\nCOPY <<EOF /etc/app.conf\na=1\nEOF\n"
    built = build(text)
    (copied,) = built.stages[0].steps[-1].copies
    assert copied == Copied("<<EOF", "/etc/app.conf", "heredoc", True, copied.span)
    assert built.dockerfile.source[copied.span] == "<<EOF"


def test_relative_targets_follow_the_working_directory() -> None:
    text = "FROM debian:12 AS one\nWORKDIR /a\nWORKDIR b\nFROM one\nCOPY x y\nWORKDIR ../c\nCOPY x y\n"
    found = [copied.destination for step in stage(text).steps for copied in step.copies]
    assert found == ["/a/b/y", "/a/c/y"]


@pytest.mark.parametrize(
    ("base", "place"),
    [("golang:1.23", "/go/b"), ("gradle:8", "/home/gradle/b"), ("debian:12", "/b"), ("scratch", "/b")],
)
def test_relative_targets_in_bases(base: str, place: str) -> None:
    assert [one.destination for one in stage(f"FROM {base}\nCOPY a b\n").steps[-1].copies] == [place]


def test_an_unknown_directory() -> None:
    found = stage("FROM debian:12\nARG D\nWORKDIR $D\nCOPY a b\nCOPY a /b\n").steps
    assert [step.copies[0].destination for step in found[-2:]] == ["/$D/b", "/b"]


def test_sources() -> None:
    built = build(
        "FROM debian:12 AS base\nFROM debian:12\nCOPY --from=base /a /a\nCOPY --from=nginx:1 /a /a\nCOPY a /a\n"
    )
    one, two, three = [step.source for step in built.stages[-1].steps[1:]]
    assert one == 0
    assert isinstance(two, ImageUse)
    assert (two.kind, two.text, two.stage) == ("COPY", "nginx:1", 1)
    assert three is None


def test_wrong_stages_have_no_source() -> None:
    found = stage("FROM debian:12\nCOPY --from=5 /a /a\nCOPY --from=scratch /a /a\n").steps
    assert [step.source for step in found[1:]] == [None, None]
