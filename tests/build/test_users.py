"""Accounts: who USER means, which accounts commands create, who a base image runs as."""

import pytest

from scanguard.build.model import User, Value, is_root, user_number
from scanguard.build.users import created_users, parse_user
from scanguard.model.location import Span
from tests.build.builds import build, command, stage, written_as

SPAN = Span(3, 7)


@pytest.mark.parametrize(
    ("text", "name", "group", "root"),
    [
        ("app", "app", None, False),
        ("app:app", "app", "app", False),
        ("1000", "1000", None, False),
        ("1000:0", "1000", "0", False),
        ("root", "root", None, True),
        ("root:root", "root", "root", True),
        ("0", "0", None, True),
        ("00", "00", None, True),
        ("0:0", "0", "0", True),
        ("app:", "app", "", False),
        ("ROOT", "ROOT", None, False),
        ("²", "²", None, False),
        ("-0", "-0", None, True),
        ("+0", "+0", None, True),
        ("0x0", "0x0", None, False),
        ("4294967296", "4294967296", None, False),
    ],
)
def test_parse_user(text: str, name: str, group: str | None, root: bool) -> None:
    user = parse_user(Value(text), SPAN)
    assert user == User(name, group, True, SPAN)
    assert (user.root, is_root(name)) == (root, root)


def test_an_unknown_user_says_why() -> None:
    source = "'$WHO' depends on a value that the Dockerfile does not set"
    assert parse_user(Value("$WHO", False), SPAN) == User("$WHO", None, False, SPAN, source)


def test_a_huge_number_is_no_error() -> None:
    assert is_root("0" * 10_000) is True
    assert is_root("1" * 10_000) is False


def test_digits_of_other_scripts_are_a_name() -> None:
    assert is_root("٠") is False


@pytest.mark.parametrize(
    ("word", "number"),
    [
        ("0", 0),
        ("1000", 1000),
        ("+1000", 1000),
        ("0001000", 1000),
        ("-00", 0),
        ("2147483647", 2**31 - 1),
        ("2147483648", None),
        ("4294967296", None),
        ("-1", None),
        ("+", None),
        ("--0", None),
        ("", None),
        (" 0", None),
        ("1_000", None),
        ("0x0", None),
        ("٠", None),
        ("²", None),
        ("app", None),
        ("root", None),
    ],
)
def test_the_number_of_a_user(word: str, number: int | None) -> None:
    """As strconv.Atoi of Go reads it, in the range that containers take: https://github.com/moby/sys/blob/main/user/user.go."""
    assert user_number(word) == number


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("useradd app", ["app"]),
        ("useradd -m -s /bin/bash app", ["app"]),
        ("useradd --create-home --shell /bin/bash app", ["app"]),
        ("useradd --shell=/bin/bash --uid=1001 app", ["1001", "app"]),
        ("useradd -u 1000 -g users app", ["1000", "app"]),
        ("useradd -r -N app", ["app"]),
        ("useradd -lmu 1000 app", ["1000", "app"]),
        ("useradd -u1000 app", ["1000", "app"]),
        ("useradd --comment 'The App' app", ["app"]),
        ("adduser app", ["app"]),
        ("adduser -D -u 1000 app", ["1000", "app"]),
        ("adduser -S app -G users", ["app"]),
        ("adduser --disabled-password --gecos '' app", ["app"]),
        ("adduser --system --uid 1000 --ingroup app app", ["1000", "app"]),
        ("adduser app sudo", ["app"]),
        ("adduser --system --group app", ["app"]),
        ("usermod -l app ubuntu", ["app"]),
        ("usermod --login app ubuntu", ["app"]),
        ("usermod -aG sudo app", []),
        ("groupadd app", []),
        ("echo app:x:1000:1000::/app:/bin/sh", []),
        ("useradd", []),
        ("useradd -u", []),
    ],
)
def test_created_users(line: str, names: list[str]) -> None:
    assert created_users(command(line)) == names


def test_a_line_written_to_passwd_is_an_account() -> None:
    redirect = {"redirects": ((">>", command("x /etc/passwd").arguments[0]),)}
    line = "app:x:1000:1000::/app:/bin/sh"
    assert created_users(command(f"echo {line}", **redirect)) == ["app", "1000"]
    assert created_users(command(f"printf '{line}\\nb:x:1001:1001::/:/bin/sh\\n'", **redirect)) == [
        "app",
        "1000",
        "b",
        "1001",
    ]
    assert created_users(command("tee -a /etc/passwd", input=command(f"echo {line}"))) == ["app", "1000"]
    text = command(f"x {line}").arguments[0]
    assert created_users(command("cat", text=text, **redirect)) == ["app", "1000"]
    other = {"redirects": ((">>", command("x /etc/group").arguments[0]),)}
    assert created_users(command(f"echo {line}", **other)) == []


