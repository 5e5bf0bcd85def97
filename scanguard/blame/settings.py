"""Which instruction sets which part of an image's configuration, and whether the image holds what it sets."""

from scanguard.blame.expected import fixed
from scanguard.blame.wording import EXPOSED, plain, port_list
from scanguard.build.model import BuildStep
from scanguard.build.paths import resolve
from scanguard.image.nodes import Configuration


def sets(step: BuildStep, keyword: str, key: str) -> bool:
    """Whether a step sets this part: a variable or label of that name, a port, a volume; any where `key` is empty."""
    instruction = step.instruction
    if instruction.keyword != keyword:
        return False
    if not key:
        return True
    if instruction.pairs:
        return any(plain(pair.name.text) == key for pair in instruction.pairs)
    texts = [value.text for value in step.words]
    if keyword == "EXPOSE":
        ports = port_list(EXPOSED.findall(" ".join(texts)))
        return any(port in ports for port in port_list([key])) or not all(value.known for value in step.words)
    return key in texts or keyword not in ("VOLUME", "EXPOSE")


def held(step: BuildStep, keyword: str, key: str, config: Configuration) -> bool | None:
    """Whether the image's configuration has what a step sets; None where that cannot be told."""
    if keyword in ("ENV", "LABEL"):
        return _pair(step, key, dict(config.environment if keyword == "ENV" else config.labels))
    if keyword in ("CMD", "ENTRYPOINT"):
        words = plain(" ".join(config.command if keyword == "CMD" else config.entrypoint))
        own = plain(" ".join(word.text for word in step.instruction.words))
        return True if words == own or words.endswith(f" {own}") else None
    if keyword not in ("USER", "WORKDIR") or not step.words or not fixed(step, step.words[0]):
        return None
    text = step.words[0].text
    if keyword == "USER":
        return config.user == text
    return None if not text.startswith("/") else resolve("/", config.directory) == resolve("/", text)


def _pair(step: BuildStep, key: str, values: dict[str, str]) -> bool | None:
    if not key:
        return None
    if key not in values:
        return False
    for pair, value in zip(step.instruction.pairs, step.words, strict=False):
        if plain(pair.name.text) == key and fixed(step, value):
            return values[key] == value.text
    return None
