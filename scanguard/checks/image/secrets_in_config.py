"""The secrets in an image's configuration and history, masked."""

import re
from collections.abc import Iterator

from scanguard.blame.nodes import Certainty
from scanguard.build.secret_literals import is_secret_value
from scanguard.build.secret_names import secret_kind
from scanguard.build.secret_text import named_values
from scanguard.build.secret_values import find_values
from scanguard.build.secrets import is_meant_to_be_seen, secrets
from scanguard.checks.image.history import Past, evaluated, history
from scanguard.image.problems import ImagePlace
from scanguard.model.record import NamedTuple
from scanguard.model.rule import Confidence, Severity
from scanguard.plugin import ImageScan

_DECLARATIONS = ("ARG", "ENV", "LABEL")
_LONGEST = 100_000
_NAME = re.compile(r"(?:^|\s)([A-Za-z_][\w.-]*)=")


class ConfigSecret(NamedTuple):
    """A secret: what it is, the provider's prefix, what holds it (`ENV`, `LABEL`, `ARG`, `RUN`) and under which name.

    `past` says that the history holds it, not the configuration.
    """

    kind: str
    shown: str
    setting: str
    name: str
    place: ImagePlace
    severity: Severity
    confidence: Confidence = Confidence.HIGH
    past: bool = True


def config_secrets(scan: ImageScan) -> Iterator[ConfigSecret]:
    """The secrets, the configuration's first; a value that both the configuration and the history have is told once."""
    told: set[str] = set()
    config = scan.image.config
    for setting, pairs in (("ENV", config.environment), ("LABEL", config.labels)):
        for name, value in pairs:
            for one in _of_pair(scan, setting, name, value[:_LONGEST], ImagePlace(setting=setting, key=name)):
                told.add(value.strip())
                yield one._replace(past=False)
    for past in history(scan):
        yield from _of_past(scan, past, told)


def _of_pair(scan: ImageScan, setting: str, name: str, value: str, place: ImagePlace) -> Iterator[ConfigSecret]:
    """A value known by its format is one, whoever set it; one known by its name is none that the base set for all."""
    values = [found for found in find_values(value) if not is_meant_to_be_seen(found.kind, name)]
    for found in values:
        yield ConfigSecret(found.kind, found.shown, setting, name, place, found.severity)
    kind = "" if values else secret_kind(name)
    if kind and is_secret_value(value, kind, name) and not _set_by_base(scan, setting, name):
        yield ConfigSecret(kind, "", setting, name, place, Severity.HIGH)


def _set_by_base(scan: ImageScan, setting: str, name: str) -> bool:
    return scan.blame is not None and scan.blame.setting(setting, name).certainty is Certainty.BASE


def _of_past(scan: ImageScan, past: Past, told: set[str]) -> Iterator[ConfigSecret]:
    text = f"{past.arguments} {past.text}"
    for value in find_values(text):
        if not _is_told(text[value.start : value.end], told):
            setting = "ARG" if value.start < len(past.arguments) else past.keyword
            name = _name_before(text, value.start) if setting in _DECLARATIONS else ""
            place = _argument(scan, past, name) if setting == "ARG" else past.place
            yield ConfigSecret(value.kind, value.shown, setting, name, place, value.severity)
    if past.own:
        yield from _declared(scan, past, told)
    if past.own and past.keyword == "RUN" and scan.build is None:
        yield from _of_command(past)


def _name_before(text: str, at: int) -> str:
    """The name of the pair whose value holds what begins at a place of a text; empty where there is none."""
    names = _NAME.findall(text[:at])
    return names[-1] if names else ""


def _argument(scan: ImageScan, past: Past, name: str) -> ImagePlace:
    """The place of a build argument: its first ARG, for every RUN after it has its value; the entry where no ARG is known."""
    if not name or not past.own or past.keyword != "RUN" or scan.blame is None:
        return past.place
    for one in history(scan)[: past.entry]:
        if one.own and one.keyword == "ARG" and name in (word.partition("=")[0] for word in one.text.split()):
            return one.place
    origin = scan.blame.setting("ARG", name)
    return past.place if not origin.spans or origin.certainty is Certainty.BASE else ImagePlace(setting="ARG", key=name)


def _declared(scan: ImageScan, past: Past, told: set[str]) -> Iterator[ConfigSecret]:
    """Build arguments and variables that are known by their names; a value that was told by its format is none again."""
    run = past.keyword == "RUN"
    text = past.arguments if run else past.text if past.keyword in _DECLARATIONS else ""
    for named in named_values(text, 0, len(text)):
        if not _is_told(text[named.start : named.end], told):
            place = _argument(scan, past, named.name) if run else past.place
            yield ConfigSecret(named.kind, "", "ARG" if run else past.keyword, named.name, place, Severity.HIGH)


def _is_told(value: str, told: set[str]) -> bool:
    """Whether a value was told before, alone, as a part of a longer one or around a shorter one; notes it."""
    if any(value in one or one in value for one in told):
        return True
    told.add(value)
    return False


def _of_command(past: Past) -> Iterator[ConfigSecret]:
    """What the symbolic build sees in a command, where no Dockerfile is there to be asked."""
    for secret in secrets(evaluated(past.text)):
        if secret.masked == "***":
            yield ConfigSecret(secret.kind, "", "RUN", secret.holder, past.place, secret.severity, secret.confidence)