@pytest.mark.parametrize(
    ("text", "name", "group", "known", "word"),
    [
        ("FROM debian:12", "root", None, True, None),
        ("FROM scratch", "root", None, True, None),
        ("FROM gcr.io/distroless/static:nonroot", "65532", None, True, None),
        ("FROM internal.example.com/base:1", "", None, False, None),
        ("FROM $BASE", "", None, False, None),
        ("FROM debian:12\nUSER app", "app", None, True, "app"),
        ("FROM debian:12\nUSER app:0", "app", "0", True, "app:0"),
        ("FROM debian:12\nARG U=app\nUSER $U", "app", None, True, "$U"),
        ("FROM debian:12\nARG U\nUSER $U", "$U", None, False, "$U"),
        ("FROM debian:12\nARG U\nUSER ${U:-app}:${G:-0}", "app", "${G:-0}", False, "${U:-app}:${G:-0}"),
        ("FROM scratch\nARG U\nUSER ${U:-app}:${G:-0}", "app", "0", True, "${U:-app}:${G:-0}"),
        ("FROM debian:12\nENV U=root\nUSER $U", "root", None, True, "$U"),
        ("FROM debian:12\nUSER app\nUSER root", "root", None, True, "root"),
        ("FROM debian:12\nUSER root\nUSER app", "app", None, True, "app"),
        ("FROM debian:12 AS one\nUSER app\nFROM one", "app", None, True, "app"),
        ("FROM debian:12 AS one\nUSER app\nFROM debian:12", "root", None, True, None),
        ('FROM debian:12\nUSER "app"', "app", None, True, '"app"'),
    ],
)
def test_who_runs(text: str, name: str, group: str | None, known: bool, word: str | None) -> None:
    built = build(text + "\n")
    user = built.stages[-1].user
    assert (user.name, user.group, user.known, written_as(built, user.span)) == (name, group, known, word)


def test_steps_know_the_user_from_before_them() -> None:
    steps = stage("FROM debian:12\nUSER app\nWORKDIR /a\nUSER root\n").steps
    assert [step.user.name for step in steps] == ["root", "root", "app", "app"]


def test_why_a_user_is_not_known() -> None:
    assert stage("FROM internal.example.com/base:1\n").user.source == (
        "the default user of 'internal.example.com/base' is not known"
    )
    assert stage("FROM $BASE\n").user.source == "the base image is not known"
    assert stage("FROM scratch\n").user.source == "scratch has no user but root"
    assert stage("FROM mcr.microsoft.com/windows/nanoserver:ltsc2022\n").user == User(
        "", None, True, None, "Windows has no root"
    )


def test_an_unset_variable_leaves_the_user() -> None:
    assert stage("FROM scratch\nUSER app\nUSER ${NOBODY}\n").user.name == "app"


@pytest.mark.parametrize(
    ("text", "accounts"),
    [
        ("FROM scratch", {"root"}),
        ("FROM scratch\nCOPY --from=x /etc/passwd /etc/passwd", {"root", "*"}),
        ("FROM scratch\nCOPY passwd /etc/", {"root", "*"}),
        ("FROM scratch\nCOPY etc /etc", {"root", "*"}),
        ("FROM scratch\nCOPY rootfs/ /", {"root", "*"}),
        ("FROM scratch\nCOPY entrypoint.sh /", {"root"}),
        ("FROM scratch\nADD rootfs.tar /", {"root"}),
        ("FROM internal.example.com/base:1", {"*"}),
    ],
)
def test_accounts(text: str, accounts: set[str]) -> None:
    assert stage(text + "\n").users == accounts


def test_accounts_of_bases() -> None:
    assert {"node", "1000", "www-data", "_apt"} <= stage("FROM node:22\n").users
    assert {"node", "guest"} <= stage("FROM node:22-alpine\n").users
    assert "_apt" not in stage("FROM node:22-alpine\n").users
    assert "adm" in stage("FROM fedora:41\n").users
    assert stage("FROM alpine:3 AS one\nFROM one\n").users == stage("FROM alpine:3\n").users
