"""The local docker daemon: what it knows of base images (`--daemon`), and the images that it holds (`--image`).

https://docs.docker.com/reference/api/engine/: `GET /images/{name}/json`, `GET /images/{name}/get`, `POST /images/create`.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from scanguard.model.display import displayable
from scanguard.model.errors import TargetError
from scanguard.model.record import NamedTuple
from scanguard.model.reference import ImageReference
from scanguard.sources.docker_context import DEFAULT, Context, current_context, read_context
from scanguard.sources.engine_socket import answer, is_socket, local_address, opened, sockets
from scanguard.sources.engine_words import no_address, reason, shown

_TIMEOUT = 10
_SAVE_TIMEOUT = 600
"""Seconds between two pieces; old daemons write the whole archive before they send its first byte."""
_CHUNK = 1 << 18


class Endpoint(NamedTuple):
    """Where a daemon listens; `tls` is docker's own configuration of certificates, or None."""

    address: str
    tls: Any = None


class Daemon:
    """The docker daemon of the environment: `DOCKER_HOST`, docker's current context, the usual sockets, podman's last.

    One answer per image is kept.
    """

    def __init__(self) -> None:
        self._client: Any = None
        self._users: dict[str, str | None] = {}
        self.address = ""

    def user(self, reference: ImageReference) -> str | None:
        """The default user of an image that the daemon holds (empty in its configuration means root), None where it holds none.

        Raises TargetError where the daemon cannot be reached or answers with an error.
        """
        name = str(reference)
        if name not in self._users:
            self._users[name] = self._ask(name)
        return self._users[name]

    def inspect(self, name: str) -> Mapping[str, Any] | None:
        """What the daemon says of an image, None where it has none of this name. Raises TargetError as `user` does."""
        with self._telling(name):
            found = self._described(name) or self._inspected(name)
            if found is not None and not _is_description(found):
                raise TargetError(
                    f"the docker daemon at {shown(self.address)} answered something else than an image", name
                )
            return found

    def history(self, name: str) -> tuple[Mapping[str, Any], ...]:
        """The history of an image, the last entry first. Raises TargetError as `user` does."""
        with self._telling(name):
            quick = self._quick(f"/images/{name}/history")
            if isinstance(quick, list):
                return tuple(quick)
            self.connect()
            found: list[Mapping[str, Any]] = self._client.history(name)
            return tuple(found)

    @contextmanager
    def saved(self, name: str) -> Iterator[Iterator[bytes]]:
        """An archive of an image in pieces, as `docker save` writes it. Raises TargetError where the daemon breaks off."""
        local = self._local()
        with opened(local, f"/images/{name}/get", _SAVE_TIMEOUT) as quick:
            if quick is not None:
                self.address = local
                yield self._pieces(name, quick)
                return
        with self._telling(name):
            self.connect()
            self._client.timeout = _SAVE_TIMEOUT
            pieces = self._client.get_image(name, chunk_size=_CHUNK)
        try:
            yield self._pieces(name, pieces)
        finally:
            pieces.close()

    def pull(self, reference: ImageReference, platform: str) -> None:
        """Let the daemon fetch an image. Raises TargetError with what the daemon says where it cannot."""
        name = str(reference)
        repository = f"{reference.registry}/{reference.repository}" if reference.registry else reference.repository
        with self._telling(name):
            self.connect()
            self._client.timeout = _SAVE_TIMEOUT
            tag = reference.digest or reference.tag or "latest"
            events = self._client.pull(repository, tag, stream=True, decode=True, platform=platform or None)
            for event in events:
                if event.get("error"):
                    raise TargetError(f"could not be pulled: {displayable(str(event['error']))}", name)

    def connect(self) -> None:
        """Find the daemon. Raises docker's errors where there is none."""
        import docker
        import docker.errors

        if self._client is not None:
            return
        failure: Exception | None = None
        for endpoint in endpoints(os.environ):
            self.address = endpoint.address
            over_ssh = endpoint.address.startswith("ssh://")
            try:
                self._client = docker.APIClient(
                    endpoint.address,
                    version="auto",
                    timeout=_TIMEOUT,
                    tls=endpoint.tls or False,
                    use_ssh_client=over_ssh,
                )
                return
            except docker.errors.DockerException as error:
                failure = failure or error
        raise failure or docker.errors.DockerException("No such file")

    def _described(self, name: str) -> Mapping[str, Any] | None:
        quick = self._quick(f"/images/{name}/json")
        return quick if isinstance(quick, dict) else None

    def _local(self) -> str:
        """The engine's address where it needs no library; empty where it does, and where the library is loaded already."""
        return local_address(os.environ) if self._client is None else ""

    def _quick(self, path: str) -> Any:
        """What an engine on a local socket answers; None where there is none, or where it does not answer plainly."""
        local = self._local()
        self.address = local or self.address
        return answer(local, path)

    def _inspected(self, name: str) -> Mapping[str, Any] | None:
        import docker.errors

        self.connect()
        try:
            found: Mapping[str, Any] = self._client.inspect_image(name)
        except docker.errors.NotFound:
            return None
        return found

    def _ask(self, name: str) -> str | None:
        attributes = self._described_somehow(name)
        if attributes is None:
            return None
        user = (attributes.get("Config") or {}).get("User") or "root"
        return str(user).partition(":")[0]

    def _described_somehow(self, name: str) -> Mapping[str, Any] | None:
        try:
            quick = self._described(name)
        except TimeoutError as error:
            raise self._silent(error) from error
        if quick is not None:
            return quick
        import docker.errors
        import requests.exceptions

        try:
            return self._inspected(name)
        except (docker.errors.DockerException, requests.exceptions.RequestException) as error:
            raise self._silent(error) from error

    def _pieces(self, name: str, pieces: Iterator[bytes]) -> Iterator[bytes]:
        with self._telling(name):
            yield from pieces

    @contextmanager
    def _telling(self, name: str) -> Iterator[None]:
        """Turn the errors of docker's library, and of the socket, into ours."""
        try:
            yield
        except TargetError:
            raise
        except Exception as error:
            told = self._told(name, error)
            if told is None:
                raise
            raise told from error

    def _told(self, name: str, error: Exception) -> TargetError | None:
        import docker.errors
        import requests.exceptions
        import urllib3.exceptions

        if isinstance(error, docker.errors.APIError):
            said = displayable(str(error.explanation or error.status_code))
            return TargetError(f"the docker daemon at {shown(self.address)} answered: {said}", name)
        others = (requests.exceptions.RequestException, urllib3.exceptions.HTTPError, OSError)
        if not isinstance(error, (docker.errors.DockerException, *others)):
            return None
        where = f" at {shown(self.address)}" if self.address else ""
        return TargetError(f"the docker daemon{where} gave no answer: {reason(error)}", name)

    def _silent(self, error: Exception) -> TargetError:
        told = self._told("", error)
        said = str(error) if told is None else told.message
        return TargetError(f"{said} (without --daemon it is not asked)")


