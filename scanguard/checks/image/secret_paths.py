"""Which files of an image are secrets by their names."""

from scanguard.build.secret_files import FileKind, file_kind
from scanguard.build.secret_text import hinted, named_values
from scanguard.build.secret_values import find_values
from scanguard.checks.image.parts import is_foreign
from scanguard.image.nodes import Entry, Kind, LayerContents
from scanguard.model.rule import Confidence, Severity

_GNUPG = FileKind("a private key", Severity.CRITICAL, Confidence.HIGH)
# An empty object of JSON with its line end, or the like: settings that hold nothing.
_SMALLEST = 4
# Of these only some hold a secret: where one was read, its text decides.
_SETTINGS = "package registry credentials"


def secret_file(entry: Entry, layer: LayerContents) -> FileKind | None:
    """What the name of a file says that it is, None where it is no secret, is empty, or was read and holds none."""
    if entry.kind is not Kind.FILE or entry.size < _SMALLEST or is_foreign(entry.path):
        return None
    kind = _kind(entry.path)
    data = layer.texts.get(entry.path)
    if kind is None or data is None:
        return kind
    return _read(kind, data.decode("utf-8", "replace"))


def _read(kind: FileKind, text: str) -> FileKind | None:
    """What a file is whose text is known: settings of a package manager without a secret are only settings."""
    if _holds_secret(text):
        return kind._replace(confidence=Confidence.HIGH)
    if kind.kind == _SETTINGS:
        return None
    return kind._replace(severity=Severity.LOW)


def _kind(path: str) -> FileKind | None:
    if "/.gnupg/private-keys-v1.d/" in f"/{path}":
        return _GNUPG
    return file_kind(path)


def _holds_secret(text: str) -> bool:
    return bool(find_values(text)) or (hinted(text) and any(True for _ in named_values(text, 0, len(text))))
