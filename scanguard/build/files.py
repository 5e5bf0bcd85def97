"""What a command does to files: paths written, paths deleted, downloads."""

from scanguard.build.commands import Argument, Invocation
from scanguard.build.model import BuildStep, Deleted, Download, Written
from scanguard.build.paths import resolve

_LAST = frozenset({"cp", "mv", "ln", "install", "rsync"})
_EVERY = frozenset({"touch", "mkdir", "tee", "truncate", "mkfifo"})
_OUTPUT = {
    "curl": ("-o", "--output"),
    "wget": ("-O", "--output-document"),
    "aria2c": ("-o", "--out"),
    "unzip": ("-d",),
    "tar": ("-C", "--directory"),
    "bsdtar": ("-C", "--directory"),
    "openssl": ("-out", "-keyout"),
    "ssh-keygen": ("-f",),
    "go": ("-o",),
    "gcc": ("-o",),
}
# Flags whose value is the next word: https://curl.se/docs/manpage.html, https://www.gnu.org/software/wget/manual/wget.html
_VALUES = {
    "curl": frozenset(
        "-o --output -H --header -u --user -A --user-agent -e --referer -x --proxy -d --data --data-binary --data-raw -F "
        "--form -X --request -m --max-time --connect-timeout --retry --retry-delay --retry-max-time -w --write-out -C "
        "--continue-at --cacert --cert -E --key -b --cookie -c --cookie-jar -T --upload-file -r --range --output-dir "
        "--resolve --limit-rate -y -Y -z -K --config --data-urlencode --ciphers --proto --tls-max --url-query".split()
    ),
    "wget": frozenset(
        "-O --output-document -P --directory-prefix --header -U --user-agent --user --password --referer -t --tries -T "
        "--timeout -w --wait --waitretry -e --execute -o --output-file -a --append-output -i --input-file -A --accept -R "
        "--reject -l --level -Q --quota --post-data --post-file --ca-certificate --certificate --private-key -X -I -D "
        "--progress --limit-rate --dns-timeout --connect-timeout --read-timeout --http-user --http-password".split()
    ),
    "aria2c": frozenset(
        "-o --out -d --dir -x --max-connection-per-server -s --split -j -k --min-split-size -t --timeout -U --user-agent "
        "--header --referer -m --max-tries -l --log --checksum -i --input-file --all-proxy".split()
    ),
}
_FOLDERS = {"curl": ("--output-dir",), "wget": ("-P", "--directory-prefix"), "aria2c": ("-d", "--dir")}
_REMOTE_NAME = frozenset({"-O", "--remote-name", "--remote-name-all"})


def written(call: Invocation, step: BuildStep) -> list[Written]:
    """The paths that a command creates, as far as its words tell."""
    found: list[Written] = []
    content = _content(call)
    for operator, target in call.redirects:
        if operator in (">", ">>", ">|", "&>", "&>>") and not target.text.startswith("/dev/"):
            _add(found, call, step, target, content)
    if call.name in _LAST:
        words = [argument for argument in call.arguments if not argument.text.startswith("-")]
        if len(words) > 1:
            _add(found, call, step, words[-1], None)
    elif call.name in _EVERY:
        for argument in call.arguments:
            if not argument.text.startswith("-"):
                _add(found, call, step, argument, content if call.name == "tee" else None)
    for flag in _OUTPUT.get(call.name, ()):
        value = _flag(call, flag)
        if value is not None and value.text != "-":
            _add(found, call, step, value, None)
    if call.name == "git" and "clone" in call.words[:4]:
        _clone(found, call, step)
    return found


def _clone(found: list[Written], call: Invocation, step: BuildStep) -> None:
    words = [argument for argument in call.arguments if not argument.text.startswith("-")]
    urls = [at for at, word in enumerate(words) if "://" in word.text or word.text.startswith("git@")]
    if not urls:
        return
    url = words[urls[0]]
    if urls[0] + 1 < len(words):
        _add(found, call, step, words[urls[0] + 1], None)
    else:
        name = url.text.rstrip("/").rpartition("/")[2].removesuffix(".git")
        _add(found, call, step, Argument(name, url.known, url.variables, url.span), None)


def _add(found: list[Written], call: Invocation, step: BuildStep, target: Argument, content: str | None) -> None:
    path = resolve(call.directory, target.text)
    if path is not None:
        found.append(Written(path, call.name, target.span, step, content))


def _content(call: Invocation) -> str | None:
    """What a command prints, where that can be told: echo, printf, cat and tee with a heredoc."""
    if call.text is not None:
        return call.text.text
    if call.name in ("echo", "printf"):
        return " ".join(word for word in call.words if word not in ("-e", "-n", "-en", "-ne"))
    if call.input is not None and call.name in ("tee", "cat"):
        return _content(call.input)
    return None


def _flag(call: Invocation, flag: str) -> Argument | None:
    """The value of a flag: the next word, what follows `=`, or what is glued to a short one."""
    words = call.arguments
    for at, argument in enumerate(words):
        text = argument.text
        if text == flag and at + 1 < len(words):
            return words[at + 1]
        if text.startswith("--") and text.startswith(f"{flag}="):
            return argument._replace(text=text[len(flag) + 1 :])
        glued = _glued(text, flag[1]) if len(flag) == 2 else None
        if glued == "" and at + 1 < len(words):
            return words[at + 1]
        if glued is not None and (glued == "-" or glued.startswith(("/", "."))):
            return argument._replace(text=glued)
    return None


def _glued(text: str, letter: str) -> str | None:
    """What follows a short flag in its own word, clusters included: `/a` of `-o/a`, `-` of `-qO-`, nothing of `-fsSLo`."""
    cluster, found, value = text[1:].partition(letter)
    if not text.startswith("-") or not found or not (cluster.isalpha() or not cluster):
        return None
    return value


def deleted(call: Invocation, step: BuildStep) -> list[Deleted]:
    """The paths that `rm`, `unlink`, `rmdir` and `shred -u` take away, and the old name of a moved file."""
    words = [argument for argument in call.arguments if not argument.text.startswith("-")]
    if call.name == "mv":
        words = words[:-1]
    elif call.name not in ("rm", "unlink", "rmdir", "shred"):
        return []
    result = []
    for argument in words:
        path = resolve(call.directory, argument.text)
        if path is not None:
            result.append(Deleted(path, argument.span, step))
    return result


def downloads(call: Invocation, step: BuildStep) -> list[Download]:
    """What curl, wget and aria2c fetch, where it goes."""
    if call.name not in ("curl", "wget", "aria2c"):
        return []
    urls: list[Argument] = []
    words = iter(call.arguments)
    for argument in words:
        if argument.text in _VALUES[call.name]:
            next(words, None)
        elif "://" in argument.text or (not argument.text.startswith("-") and not argument.known):
            urls.append(argument)
    return [Download(url.text, url.known, _destination(call, url.text), url.span, step) for url in urls]


def _destination(call: Invocation, url: str) -> str | None:
    """Where a download goes: the file that a flag names, else the URL's own name; None for standard output."""
    target = next(filter(None, (_flag(call, flag) for flag in _OUTPUT[call.name])), None)
    if target is not None:
        return None if target.text == "-" else resolve(call.directory, target.text)
    if call.name == "curl" and not any(word in _REMOTE_NAME or _glued(word, "O") == "" for word in call.words):
        return None
    folder = next(filter(None, (_flag(call, flag) for flag in _FOLDERS[call.name])), None)
    name = url.partition("?")[0].rpartition("/")[2]
    return resolve(resolve(call.directory, folder.text if folder else "."), name)
