"""`RUN --mount=…`: https://docs.docker.com/reference/dockerfile/#run---mount."""

from scanguard.dockerfile.nodes import Flag, Instruction, SyntaxProblem, Word
from scanguard.model.location import Span
from scanguard.model.record import NamedTuple
from scanguard.model.spelling import nearest

TYPES = ("bind", "cache", "tmpfs", "secret", "ssh")
SHARING = ("shared", "private", "locked")
_FIELDS = {
    "type": "type",
    "from": "source_stage",
    "source": "source",
    "src": "source",
    "target": "target",
    "dst": "target",
    "destination": "target",
    "id": "id",
    "env": "env",
    "required": "required",
    "readonly": "readonly",
    "ro": "readonly",
    "readwrite": "readwrite",
    "rw": "readwrite",
    "uid": "uid",
    "gid": "gid",
    "mode": "mode",
    "sharing": "sharing",
    "size": "size",
}
_WITH_OWNER = ("secret", "ssh", "cache")
_PLACES = {
    "required": ("secret", "ssh"),
    "size": ("tmpfs",),
    "sharing": ("cache",),
    "uid": _WITH_OWNER,
    "gid": _WITH_OWNER,
    "mode": _WITH_OWNER,
}
_BARE = ("readonly", "ro", "readwrite", "rw", "required")
# https://github.com/containers/buildah/blob/main/docs/buildah-build.1.md
_OF_BUILDAH = ("z", "Z", "U", "relabel=shared", "relabel=private")
_TRUE = ("1", "t", "T", "TRUE", "true", "True")
_FALSE = ("0", "f", "F", "FALSE", "false", "False")


class Mount(NamedTuple):
    """One `--mount`, variables not expanded. `type` is lower case; `source_stage` is the word after `from=`.

    `readonly` says how the mount is in the end: a bind, secret or ssh mount is read-only unless the flag says else.
    `required` is what is written, `true` for the bare key. `span` is that of the flag.
    """

    type: str
    span: Span
    source_stage: Word | None = None
    source: str | None = None
    target: str | None = None
    id: str | None = None
    env: str | None = None
    required: str | None = None
    readonly: bool = True
    uid: str | None = None
    gid: str | None = None
    mode: str | None = None
    sharing: str | None = None
    size: str | None = None

    @property
    def from_span(self) -> Span | None:
        """Where the value of `from=` stands."""
        return self.source_stage.span if self.source_stage else None


class _Field(NamedTuple):
    key: str
    value: Word | None
    span: Span


def mounts(instruction: Instruction) -> tuple[Mount, ...]:
    """The mounts of a RUN, in order; what is wrong in them is left out (`parse` has told it).

    https://docs.docker.com/reference/dockerfile/#run---mount
    """
    if not instruction.flags:
        return ()
    given = [(flag, flag.value) for flag in instruction.flags if flag.name == "mount"]
    return tuple([_mount(flag, _fields(value) or []) for flag, value in given if value is not None])


def check_mounts(instruction: Instruction, errors: list[SyntaxProblem]) -> None:
    """Put what BuildKit refuses in the mounts of a RUN to `errors`; values with variables are not judged."""
    for flag in instruction.flags:
        if flag.name == "mount" and flag.value is not None:
            _check(flag, flag.value, errors)


def is_of_buildah(text: str, span: Span) -> bool:
    """Whether this place of a file is a field of a mount that BuildKit refuses and Buildah knows."""
    field = text.startswith(",", span.start - 1) or text.endswith("--mount=", 0, span.start)
    return field and text[span.start : span.end] in _OF_BUILDAH


def _mount(flag: Flag, fields: list[_Field]) -> Mount:
    given: dict[str, Word | None] = {}
    readonly: bool | None = None
    for field in fields:
        name = _FIELDS.get(field.key)
        if name in ("readonly", "readwrite"):
            said = field.value is None or field.value.text in _TRUE
            readonly = said == (name == "readonly")
        elif name is not None and (field.value is not None or name == "required"):
            given[name] = field.value
    source_stage = given.pop("source_stage", None)
    texts = {name: word.text if word else "true" for name, word in given.items()}
    kind = texts.pop("type", "bind").lower()
    if readonly is None:
        readonly = kind not in ("cache", "tmpfs")
    return Mount(kind, flag.span, source_stage, readonly=readonly, **texts)


