"""Entrypoints that start as root and give it up."""

import pytest

from scanguard.build.privileges import privilege_drop
from tests.build.builds import build, written_as


@pytest.mark.parametrize(
    ("text", "tool", "message", "place"),
    [
        ('FROM debian:12\nENTRYPOINT ["gosu", "app", "run"]', "gosu", "ENTRYPOINT calls gosu, which", "ENTRYPOINT"),
        (
            'FROM debian:12\nENTRYPOINT ["/usr/local/bin/gosu", "app"]',
            "gosu",
            "ENTRYPOINT calls gosu, which",
            "ENTRYPOINT",
        ),
        (
            'FROM debian:12\nENTRYPOINT ["tini", "--", "gosu", "app"]',
            "gosu",
            "ENTRYPOINT calls gosu, which",
            "ENTRYPOINT",
        ),
        ("FROM debian:12\nENTRYPOINT exec su-exec app run", "su-exec", "ENTRYPOINT calls su-exec, which", "ENTRYPOINT"),
        ("FROM debian:12\nCMD setpriv --reuid=app run", "setpriv", "CMD calls setpriv, which", "CMD"),
        (
            'FROM debian:12\nENTRYPOINT ["tini", "--"]\nCMD ["chpst", "-u", "app"]',
            "chpst",
            "CMD calls chpst, which",
            "CMD",
        ),
        (
            'FROM debian:12\nRUN apt-get install gosu\nENTRYPOINT ["/entry.sh"]',
            "gosu",
            "gosu is installed and the entrypoint",
            "gosu",
        ),
        (
            'FROM debian:12 AS one\nRUN apt-get install gosu\nFROM one\nENTRYPOINT ["/entry.sh"]',
            "gosu",
            "gosu is installed and the entrypoint",
            "gosu",
        ),
        (
            'FROM debian:12\nRUN curl -o /usr/bin/gosu https://example.com/x\nENTRYPOINT ["/entry.sh"]',
            "/usr/bin/gosu",
            "gosu or its like is installed and the entrypoint",
            "/usr/bin/gosu",
        ),
        (
            'FROM debian:12\nCOPY --from=tianon/gosu:1 /gosu /usr/local/bin/\nENTRYPOINT ["/entry.sh"]',
            "gosu",
            "gosu or its like is installed and the entrypoint",
            "COPY",
        ),
        (
            'FROM debian:12\nCOPY bin/su-exec /sbin/su-exec\nENTRYPOINT ["/entry.sh"]',
            "gosu",
            "gosu or its like is installed and the entrypoint",
            "COPY",
        ),
        ("FROM postgres:17", "postgres", "the entrypoint of 'postgres'", None),
        ("FROM postgis/postgis:17-3.5", "postgis/postgis", "the entrypoint of 'postgis/postgis'", None),
        (
            "FROM docker.io/library/redis:7 AS one\nFROM one\nCMD redis-server",
            "redis",
            "the entrypoint of 'redis'",
            None,
        ),
    ],
)
def test_signs(text: str, tool: str, message: str, place: str | None) -> None:
    built = build(text + "\n")
    found = privilege_drop(built.stages[-1])
    assert found is not None
    word = written_as(built, found.span)
    assert (found.tool, found.message, word and word.split()[0]) == (tool, message, place)


@pytest.mark.parametrize(
    "text",
    [
        "FROM debian:12",
        'FROM debian:12\nENTRYPOINT ["/entry.sh"]',
        'FROM debian:12\nENTRYPOINT ["gosu", "app"]\nENTRYPOINT ["/entry.sh"]',
        'FROM debian:12\nRUN apt-get install gosu && apt-get purge gosu\nENTRYPOINT ["/entry.sh"]',
        "FROM debian:12\nRUN apt-get install gosu",
        "FROM debian:12\nRUN gosu app true",
        "FROM debian:12\nHEALTHCHECK CMD gosu app true",
        'FROM postgres:17\nENTRYPOINT ["/entry.sh"]',
        "FROM internal.example.com/postgres:17",
        'FROM debian:12 AS one\nENTRYPOINT ["gosu", "app"]\nFROM debian:12',
        "FROM scratch",
        "FROM $BASE",
    ],
)
def test_no_sign(text: str) -> None:
    assert privilege_drop(build(text + "\n").stages[-1]) is None
