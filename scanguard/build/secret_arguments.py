"""Secrets by name among the words of commands: assignments, flags, `curl -u user:password`, printed lines."""

from collections.abc import Iterator

from scanguard.build.commands import Argument, Invocation
from scanguard.build.model import BuildStep
from scanguard.build.secret_commands import credentials
from scanguard.build.secret_literals import is_secret_value
from scanguard.build.secret_names import secret_kind
from scanguard.build.secret_text import named_values, value_span
from scanguard.model.location import Span
from scanguard.model.record import NamedTuple
from scanguard.model.rule import Confidence

_PRINTERS = frozenset({"echo", "printf", "cat"})
_WRITING = frozenset({">", ">>", ">|", "&>", "&>>"})
# Their words are patterns, texts or tests; a name with `=` in them assigns nothing.
_TEXT_TOOLS = frozenset(
    "sed awk gawk grep egrep fgrep perl echo printf test [ [[ find xargs tr cut jq yq expr cat".split()
)
_USER_FLAGS = {
    "curl": ("-u", "--user", "-U", "--proxy-user"),
    "http": ("-a", "--auth"),
    "https": ("-a", "--auth"),
    "lftp": ("-u", "--user"),
    "smbclient": ("-U", "--user"),
}
_GLUED_PASSWORD = frozenset(
    "mysql mysqldump mysqladmin mysqlimport mariadb mariadb-dump mariadb-admin mysqlcheck".split()
)
_SHORT = {
    "sshpass": "-p",
    "redis-cli": "-a",
    "useradd": "-p",
    "usermod": "-p",
    "mongo": "-p",
    "mongosh": "-p",
    "ldapadd": "-w",
}
_FETCHERS = frozenset("curl wget aria2c http https".split())
_DATABASES = frozenset("psql mysql mariadb mysqld sqlcmd mongo mongosh sqlite3 cqlsh".split())
_BUILD_STEPS = frozenset("assets:precompile collectstatic compilemessages compress phx.digest assets.deploy".split())
_SHORTEST_REAL = 32
_BOOLEAN_FLAGS = frozenset({"--disabled-password", "--password-stdin", "--no-password"})
_NAME = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-:/@")


class InCommand(NamedTuple):
    """A secret that a command gets. `command` names the command where it is one that takes credentials, else empty."""

    kind: str
    holder: str
    span: Span
    where: str = "run-argument"
    confidence: Confidence = Confidence.HIGH
    command: str = ""


def named_arguments(step: BuildStep, text: str) -> Iterator[InCommand]:
    """The literal secrets of a step's commands. `text` is that of the file."""
    for one in credentials(step, text):
        if one.literal is not None:
            yield InCommand(one.kind, one.holder, one.literal, command=one.command)
    for call in step.invocations:
        yield from _assigned(call, text)
        if call.name not in _TEXT_TOOLS:
            yield from _flags(call, text)
            yield from _by_tool(call, text)
        yield from _printed(call, text)


def literal(argument: Argument) -> bool:
    """Whether all of a word stands in the file as it is."""
    return argument.known and not argument.variables


def _assigned(call: Invocation, text: str) -> Iterator[InCommand]:
    for name, argument in call.environment:
        kind = secret_kind(name)
        if (
            kind
            and literal(argument)
            and is_secret_value(argument.text, kind, name)
            and not _only_builds(call, argument)
        ):
            yield InCommand(kind, name, value_span(text, argument.span, argument.text), "run-assignment")


def _only_builds(call: Invocation, argument: Argument) -> bool:
    """Whether a short value only lets a framework's build step start, which needs some value and keeps none."""
    return len(argument.text) < _SHORTEST_REAL and any(word in _BUILD_STEPS for word in call.words)


def _flags(call: Invocation, text: str) -> Iterator[InCommand]:
    """`--password=x`, `--password x`, `-e PASSWORD=x`, `export PASSWORD=x`."""
    arguments = call.arguments
    for at, argument in enumerate(arguments):
        word = argument.text
        name, sign, value = word.partition("=")
        if sign:
            where = (
                "run-assignment"
                if call.name in ("export", "declare", "readonly", "local", "typeset")
                else "run-argument"
            )
            found = _valued(argument, name, value, text, where)
        elif word[:1] == "-" and at + 1 < len(arguments) and word not in _BOOLEAN_FLAGS:
            following = arguments[at + 1]
            found = (
                None
                if following.text.startswith("-")
                else _valued(following, word, following.text, text, "run-argument")
            )
        else:
            found = None
        if found is not None:
            yield found


