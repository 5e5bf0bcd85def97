"""Commands that take a credential, or put one into a file: `docker login`, `npm config set`, `git clone https://token@…`."""

from collections.abc import Iterator
from itertools import pairwise

from scanguard.build.commands import Argument, Invocation
from scanguard.build.model import BuildStep
from scanguard.build.secret_literals import is_secret_value
from scanguard.build.secret_names import secret_kind
from scanguard.build.secret_text import value_span
from scanguard.model.location import Span
from scanguard.model.record import NamedTuple


class Credential(NamedTuple):
    """A command that takes a credential.

    `span` is the word that brings it, `literal` the secret itself where it stands there. `variables` are the build's
    own (ARG, ENV) that bring it. `mounted` says that it comes out of a secret mount. `stores` is the end of the path of
    the file that keeps it, or empty. `file` is the path
    of a key that the command reads and stores.
    """

    command: str
    kind: str
    holder: str
    span: Span
    step: BuildStep
    variables: tuple[str, ...] = ()
    literal: Span | None = None
    mounted: bool = False
    stores: str = ""
    file: str = ""


class _Login(NamedTuple):
    """A command with a flag for its credential; `words` stand behind the program's name, in order."""

    words: tuple[str, ...]
    flags: tuple[str, ...]
    kind: str
    stores: str


_REGISTRY = (_Login(("login",), ("-p", "--password"), "password", ".docker/config.json"),)
_FLAGS: dict[str, tuple[_Login, ...]] = {
    "docker": _REGISTRY,
    "nerdctl": _REGISTRY,
    "podman": _REGISTRY,
    "buildah": _REGISTRY,
    "skopeo": _REGISTRY,
    "oras": _REGISTRY,
    "crane": (_Login(("auth", "login"), ("-p", "--password"), "password", ".docker/config.json"),),
    "helm": (
        _Login(("registry", "login"), ("-p", "--password"), "password", "registry/config.json"),
        _Login(("repo", "add"), ("--password",), "password", "helm/repositories.yaml"),
    ),
    "huggingface-cli": (_Login(("login",), ("--token", "-t"), "token", "huggingface/token"),),
    "hf": (_Login(("auth", "login"), ("--token", "-t"), "token", "huggingface/token"),),
    "az": (_Login(("login",), ("-p", "--password"), "password", ".azure"),),
    "gcloud": (_Login(("auth", "activate-service-account"), ("--key-file",), "service account key", ".config/gcloud"),),
    "twine": (_Login(("upload",), ("-p", "--password"), "password", ""),),
    "doctl": (_Login(("auth", "init"), ("-t", "--access-token"), "token", "doctl"),),
    "conan": (
        _Login(("login",), ("-p", "--password"), "password", ".conan2"),
        _Login(("user",), ("-p",), "password", ".conan"),
    ),
    "dotnet": (_Login(("nuget", "add", "source"), ("-p", "--password"), "password", "NuGet.Config"),),
    "nuget": (_Login(("sources", "add"), ("-Password", "-password"), "password", "NuGet.Config"),),
    "svn": (_Login((), ("--password",), "password", ".subversion"),),
    "twilio": (_Login(("login",), ("--auth-token",), "token", ".twilio-cli"),),
    "sentry-cli": (_Login(("login",), ("--auth-token",), "token", ".sentryclirc"),),
    "vercel": (_Login((), ("--token", "-t"), "token", ""),),
}
# (words, which the key is matched against, how many words from the end are secret, file)
_POSITIONAL: dict[str, tuple[tuple[tuple[str, ...], tuple[str, ...], str, str], ...]] = {
    "aws": ((("configure", "set"), ("secret_access_key", "session_token"), "AWS credentials", ".aws/credentials"),),
    "npm": (
        (("config", "set"), ("_auth", "_password"), "token", ".npmrc"),
        (("set",), ("_auth", "_password"), "token", ".npmrc"),
    ),
    "pnpm": (
        (("config", "set"), ("_auth", "_password"), "token", ".npmrc"),
        (("set",), ("_auth", "_password"), "token", ".npmrc"),
    ),
    "yarn": ((("config", "set"), ("_auth", "authtoken", "authident"), "token", ".yarnrc"),),
    "composer": (
        (("config",), ("http-basic.", "github-oauth.", "gitlab-token.", "bearer."), "credentials", "auth.json"),
    ),
    "poetry": ((("config",), ("pypi-token.", "http-basic."), "credentials", "auth.toml"),),
    "bundle": ((("config",), ("__", ".com", ".org", ".io"), "credentials", ".bundle/config"),),
    "mc": ((("alias", "set"), (), "access key", ".mc"), (("config", "host", "add"), (), "access key", ".mc")),
    "cargo": ((("login",), (), "token", ".cargo/credentials"),),
    "wandb": ((("login",), (), "API key", ".netrc"),),
    "snyk": ((("auth",), (), "token", "configstore/snyk"), (("config", "set"), ("api",), "token", "configstore/snyk")),
    "ngrok": ((("authtoken",), (), "token", "ngrok.yml"), (("config", "add-authtoken"), (), "token", "ngrok.yml")),
    "vault": ((("login",), (), "token", ".vault-token"),),
}
_PROGRAMS = frozenset((*_FLAGS, *_POSITIONAL, "git", "pip", "gh"))
_ALIASES = {"pip3": "pip", "pnpx": "npm"}
_STORES = (
    ".npmrc",
    ".netrc",
    "_netrc",
    ".git-credentials",
    ".pypirc",
    "pip.conf",
    ".yarnrc",
    ".yarnrc.yml",
    ".my.cnf",
    ".pgpass",
)
_MARKS = ("_auth", "_password", "password", "token", "://", "secret")
_WRITING = frozenset({">", ">>", ">|"})


