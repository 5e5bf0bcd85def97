"""Accounts: who USER means, and which accounts a command creates."""

from scanguard.build.commands import Argument, Invocation
from scanguard.build.model import User, Value, user_number
from scanguard.model.location import Span

_VALUES = frozenset(
    "-u --uid -g --gid -G --groups -d --home --home-dir -h -s --shell -c --comment --gecos -k --skel -K --key -p "
    "--password -e --expiredate -f --inactive -b --base-dir -R --root -P --prefix --ingroup --firstuid --lastuid".split()
)


def parse_user(value: Value, span: Span) -> User:
    """What stands after USER: `name`, `name:group`, `1000`, `1000:0`."""
    name, colon, group = value.text.partition(":")
    source = "" if value.known else f"'{value.text}' depends on a value that the Dockerfile does not set"
    return User(name, group if colon else None, value.known, span, source)


def created_users(call: Invocation) -> list[str]:
    """The accounts that a command makes, numbers given with `--uid` included; [] for other commands."""
    if call.name in ("useradd", "adduser"):
        return _account(call)
    if call.name == "usermod":
        return _values(call, ("-l", "--login"))
    if call.name in ("echo", "printf", "cat", "tee"):
        return _passwd_lines(call)
    return []


def _account(call: Invocation) -> list[str]:
    names: list[str] = []
    words = iter(call.arguments)
    for argument in words:
        text = argument.text
        if text in _VALUES or (text[:1] == "-" != text[1:2] and f"-{text[-1]}" in _VALUES):
            value = next(words, None)
            if value is not None and text.endswith(("-uid", "u")):
                names.append(value.text)
        elif text.startswith("--uid="):
            names.append(text[6:])
        elif text.startswith("-u") and user_number(text[2:]) is not None:
            names.append(text[2:])
        elif text.startswith("-"):
            continue
        else:
            names.append(text)
    if call.name == "adduser":
        positional = [name for name in names if user_number(name) is None]
        return names if len(positional) < 2 else [name for name in names if name != positional[-1]]
    return names


def _values(call: Invocation, flags: tuple[str, ...]) -> list[str]:
    words = call.words
    return [words[at + 1] for at, word in enumerate(words[:-1]) if word in flags]


def _passwd_lines(call: Invocation) -> list[str]:
    """`echo 'app:x:1000:…' >> /etc/passwd`."""
    targets = [target.text for _, target in call.redirects]
    if call.name == "tee":
        targets += list(call.words)
    if "/etc/passwd" not in targets:
        return []
    texts: list[Argument] = [*call.arguments, *([call.text] if call.text else [])]
    if call.input is not None:
        texts.extend(call.input.arguments)
    lines = [line for text in texts for line in text.text.replace("\\n", "\n").split("\n")]
    return [part for line in lines if line.count(":") >= 2 for part in line.split(":")[0:3:2]]
