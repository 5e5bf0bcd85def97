"""What git knows of a repository, asked so that nothing in the repository can act.

Only commands that read objects and the index are used, never one that compares the working tree: no filter, no textconv, no
external diff, no hook and no file monitor that a repository's configuration names is run, and nothing is fetched.
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Self

from scanguard.model.errors import ConfigurationError
from scanguard.model.record import NamedTuple
from scanguard.process import Dialogue, Ended, EndedEarlyError, run
from scanguard.sources.git_listings import index_entries, tree_entries
from scanguard.sources.git_objects import Objects

_SETTINGS = (
    "core.fsmonitor=false",
    "core.untrackedCache=false",
    "core.hooksPath=/dev/null",
    "core.sshCommand=false",
    "protocol.allow=never",
    "gc.auto=0",
)
_ENVIRONMENT = {
    "LC_ALL": "C",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",
    # For a git that does not know the line before: unlike protocol.allow, nothing in a configuration overrules it.
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
}
_PASSED_ON = ("GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_QUARANTINE_PATH")
"""Paths that git gives its hooks: the index of `git commit -a`, the objects of a push that is not accepted yet."""
_TIMEOUT = 120.0
_REVISION = re.compile(r"[^-\s\x00-\x1f\x7f:][^\s\x00-\x1f\x7f:]*")
_SIZE_LIMIT = 10_000_000
_WHOLE = "clone without --filter, or `git checkout` what is to be checked and compared"
_DEEPER = (
    "fetch its history (GitHub: `fetch-depth: 0` of actions/checkout; GitLab: `GIT_DEPTH: 0`; `git fetch --unshallow`)"
)


class Snapshot(NamedTuple):
    """The files of a commit or of the index: the object of each path (relative to the root, with `/`). No links."""

    objects: Mapping[str, str]


class Repository:
    """The repository whose working tree begins at `root`. A `with` block ends the processes that read its objects."""

    def __init__(self, root: str) -> None:
        self.root = root
        # Not a method: the processes are to end with the last reference to this object.
        program = _program()
        self._program = program
        self._objects = Objects(lambda option: _started([program, *_words("cat-file", option)], root))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._objects.close()

    def commit(self, revision: str) -> str:
        """The full name of a commit. Raises ConfigurationError, with what to do, where there is none."""
        if not _REVISION.fullmatch(revision):
            raise ConfigurationError(f"'{revision}' is not a revision; write a branch, a tag or a commit")
        found = self._ask("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
        if found is not None:
            return found
        if self._shallow():
            raise ConfigurationError(f"this clone is shallow and does not have '{revision}'; {_DEEPER}")
        remote = f"origin/{revision}"
        if self._ask("rev-parse", "--verify", "--quiet", f"{remote}^{{commit}}") is not None:
            raise ConfigurationError(f"there is no commit '{revision}' here; did you mean '{remote}'?")
        raise ConfigurationError(f"there is no commit '{revision}' here; check its spelling or `git fetch` it")

    def head(self) -> str | None:
        """The commit that is checked out, on a branch or not; None before the first one."""
        return self._ask("rev-parse", "--verify", "--quiet", "HEAD^{commit}")

    def base(self, revision: str, other: str) -> str:
        """The last common commit of two. Raises ConfigurationError where none is known."""
        first = self.commit(revision)
        found = self._ask("merge-base", first, other)
        if found is not None:
            return found
        if self._shallow():
            raise ConfigurationError(f"this clone is shallow and does not show where '{revision}' parts; {_DEEPER}")
        raise ConfigurationError(f"'{revision}' has no history in common with what is checked; name another revision")

    def common(self, one: str, other: str) -> str | None:
        """The last common commit of two that are here; None where there is none."""
        return self._ask("merge-base", one, other)

    def commit_of(self, name: str) -> str | None:
        """The commit that an object, named in full, is, or that it is a tag of; None where it is not here."""
        found = self._sizes((f"{name}^{{commit}}",))[0]
        return None if found is None else found[0]

    def unpushed_base(self, commit: str, remote: str) -> str | None:
        """The newest commit below `commit` that a remote is known to have; None where it has none of them.

        All remotes are asked where `remote` is empty.
        """
        known = f"--remotes={remote}" if remote else "--remotes"
        listed = self._must("rev-list", "--boundary", commit, "--not", known).decode("ascii", "replace").split()
        edges = [line[1:] for line in listed if line.startswith("-")]
        if not listed:
            return commit
        return self._ask("merge-base", "--independent", *edges[:100]) if edges else None

    def tree(self, commit: str) -> Snapshot:
        """The files of a commit."""
        output = self._must("ls-tree", "-r", "-z", "--full-tree", commit)
        return Snapshot(dict(tree_entries(output)))

    def index(self) -> Snapshot:
        """The files of the index, those in conflict left out."""
        return Snapshot(dict(index_entries(self._must("ls-files", "-z", "--stage", "--full-name"))))

    def working_names(self) -> tuple[str, ...]:
        """The paths in the working tree that git knows or would add."""
        output = self._must("ls-files", "-z", "--full-name", "--cached", "--others", "--exclude-standard")
        return tuple(sorted({os.fsdecode(name) for name in output.split(b"\0") if name}))

    def blobs(self, names: Iterable[str]) -> dict[str, bytes]:
        """The contents of objects; those of more than 10 MB are left out.

        Raises ConfigurationError where this clone does not have one of them.
        """
        wanted = sorted(set(names))
        if not wanted:
            return {}
        sizes = [found for found in self._sizes(wanted) if found is not None]
        if len(sizes) < len(wanted):
            raise ConfigurationError(f"this clone does not have the contents of all files; {_WHOLE}")
        small = [name for name, size in sizes if size <= _SIZE_LIMIT]
        with self._asking():
            read = self._objects.blobs(small) if small else ()
        return {name: data for name, data in zip(small, read, strict=True) if data is not None}

    def hooks(self) -> str:
        """The directory from which git runs this repository's hooks, wherever its configuration says that it is."""
        named = self._ask("config", "--type=path", "--get", "core.hooksPath", settings=())
        return os.path.join(self.root, named or os.path.join(self.git_directory(), "hooks"))

    def git_directory(self) -> str:
        """Where git keeps what is the repository's own: `.git`, or that of the main working tree."""
        return os.path.realpath(os.path.join(self.root, self._read("rev-parse", "--git-common-dir")))

    def branch(self) -> str:
        """The branch that is checked out, empty where none is."""
        return self._ask("symbolic-ref", "--quiet", "--short", "HEAD") or ""

    def origin(self) -> str:
        """The address of the remote `origin`, empty where there is none."""
        return self._ask("config", "--get", "remote.origin.url") or ""

    def _shallow(self) -> bool:
        return self._ask("rev-parse", "--is-shallow-repository") == "true"

    def _ask(self, *words: str, settings: tuple[str, ...] = _SETTINGS) -> str | None:
        """The one line that a command prints, None where it fails."""
        ended = self._run(*words, settings=settings)
        return ended.output.decode("utf-8", "replace").strip().split("\n")[0] if ended.code == 0 else None

    def _read(self, *words: str) -> str:
        return os.fsdecode(self._must(*words)).rstrip("\n")

    def _must(self, *words: str) -> bytes:
        """What a command prints. Raises ConfigurationError where it fails."""
        ended = self._run(*words)
        if ended.code:
            raise _failed(words[0], ended)
        return ended.output

    def _run(self, *words: str, settings: tuple[str, ...] = _SETTINGS) -> Ended:
        """Run git in the repository. Raises ConfigurationError where that is none, or where git does not want it."""
        command = [self._program, *_words(*words, settings=settings)]
        try:
            ended = run(command, timeout=_TIMEOUT, extra=_extra(os.environ), cwd=self.root)
        except OSError as error:
            raise _not_started(error) from error
        self._accept(words[0], ended)
        return ended

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Raises ConfigurationError where git gives up while it is asked for objects."""
        try:
            yield
        except EndedEarlyError as error:
            self._accept("cat-file", error.ended)
            raise _failed("cat-file", error.ended) from error

    def _sizes(self, names: Sequence[str]) -> tuple[tuple[str, int] | None, ...]:
        with self._asking():
            return self._objects.sizes(names)

    def _accept(self, command: str, ended: Ended) -> None:
        """Raises ConfigurationError where git did not end by itself, or says that it cannot read the repository."""
        if ended.timed_out:
            raise ConfigurationError(f"git {command} took more than {_TIMEOUT:.0f} seconds")
        message = ended.errors.decode("utf-8", "replace")
        if "dubious ownership" in message:
            advice = f"`git config --global --add safe.directory {self.root}`, if you trust it"
            raise ConfigurationError(f"git does not read a repository that belongs to somebody else; {advice}")
        if "promisor remote" in message:
            raise ConfigurationError(f"this clone is partial and does not have the contents of all files; {_WHOLE}")
        if "not a git repository" in message:
            raise ConfigurationError("this is not a git repository that git can read; check its `.git`")


def _started(command: list[str], root: str) -> Dialogue:
    """Raises ConfigurationError where git cannot be started."""
    try:
        return Dialogue(command, timeout=_TIMEOUT, extra=_extra(os.environ), cwd=root)
    except OSError as error:
        raise _not_started(error) from error


def _words(*words: str, settings: tuple[str, ...] = _SETTINGS) -> list[str]:
    """The arguments of git: what switches off all that a configuration could run, then the command."""
    named = [word for setting in settings for word in ("-c", setting)]
    return ["--no-pager", "--literal-pathspecs", *named, *words]


def _not_started(error: OSError) -> ConfigurationError:
    return ConfigurationError(f"git cannot be started: {error.strerror or error}")


def _failed(command: str, ended: Ended) -> ConfigurationError:
    return ConfigurationError(f"git {command} failed: {_first_line(ended.errors) or f'code {ended.code}'}")


def _program() -> str:
    """Git from PATH, never from a relative entry of it: the working directory may be somebody else's."""
    for directory in os.environ.get("PATH", os.defpath).split(os.pathsep):
        path = os.path.join(directory, "git.exe" if os.name == "nt" else "git")
        if os.path.isabs(directory) and os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    raise ConfigurationError("git is not installed, and what changed cannot be told without it; install git")


def _extra(given: Mapping[str, str]) -> dict[str, str]:
    """Git's environment; paths in it are those of the process's own working directory."""
    passed = {name: given[name] for name in _PASSED_ON if given.get(name)}
    for name in ("GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY"):
        if name in passed:
            passed[name] = os.path.abspath(passed[name])
    return {**_ENVIRONMENT, **passed}


def _first_line(errors: bytes) -> str:
    return errors.decode("utf-8", "replace").strip().split("\n")[0]