def credentials(step: BuildStep, text: str) -> Iterator[Credential]:
    """The commands of a RUN that get a credential from the file itself, from the build's variables or from a mount."""
    if step.instruction.keyword != "RUN":
        return
    for call in step.invocations:
        for one in _of(call, step, text):
            if one.literal is not None or one.variables or one.mounted or one.file:
                yield one


def _of(call: Invocation, step: BuildStep, text: str) -> Iterator[Credential]:
    name = _ALIASES.get(call.name, call.name)
    if name not in _PROGRAMS:
        if call.redirects or name == "tee":
            yield from _stored(call, step, text)
        return
    for login in _FLAGS.get(name, ()):
        rest = _after(call, login.words)
        if rest is not None:
            yield from _flagged(call, name, login, rest, step, text)
            break
    for words, keys, kind, stores in _POSITIONAL.get(name, ()):
        rest = _after(call, words)
        if rest is not None:
            yield from _positional(f"{name} {' '.join(words)}", keys, kind, stores, rest, step, text)
            break
    if name in ("git", "pip"):
        yield from _urls(call, name, step, text)
    elif name == "gh" and _after(call, ("auth", "login")) is not None and call.input is not None:
        yield from _piped(call, "gh auth login", ".config/gh", step, text)
    yield from _stored(call, step, text)


def _after(call: Invocation, words: tuple[str, ...]) -> list[Argument] | None:
    """The arguments behind the subcommand, or None where the command is another one; flags may stand between."""
    rest = list(call.arguments)
    for word in words:
        at = next((at for at, one in enumerate(rest) if one.text == word), -1)
        if at < 0 or (at > 2 and any(not one.text.startswith("-") for one in rest[:at])):
            return None
        del rest[: at + 1]
    return rest


def _flagged(
    call: Invocation, name: str, login: _Login, rest: list[Argument], step: BuildStep, text: str
) -> Iterator[Credential]:
    command = " ".join((name, *login.words))
    for at, argument in enumerate(rest):
        for flag in login.flags:
            value = None
            if argument.text == flag and at + 1 < len(rest):
                value = rest[at + 1]
            elif argument.text.startswith(f"{flag}=") and len(flag) > 2:
                value = argument._replace(text=argument.text[len(flag) + 1 :])
            elif (
                len(flag) == 2 and argument.text.startswith(flag) and len(argument.text) > 2 and argument.text[1] != "-"
            ):
                value = argument._replace(text=argument.text[2:].removeprefix("="))
            if value is not None:
                one = _credential(command, login.kind, flag, value, step, text, login.stores)
                yield _key_file(one, value, step) if flag == "--key-file" else one
    if "--password-stdin" in call.words and call.input is not None:
        yield from _piped(call, command, login.stores, step, text)


def _key_file(one: Credential, path: Argument, step: BuildStep) -> Credential:
    """A key is read from a file: it stays where the command stores it, unless a secret mount brings the file."""
    mounted = any(mount.target == path.text for mount in step.mounts) or path.text.startswith(
        ("/run/secrets/", "/dev/")
    )
    return one._replace(literal=None, mounted=mounted, file="" if mounted else path.text)


def _piped(call: Invocation, command: str, stores: str, step: BuildStep, text: str) -> Iterator[Credential]:
    """`echo "$TOKEN" | docker login --password-stdin`."""
    source = call.input
    if source is not None and source.name in ("echo", "printf", "cat"):
        for argument in source.arguments[-1:]:
            one = _credential(command, "password", "", argument, step, text, stores)
            yield one._replace(literal=None) if source.name == "cat" else one


