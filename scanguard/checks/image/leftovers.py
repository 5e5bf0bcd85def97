"""Which files of an image are leftovers of its build, by their paths."""

from scanguard.checks.image.parts import is_foreign
from scanguard.model.record import NamedTuple
from scanguard.model.rule import Severity


class Leftover(NamedTuple):
    """What a file is left over from. `root` is the directory that goes as a whole, or the file itself.

    `together` says that what is below the root is one finding, told with its size.
    """

    what: str
    root: str
    severity: Severity
    together: bool


_REPOSITORIES = {
    ".git": "a Git repository",
    ".hg": "a Mercurial repository",
    ".svn": "a Subversion working copy",
}
# From the root of the file system.
_SYSTEM_CACHES = {
    "var/lib/apt/lists": "apt's package lists",
    "var/cache/apt": "apt's cache",
    "var/cache/apk": "apk's cache",
    "etc/apk/cache": "apk's cache",
    "var/cache/dnf": "dnf's cache",
    "var/cache/libdnf5": "dnf's cache",
    "var/cache/yum": "yum's cache",
    "var/cache/zypp": "zypper's cache",
    "var/cache/pacman/pkg": "pacman's cache",
}
_SYSTEM_ROOTS = tuple(f"{root}/" for root in _SYSTEM_CACHES)
# In a home directory, or wherever else a variable puts them.
_HOME_CACHES = {
    ".cache/pip": "pip's cache",
    ".cache/uv": "uv's cache",
    ".cache/pypoetry": "Poetry's cache",
    ".cache/yarn": "Yarn's cache",
    ".cache/go-build": "Go's build cache",
    ".npm/_cacache": "npm's cache",
    ".cargo/registry": "Cargo's cache",
}
_BUILD_FILES = frozenset(
    "dockerfile containerfile .dockerignore docker-compose.yml docker-compose.yaml compose.yml compose.yaml "
    "docker-bake.hcl .gitlab-ci.yml jenkinsfile".split()
)
_HISTORIES = frozenset(
    ".bash_history .ash_history .zsh_history .sh_history .python_history .node_repl_history .mysql_history "
    ".psql_history .sqlite_history .rediscli_history .viminfo .lesshst".split()
)
_EDITORS = (".swp", ".swo", ".orig", ".rej", "~")
_EDITOR_FILES = frozenset((".ds_store", "thumbs.db", "desktop.ini"))
_EDITOR_FOLDERS = frozenset((".idea", ".vscode"))


def leftover(path: str) -> Leftover | None:
    """What a file is left over from, None for anything else."""
    found = _cache(path)
    if found is not None or is_foreign(path):
        return found
    parts = path.split("/")
    for at, part in enumerate(parts[:-1]):
        if part in _REPOSITORIES:
            return Leftover(_REPOSITORIES[part], "/".join(parts[: at + 1]), Severity.MEDIUM, together=True)
        if part in _EDITOR_FOLDERS:
            return Leftover("settings of an editor", "/".join(parts[: at + 1]), Severity.NOTE, together=True)
    return _by_name(path, parts[-1].lower())


def _cache(path: str) -> Leftover | None:
    if path.startswith(_SYSTEM_ROOTS):
        root = next(root for root in _SYSTEM_CACHES if path.startswith(f"{root}/"))
        return Leftover(_SYSTEM_CACHES[root], root, Severity.LOW, together=True)
    if "/." not in f"/{path}":
        return None
    for place, what in _HOME_CACHES.items():
        at = f"/{path}".find(f"/{place}/")
        if at >= 0:
            return Leftover(what, path[: at + len(place)], Severity.LOW, together=True)
    return None


def _by_name(path: str, name: str) -> Leftover | None:
    if (
        name in _BUILD_FILES
        or name.endswith(".dockerfile")
        or (name.startswith("dockerfile.") and name.count(".") == 1)
    ):
        return Leftover("a file of the build", path, Severity.NOTE, together=False)
    if name in _HISTORIES:
        return Leftover("the history of a shell or a program", path, Severity.LOW, together=False)
    if name in _EDITOR_FILES or (name.endswith(_EDITORS) and not name.startswith("~")):
        return Leftover("a file of an editor or a desktop", path, Severity.NOTE, together=False)
    return None
