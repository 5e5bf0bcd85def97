"""The words of declared rules: kinds of facts, what may be asked of each, and what messages may show."""

from collections.abc import Mapping
from typing import Final

KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "instruction": ("keyword", "text"),
    "command": ("name", "arguments", "option", "input"),
    "image": ("registry", "repository", "tag", "digest", "pinned"),
    "stage": ("name", "shipped", "builder"),
    "environment": ("name", "value"),
    "package": ("manager", "name", "version"),
    "path": ("path", "source", "by", "origin"),
    "user": ("name", "group", "root"),
    "label": ("name", "value"),
}
"""What may be asked of each kind of fact."""
TRUTHS: Final = frozenset(("pinned", "shipped", "builder", "root"))
"""Attributes that are true or false."""
GLOBS: Final = frozenset(("path", "source"))
"""Attributes that are paths: their patterns are globs in which `*` stops at `/`."""
SHOWN: Final[Mapping[str, tuple[str, ...]]] = {
    "instruction": ("keyword",),
    "command": ("name",),
    "image": ("image", "registry", "repository", "tag", "digest"),
    "stage": ("name",),
    "environment": ("name",),
    "package": ("manager", "name", "version"),
    "path": ("path",),
    "user": ("name",),
    "label": ("name",),
}
"""What the message of a rule may show of each kind; values that may hold secrets are not among them."""
EVERYWHERE: Final = ("stage", "instruction")
"""Kinds that may also be asked of the place of any other fact."""
DOCKER_HUB: Final = frozenset(("", "docker.io", "index.docker.io", "registry-1.docker.io"))
