"""Docker's contexts: which one is in force, and where its engine listens.

Docker finds them without a `config.json`, which its library for Python does not, so they are read here:
https://docs.docker.com/engine/manage-resources/contexts/.
"""

import json
import os
from collections.abc import Mapping
from typing import Any, Final

from scanguard.model.display import displayable
from scanguard.model.errors import TargetError
from scanguard.model.record import NamedTuple

DEFAULT: Final = "default"
_LARGEST: Final = 1 << 20
_FILES: Final = ("ca.pem", "cert.pem", "key.pem")


class Context(NamedTuple):
    """Where the engine of a context listens; `certificates` are paths (CA, certificate, key), empty where there is none."""

    host: str
    verify: bool
    certificates: tuple[str, str, str]


def current_context(environment: Mapping[str, str]) -> str:
    """The name of the context in force, `default` where none is chosen; empty where docker's configuration cannot be read."""
    named = environment.get("DOCKER_CONTEXT")
    if named:
        return named
    try:
        return str(_object(os.path.join(_folder(environment), "config.json")).get("currentContext") or DEFAULT)
    except FileNotFoundError:
        return DEFAULT
    except (OSError, ValueError, RecursionError):
        return ""


def read_context(name: str, environment: Mapping[str, str]) -> Context:
    """The context of this name. Raises TargetError where there is none, and where it cannot be read."""
    from hashlib import sha256

    folder = os.path.join(_folder(environment), "contexts")
    key = sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
    shown = displayable(name)
    try:
        endpoint = _object(os.path.join(folder, "meta", key, "meta.json"))["Endpoints"]["docker"]
        host, skips = endpoint["Host"], endpoint.get("SkipTLSVerify", False)
        if not isinstance(host, str) or not host:
            raise ValueError("no host")
    except FileNotFoundError as error:
        advice = "choose another with `docker context use`"
        raise TargetError(f"docker's context '{shown}' does not exist in '{displayable(folder)}'; {advice}") from error
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise TargetError(f"docker's context '{shown}' cannot be read; look at `docker context inspect`") from error
    paths = (os.path.join(folder, "tls", key, "docker", file) for file in _FILES)
    authority, certificate, private = (path if os.path.isfile(path) else "" for path in paths)
    return Context(host, not skips, (authority, certificate, private))


def _folder(environment: Mapping[str, str]) -> str:
    """Docker's directory of configuration."""
    named = environment.get("DOCKER_CONFIG") or os.path.join(environment.get("HOME") or "~", ".docker")
    return os.path.expanduser(named)


def _object(path: str) -> dict[str, Any]:
    """The JSON object in a file. Raises OSError and ValueError."""
    with open(path, "rb") as file:
        found = json.loads(file.read(_LARGEST))
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return found