def _valued(argument: Argument, name: str, value: str, text: str, where: str) -> InCommand | None:
    if not literal(argument) or not _NAME.issuperset(name):
        return None
    holder = name.lstrip("-").removeprefix("D") if name.startswith("-D") else name.lstrip("-")
    kind = secret_kind(holder)
    if not kind or not is_secret_value(value, kind, holder):
        return None
    return InCommand(kind, name if name.startswith("-") else holder, value_span(text, argument.span, value), where)


def _by_tool(call: Invocation, text: str) -> Iterator[InCommand]:
    """What single tools take: users with passwords, headers, passwords glued to `-p`, tokens in the query of a URL."""
    arguments = call.arguments
    users = _USER_FLAGS.get(call.name, ())
    short = _SHORT.get(call.name)
    for at, argument in enumerate(arguments):
        word = argument.text
        after = arguments[at + 1] if at + 1 < len(arguments) else None
        if word in users and after is not None:
            yield from _user(after, word, after.text, text)
        elif users and word.startswith((f"{users[0]}", f"{users[1]}=")) and word[:2] == users[0] and len(word) > 2:
            yield from _user(argument, users[0], word[2:], text)
        elif users and word.startswith(f"{users[1]}="):
            yield from _user(argument, users[1], word[len(users[1]) + 1 :], text)
        elif short and word == short and after is not None and literal(after):
            yield from _password(after, short, after.text, text)
        elif short and word.startswith(short) and len(word) > 2 and literal(argument):
            yield from _password(argument, short, word[2:], text)
        elif call.name in _GLUED_PASSWORD and word.startswith("-p") and len(word) > 2 and literal(argument):
            yield from _password(argument, "-p", word[2:], text)
        elif call.name in _FETCHERS or call.name in _DATABASES:
            yield from _fetched(argument, text)


def _user(argument: Argument, flag: str, word: str, text: str) -> Iterator[InCommand]:
    """`user:password`, the password of it."""
    _, colon, password = word.partition(":")
    if colon and literal(argument):
        yield from _password(argument, flag, password, text)


def _password(argument: Argument, flag: str, value: str, text: str) -> Iterator[InCommand]:
    if is_secret_value(value, "password"):
        yield InCommand("password", flag, value_span(text, argument.span, value))


def _fetched(argument: Argument, text: str) -> Iterator[InCommand]:
    """Headers (`X-Api-Key: …`), bodies and queries that name a secret."""
    span = argument.span
    for one in named_values(text, span.start, span.end):
        yield InCommand(one.kind, one.name, Span(one.start, one.end))


def _printed(call: Invocation, text: str) -> Iterator[InCommand]:
    """Lines that `echo`, `printf` or a heredoc put into a file, and what goes to `chpasswd`."""
    source = call.input
    if call.name == "chpasswd" and source is not None and source.name in ("echo", "printf"):
        yield from _accounts(source, text)
    elif call.name == "passwd" and source is not None and source.name in ("echo", "printf") and "--stdin" in call.words:
        for argument in source.arguments[-1:]:
            if literal(argument):
                yield from _password(argument, "passwd", argument.text.removesuffix("\\n"), text)
    if call.text is not None:
        if call.name == "chpasswd":
            yield from _lines(call.text, text)
        elif _writes(call) or call.name in _DATABASES:
            yield from _fetched(call.text, text)
    if call.name in _PRINTERS and _writes(call):
        for argument in call.arguments:
            yield from _fetched(argument, text)
    elif source is not None and (call.name == "tee" or call.name in _DATABASES):
        for argument in source.arguments:
            yield from _fetched(argument, text)
        if source.text is not None:
            yield from _fetched(source.text, text)


def _writes(call: Invocation) -> bool:
    return call.name == "tee" or any(
        operator in _WRITING and not target.text.startswith("/dev/") for operator, target in call.redirects
    )


def _accounts(source: Invocation, text: str) -> Iterator[InCommand]:
    for argument in source.arguments:
        if literal(argument):
            yield from _lines(argument, text)


def _lines(argument: Argument, text: str) -> Iterator[InCommand]:
    """`user:password`, a line each."""
    for line in argument.text.replace("\\n", "\n").split("\n"):
        user, colon, password = line.strip().partition(":")
        if colon and user and is_secret_value(password, "password"):
            span = value_span(text, argument.span, f":{password}")
            yield InCommand("password", user, Span(span.start + 1, span.end), "run-argument")
