"""What the local docker daemon knows of base images. Only asked with `--daemon`; nothing is ever pulled.

https://docs.docker.com/reference/api/engine/: `GET /images/{name}/json`.
"""

from typing import Any

from scanguard.model.errors import TargetError
from scanguard.model.reference import ImageReference

_TIMEOUT = 10


class Daemon:
    """The docker daemon of the environment (`DOCKER_HOST`, the default socket). One answer per image is kept."""

    def __init__(self) -> None:
        self._client: Any = None
        self._users: dict[str, str | None] = {}

    def user(self, reference: ImageReference) -> str | None:
        """The default user of an image that the daemon holds (empty in its configuration means root), None where it holds none.

        Raises TargetError where the daemon cannot be reached or answers with an error.
        """
        name = str(reference)
        if name not in self._users:
            self._users[name] = self._ask(name)
        return self._users[name]

    def _ask(self, name: str) -> str | None:
        import docker
        import docker.errors
        import requests.exceptions

        try:
            if self._client is None:
                self._client = docker.from_env(timeout=_TIMEOUT)
            attributes = self._client.api.inspect_image(name)
        except docker.errors.NotFound:
            return None
        except (docker.errors.DockerException, requests.exceptions.RequestException) as error:
            message = "the docker daemon gave no answer; start it, set DOCKER_HOST, or leave out --daemon"
            raise TargetError(f"{message} ({type(error).__name__})") from error
        user = (attributes.get("Config") or {}).get("User") or "root"
        return str(user).partition(":")[0]