def _is_description(found: object) -> bool:
    """Whether an answer has the form of an image's description, as far as it is used without further questions."""
    if not isinstance(found, Mapping):
        return False
    return all(isinstance(found.get(key) or [], list) for key in ("RepoTags", "RepoDigests"))


def endpoints(environment: Mapping[str, str]) -> Iterator[Endpoint]:
    """Where a daemon may listen, the likeliest first: one named by the user is the only one.

    Raises TargetError where that one is no address, and where the current context of docker does not exist.
    """
    from docker.errors import DockerException
    from docker.utils import kwargs_from_env, parse_host

    host = environment.get("DOCKER_HOST")
    if host:
        try:
            parse_host(host)
        except (DockerException, ValueError) as error:
            raise TargetError(no_address(host)) from error
        given = kwargs_from_env(environment=dict(environment))
        yield Endpoint(given["base_url"], given.get("tls"))
        return
    context = _context(environment)
    if context is not None:
        yield context
        return
    found = [path for path in sockets(environment) if is_socket(path)]
    yield from (Endpoint(f"unix://{path}") for path in found or ["/var/run/docker.sock"])


def _context(environment: Mapping[str, str]) -> Endpoint | None:
    """The endpoint of docker's current context; None for the default one."""
    name = current_context(environment)
    if name in ("", DEFAULT):
        return None
    found = read_context(name, environment)
    return Endpoint(found.host, _certificates(name, found) if any(found.certificates) else None)


def _certificates(name: str, context: Context) -> Any:
    """The certificates of a context as docker's library takes them. Raises TargetError where it does not."""
    from docker.errors import TLSParameterError
    from docker.tls import TLSConfig

    authority, certificate, private = context.certificates
    try:
        client = (certificate, private) if certificate or private else None
        return TLSConfig(client, authority or None, verify=context.verify)
    except TLSParameterError as error:
        raise TargetError(
            f"the certificates of docker's context '{displayable(name)}' are not complete; make it again"
        ) from error
