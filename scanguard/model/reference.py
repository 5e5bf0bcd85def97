"""Names of images, by the grammar of the distribution project.

https://github.com/distribution/reference: `[registry/]repository[:tag][@digest]`.
"""

from scanguard.model.record import NamedTuple

_LOWER_HEX = frozenset("0123456789abcdef")
_DIGEST_LENGTH = {"sha256": 64, "sha384": 96, "sha512": 128}
# The namespaces in which Docker Hub keeps the official images of one architecture.
_ARCHITECTURES = frozenset("amd64 arm32v5 arm32v6 arm32v7 arm64v8 i386 ppc64le riscv64 s390x".split())
_NAME = frozenset("abcdefghijklmnopqrstuvwxyz0123456789._-")
_TAG = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
_BEGINNINGS = ("/", "./", "../", "~")
_ENDINGS = ("/", ".tar", ".tar.gz", ".tgz", ".tar.zst", ".oci")


def is_path(target: str) -> bool:
    """Whether what names an image is meant as a path, by its form alone, whatever files there are.

    A path begins with `/`, `./`, `../` or `~`, ends in `/`, or has the ending of an archive.
    """
    return target in (".", "..") or target.startswith(_BEGINNINGS) or target.lower().endswith(_ENDINGS)


class ImageReference(NamedTuple):
    """An image's name in its parts, as written; `str()` gives the text back.

    `registry`, `tag` and `digest` are empty where they are not written. A digest that is none is kept in `digest`
    and named by `digest_error`; a name that no registry would take is named by `name_error`.
    """

    registry: str
    repository: str
    tag: str
    digest: str
    digest_error: str = ""
    name_error: str = ""

    def __str__(self) -> str:
        name = f"{self.registry}/{self.repository}" if self.registry else self.repository
        tag = f":{self.tag}" if self.tag else ""
        return f"{name}{tag}@{self.digest}" if self.digest or self.digest_error else f"{name}{tag}"

    @property
    def pinned(self) -> bool:
        """Whether a well-formed digest fixes the bytes."""
        return bool(self.digest) and not self.digest_error

    @property
    def familiar(self) -> str:
        """The repository as people say it: Docker Hub's host and its `library/` left out, mirrors of it too."""
        if self.registry in ("docker.io", "index.docker.io", "registry-1.docker.io", ""):
            first, slash, rest = self.repository.partition("/")
            return rest if slash and (first == "library" or first in _ARCHITECTURES) else self.repository
        if self.registry in ("mirror.gcr.io", "public.ecr.aws") and self.repository.startswith(
            ("library/", "docker/library/")
        ):
            return self.repository.removeprefix("docker/").removeprefix("library/")
        return f"{self.registry}/{self.repository}"

    @classmethod
    def parse(cls, text: str) -> "ImageReference":
        """Split a name; never fails, what is wrong is in `digest_error` and `name_error`."""
        name, at, digest = text.partition("@")
        registry, rest = _registry(name)
        colon = rest.rfind(":")
        tagged = rest.rfind("/") < colon < len(rest) - 1
        tag = rest[colon + 1 :] if tagged else ""
        repository = rest[:colon] if tagged else rest
        return cls(registry, repository, tag, digest, _digest_error(digest) if at else "", _name_error(repository, tag))


def _registry(name: str) -> tuple[str, str]:
    """Split off the registry: the first component, if it looks like a host (a dot, a port, upper case, localhost)."""
    if name.startswith("["):
        end = name.find("]")
        split = name.find("/", end)
        return (name[:split], name[split + 1 :]) if end > 0 and split > 0 else ("", name)
    first, slash, rest = name.partition("/")
    host = "." in first or ":" in first or first == "localhost" or first != first.lower()
    return (first, rest) if slash and host else ("", name)


def _digest_error(digest: str) -> str:
    algorithm, colon, value = digest.partition(":")
    if not colon:
        return "a digest is written algorithm:hex, as in sha256:<64 hexadecimal digits>"
    length = _DIGEST_LENGTH.get(algorithm)
    if length is None:
        return f"'{algorithm}' is not a known digest algorithm"
    if not _LOWER_HEX.issuperset(value):
        return "a digest holds lower-case hexadecimal digits only"
    if len(value) != length:
        return f"a {algorithm} digest has {length} digits, this one has {len(value)}"
    if len(set(value)) <= 2:
        return "the digest is a placeholder"
    return ""


def _name_error(repository: str, tag: str) -> str:
    if not repository:
        return "the name is empty"
    if repository.endswith(":") and not repository.startswith("["):
        return "a tag must follow the colon"
    if not _TAG.issuperset(tag) or len(tag) > 128 or tag.startswith((".", "-")):
        return f"'{tag}' is not a valid tag"
    for component in repository.split("/"):
        if not component or not _NAME.issuperset(component) or component[0] in "._-" or component[-1] in "._-":
            return f"'{repository}' is not a valid repository name"
    return ""