def _positional(
    command: str, keys: tuple[str, ...], kind: str, stores: str, rest: list[Argument], step: BuildStep, text: str
) -> Iterator[Credential]:
    words = [one for one in rest if not one.text.startswith("-")]
    if not keys:
        for one in words[-1:]:
            if one.text and "://" not in one.text:
                yield _credential(command, kind, "", one, step, text, stores)
        return
    for at, one in enumerate(words):
        key, sign, value = one.text.partition("=")
        if not any(mark in key.lower() for mark in keys):
            continue
        if sign:
            yield _credential(command, kind, key, one._replace(text=value), step, text, stores)
        elif at + 1 < len(words):
            yield _credential(command, kind, key, words[-1], step, text, stores)
        return


def _urls(call: Invocation, name: str, step: BuildStep, text: str) -> Iterator[Credential]:
    """User information in the URLs of git and of pip's configuration; other users of such URLs keep nothing."""
    words = call.words
    subcommand = next((word for word in words if not word.startswith("-") and "=" not in word), "")
    if name == "pip" and subcommand != "config":
        return
    stores = ".gitconfig" if subcommand == "config" else ".git/config"
    stores = "pip.conf" if name == "pip" else stores
    for argument in call.arguments:
        _, sign, rest = argument.text.partition("://")
        user, at, _ = rest.partition("@")
        if not sign or not at or not user or any(mark in user for mark in "/ ?#"):
            continue
        secret = user.rpartition(":")[2]
        if secret == user and (not argument.variables and argument.known) and not _is_token(user):
            continue
        yield _credential(
            f"{name} {subcommand}", "token", "", argument._replace(text=secret), step, text, stores, alone=False
        )


def _is_token(user: str) -> bool:
    """Whether a user's name in a URL looks like a token: long, letters and digits."""
    return len(user) >= 16 and any(letter.isdigit() for letter in user) and any(letter.isalpha() for letter in user)


def _stored(call: Invocation, step: BuildStep, text: str) -> Iterator[Credential]:
    """`echo "//registry/:_authToken=$TOKEN" > .npmrc` and its kin; a literal is told by its name elsewhere."""
    targets = [target.text for operator, target in call.redirects if operator in _WRITING]
    if call.name == "tee":
        targets += [one.text for one in call.arguments]
    store = next((name for name in _STORES for target in targets if target.endswith(name)), "")
    if not store:
        return
    source = call.input if call.name == "tee" and call.input is not None else call
    written = (*source.arguments, source.text) if source.text is not None else source.arguments
    if source.text is None and source.name not in ("echo", "printf", "cat"):
        return
    for one in written:
        if source.name == "cat" and one is not source.text and not one.text.startswith("/run/secrets"):
            continue
        if source.name == "cat" or any(mark in one.text.lower() for mark in _MARKS):
            found = _credential(f"writing {store}", "token", store, one, step, text, store, alone=False)
            bare = not found.variables and not found.mounted and one.known
            yield found._replace(literal=_netrc(one, text) if bare and "netrc" in store else None)


def _netrc(argument: Argument, text: str) -> Span | None:
    """The word behind `password` in a line of .netrc."""
    words = argument.text.replace("\\n", " ").split()
    for word, after in pairwise(words):
        if word == "password" and is_secret_value(after, "password"):
            return value_span(text, argument.span, after)
    return None


def _credential(
    command: str,
    kind: str,
    holder: str,
    argument: Argument,
    step: BuildStep,
    text: str,
    stores: str,
    *,
    alone: bool = True,
) -> Credential:
    """Where the credential comes from: it stands here, a variable of the build brings it, or a secret mount does.

    `alone` says that the whole word is the credential; else only variables with a secret's name bring it.
    """
    mounts = [mount for mount in step.mounts if mount.type in ("secret", "ssh")]
    if not argument.known and not argument.variables:
        argument = argument._replace(variables=tuple(_references(argument.text)))
    local = {name for call in step.invocations for name, _ in call.environment}
    local.update(mount.env for mount in mounts if mount.env)
    names = [name for name in argument.variables if name in step.variables and name not in local]
    variables = tuple(name for name in names if alone or secret_kind(name))
    hidden = not argument.known or bool(argument.variables) or "/run/secrets" in argument.text
    mounted = bool(mounts) and not variables and hidden
    literal = None
    if argument.known and not argument.variables and not mounted and is_secret_value(argument.text, kind, holder):
        literal = value_span(text, argument.span, argument.text)
    return Credential(command, kind, holder, argument.span, step, variables, literal, mounted, stores)


def _references(text: str) -> Iterator[str]:
    """The names after `$` in a text that nobody has expanded, such as a heredoc's."""
    for piece in text.split("$")[1:]:
        piece = piece.removeprefix("{")
        end = next((at for at, letter in enumerate(piece) if letter != "_" and not letter.isalnum()), len(piece))
        if end:
            yield piece[:end]