def _fields(value: Word) -> list[_Field] | None:
    """The fields of a value in CSV, or None where its quotes are wrong; https://www.rfc-editor.org/rfc/rfc4180."""
    text, at, fields = value.text, 0, []
    while at <= len(text):
        if text.startswith('"', at):
            stop = _closing(text, at + 1)
            if stop < 0 or text[stop + 1 : stop + 2] not in ("", ","):
                return None
            fields.append(_field(text[at + 1 : stop].replace('""', '"'), value, at + 1))
            at = stop + 2
        else:
            stop = text.find(",", at)
            stop = len(text) if stop < 0 else stop
            if '"' in text[at:stop]:
                return None
            fields.append(_field(text[at:stop], value, at))
            at = stop + 1
    return fields


def _closing(text: str, at: int) -> int:
    while (at := text.find('"', at)) >= 0 and text.startswith('""', at):
        at += 2
    return at


def _field(text: str, whole: Word, at: int) -> _Field:
    key, equals, value = text.partition("=")
    exact = whole.span.end - whole.span.start == len(whole.text)
    start = whole.span.start + at
    span = Span(start, start + len(text)) if exact else whole.span
    place = Span(start + len(key) + 1, start + len(text)) if exact else whole.span
    return _Field(key.lower(), Word(value, place) if equals else None, span)


# What BuildKit refuses -----------------------------------------------------------------------------------------------


def _check(flag: Flag, value: Word, errors: list[SyntaxProblem]) -> None:
    fields = _fields(value)
    if fields is None:
        message = f"--mount has a double quote out of place in {value.text!r}"
        errors.append(SyntaxProblem(message, value.span, "quote a whole field: '\"source=a,b\"'"))
        return
    mount = _mount(flag, fields)
    for field in fields:
        problem = _problem(field, mount.type)
        if problem:
            errors.append(SyntaxProblem(problem[0], field.span, problem[1]))
    if "$" not in value.text:
        _check_kind(mount, errors)


def _problem(field: _Field, kind: str) -> tuple[str, str] | None:
    key = field.key
    if key not in _FIELDS:
        guess = nearest(key, _FIELDS)
        return f"--mount has no key {key!r}", f"did you mean {guess}?" if guess else f"it has {', '.join(_FIELDS)}"
    if field.value is None:
        return None if key in _BARE else (f"the key {key} of --mount has no value", f"write {key}=<value>")
    text = field.value.text
    if key == "from" and "$" in text[:-1]:
        return (
            f"from={text} has a variable",
            "BuildKit expands none here: give the image a stage of its own and name that",
        )
    if "$" in text:
        return None
    return _bad_value(key, text) or _out_of_place(key, kind)


def _bad_value(key: str, text: str) -> tuple[str, str] | None:
    allowed: tuple[str, ...] = ()
    if key == "type":
        allowed = TYPES
    elif key == "sharing":
        allowed = SHARING
    if allowed and text.lower() not in allowed:
        guess = nearest(text, allowed)
        return f"--mount has {key}={text}", f"did you mean {guess}?" if guess else f"write one of {', '.join(allowed)}"
    if key in _BARE and text not in _TRUE + _FALSE:
        return f"--mount has {key}={text}", "write true or false"
    if key in ("uid", "gid") and not (text.isascii() and text.isdecimal()):
        return f"--mount has {key}={text}", "write a number"
    if key == "mode" and (not text or text.strip("01234567")):
        return f"--mount has {key}={text}", "write an octal number, such as 0400"
    return None


def _out_of_place(key: str, kind: str) -> tuple[str, str] | None:
    if "$" in kind or kind not in TYPES:
        return None
    if key in _PLACES and kind not in _PLACES[key]:
        return f"a mount of the type {kind} has no {key}", f"only {' and '.join(_PLACES[key])} mounts have it"
    return None


def _check_kind(mount: Mount, errors: list[SyntaxProblem]) -> None:
    if mount.type != "secret":
        return
    if mount.source_stage is not None and mount.source_stage.text:
        message, hint = "a secret mount has no from", "leave it out"
    elif not (mount.source or mount.target or mount.id):
        message, hint = "a secret mount has neither id nor target", "write id=<name>"
    elif mount.source and mount.id:
        message, hint = "a secret mount has id and source, which mean the same", "leave source out"
    else:
        return
    errors.append(SyntaxProblem(message, mount.span, hint))
