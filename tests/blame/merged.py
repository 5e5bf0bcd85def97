"""Programs whose instructions are made into one layer, run on a file system of a few paths: who made what is known.

Nothing here uses the code under test.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from scanguard.image.nodes import Configuration, Entry, HistoryEntry, Image, Kind, LayerContents

FILES = ("/usr/bin/cat", "/usr/bin/tool", "/app/a", "/app/b", "/app/conf/c", "/etc/d")
FOLDERS = ("/app", "/app/conf", "/etc", "/usr/bin")
MODES = ("u+s", "4755", "755", "g+s", "a+s", "+x", "2755", "ug=rxs", "u+s,g-s", "0644")
OWN = "/usr/local/bin/tail"
DIRECTORIES = ("app", "app/conf", "etc", "srv", "tmp", "usr", "usr/bin", "usr/local", "usr/local/bin")
BASE = 0


@dataclass(frozen=True)
class File:
    """A file: who had a part in its contents, the contents, its mode, and who set each of the set-id bits."""

    makers: frozenset[int]
    text: str
    mode: int = 0o755
    setters: tuple[int, int] = (BASE, BASE)


@dataclass
class World:
    """The file system while a layer is made; `touched` are the paths that the layer will hold."""

    files: dict[str, File]
    pick: random.Random
    touched: set[str] = field(default_factory=set)

    def write(self, path: str, step: int, mode: int | None = None, *, append: bool = False) -> None:
        old = self.files.get(path)
        text = f"{step}{self.pick.random()}"
        made = File(
            frozenset((step,)), text, 0o644 if old is None else old.mode, (step, step) if old is None else old.setters
        )
        if append and old is not None:
            made = replace(made, makers=made.makers | old.makers, text=old.text + text)
        self.files[path] = made
        self.touched.add(path)
        if mode is not None:
            self.chmod(path, step, mode, mode & 0o6000)

    def chmod(self, path: str, step: int, mode: int, given: int) -> None:
        old = self.files.get(path)
        if old is not None:
            setters = tuple(step if given & bit else old.setters[at] for at, bit in enumerate((0o4000, 0o2000)))
            self.files[path] = replace(old, mode=mode, setters=setters)
            self.touched.add(path)


def _changed(mode: str, old: int) -> tuple[int, int]:
    """The mode after a symbolic or octal change, as far as set-id bits go, and which of them the change sets."""
    if mode.isdigit():
        return int(mode, 8), int(mode, 8) & 0o6000
    given = 0
    for clause in mode.split(","):
        sign = next(one for one in clause if one in "+-=")
        who, what = clause.split(sign)
        named = who.replace("a", "ug") or "ug"
        every = 0o4000 * ("u" in named) + 0o2000 * ("g" in named)
        bits = every * ("s" in what)
        old = (old & ~every if sign == "=" else old) | bits if sign != "-" else old & ~bits
        given = given & ~bits if sign == "-" else given | bits
    return old, given


def _spelled(path: str, pick: random.Random) -> str:
    """A path as somebody may write it: by the link of a merged /usr."""
    return path.removeprefix("/usr") if path.startswith("/usr/bin") and pick.random() < 0.5 else path


Line = tuple[str, str]


def _copy(world: World, step: int) -> Line:
    pick = world.pick
    folder = pick.choice(FOLDERS)
    under = [path for path in FILES if path.startswith(f"{folder}/")]
    for path in pick.sample(under, pick.randint(0, len(under))):
        world.write(
            path, step, pick.choice((None, 0o755, 0o4755)) or world.files.get(path, File(frozenset(), "", 0o644)).mode
        )
    shown = _spelled(folder, pick)
    target = pick.choice((shown, f"{shown}/"))
    return f"COPY src{step} {target}", target


def _opaque(world: World, step: int) -> Line:
    _stirred(world, step)
    return f"RUN make step{step}", ""


def _chmod(world: World, step: int) -> str:
    path, mode = world.pick.choice(FILES), world.pick.choice(MODES)
    if world.pick.random() < 0.2:
        folder = world.pick.choice(FOLDERS)
        for one in [one for one in world.files if one.startswith(f"{folder}/")]:
            world.chmod(one, step, *_changed(mode, world.files[one].mode))
        return f"chmod -R {mode} {_spelled(folder, world.pick)}"
    if path not in world.files:
        return "true"
    world.chmod(path, step, *_changed(mode, world.files[path].mode))
    return f"chmod {mode} {_spelled(path, world.pick)}"


def _chown(world: World, _: int) -> str:
    folder = world.pick.choice(FOLDERS)
    for path in [one for one in world.files if one.startswith(f"{folder}/")]:
        world.files[path] = replace(world.files[path], mode=world.files[path].mode & 0o777)
        world.touched.add(path)
    return f"chown -R app {_spelled(folder, world.pick)}"


def _remove(world: World, _: int) -> str:
    path = world.pick.choice(FILES)
    world.files.pop(path, None)
    return f"rm -f {_spelled(path, world.pick)}"


def _echo(world: World, step: int) -> str:
    path = world.pick.choice(FILES)
    append = world.pick.random() < 0.3
    world.write(path, step, append=append)
    return f"echo x{step} {'>>' if append else '>'} {_spelled(path, world.pick)}"


def _move(world: World, step: int) -> str:
    here, there = world.pick.sample(FILES, 2)
    if here not in world.files:
        return "true"
    name = world.pick.choice(("cp", "mv"))
    mode = world.files[here].mode
    world.write(there, step, mode if name == "mv" else None)
    if name == "mv":
        world.files.pop(here)
    return f"{name} {_spelled(here, world.pick)} {_spelled(there, world.pick)}"


def _stirred(world: World, step: int) -> None:
    """Anything that a program of the user's own may do."""
    for path in FILES:
        what = world.pick.random()
        if what < 0.15:
            world.write(path, step)
        elif what < 0.25:
            mode = world.pick.choice((0o4755, 0o2755, 0o755))
            world.chmod(path, step, mode, mode & 0o6000)
        elif what < 0.3:
            world.files.pop(path, None)


COMMANDS: tuple[Callable[[World, int], str], ...] = (_chmod, _chmod, _chown, _remove, _echo, _move)


def _list(world: World, step: int) -> str:
    commands = [world.pick.choice(COMMANDS)(world, step) for _ in range(world.pick.randint(1, 2))]
    if world.pick.random() < 0.2:
        folder = world.pick.choice(FOLDERS)
        commands = [f"cd {folder}", *commands, "ls"]
    return " && ".join(commands)


def _run(world: World, step: int) -> Line:
    text = world.pick.choice((_list, _list, _list, _strict))(world, step)
    return f"RUN {text}", text


def _trap(world: World, step: int) -> Line:
    text = world.pick.choice((_never, _never, _hidden))(world, step)
    return f"RUN {text}", text


def _strict(world: World, step: int) -> str:
    """Commands that all ran and succeeded, as the shell was asked to stop where one does not."""
    commands = [world.pick.choice(COMMANDS)(world, step) for _ in range(world.pick.randint(1, 3))]
    guard = world.pick.choice(("", "", "test -d /etc || exit 1; ", "cd / && ls; ", "cd /; "))
    return f"{world.pick.choice(('set -eux', 'set -e', 'set -o errexit'))}; {guard}{'; '.join(commands)}"


NEVER = (
    "exit 0; {}",
    "(exit 0; {})",
    "test -f /none || exit 0; {}",
    "[ -d /etc ] && exit; {}",
    "if [ ! -f /none ]; then exit 0; fi; {}",
    "{{ ls / && exit 0; }}; {}",
    "X=exit; $X 0; {}",
    "set -n; {}",
    "set -e; set -n; {}",
    "ls /none && {}; true",
    "cat /none && {} || true",
    "grep -q x /none && {}; ls",
    "cp /none /etc/e && {}; exit 0",
    "set -e; mkdir /none/x && {}; true",
    "set +e; rmdir /none && {}; ls /",
    "read x < /none && {} || :",
    "false && {} || true",
    "for i in; do {}; done",
    "f() {{ {}; }}; true",
    "! ls / && {} || true",
    "! true || ls && test -f /none && {} || true",
)
"""Scripts that succeed without a run of what stands in them."""


def _never(world: World, step: int) -> str:
    aside = World(dict(world.files), world.pick)
    if world.pick.random() < 0.1:
        return f"chmod() {{ true; }}; {_chmod(aside, step)}"
    return world.pick.choice(NEVER).format(world.pick.choice(COMMANDS)(aside, step))


def _hidden(world: World, step: int) -> str:
    """What leads to a file, or to a program, by another name than it seems."""
    return world.pick.choice((_misplaced, _linked, _linked, _called, _called))(world, step)


def _misplaced(world: World, step: int) -> str:
    """A `cd` that fails: all is done in the directory before it, the root."""
    path = world.pick.choice(FILES)
    world.write(path, step)
    return world.pick.choice((
        f"cd /none; echo x > {path[1:]}",
        f"cd /none || true; echo x > {path[1:]}",
        f"cd /none || cd /; echo x > {path[1:]}",
        f"cd /none && ls; echo x > {path[1:]}",
        f"test -d /none && cd /none; echo x > {path[1:]}",
    ))  # fmt: skip


def _linked(world: World, step: int) -> str:
    """A symbolic link that no layer shows."""
    path = world.pick.choice(FILES)
    folder, _, name = path.rpartition("/")
    if world.pick.random() < 0.5 and path in world.files:
        mode = world.pick.choice(MODES)
        world.chmod(path, step, *_changed(mode, world.files[path].mode))
        return f"ln -s {folder} /tmp/l && chmod {mode} /tmp/l/{name} && rm /tmp/l"
    world.write(path, step)
    return world.pick.choice((
        f"ln -s {folder} /tmp/l && echo x > /tmp/l/{name} && rm /tmp/l",
        f"ln -s {path} /tmp/l && echo x > /tmp/l && rm -f /tmp/l",
        f"cd /tmp && ln -s {folder} && cd / && echo x > /tmp/{folder.rpartition('/')[2]}/{name} && rm -r /tmp/*",
        f"mv /srv /old && ln -s {folder} /srv && echo x > /srv/{name} && rm /srv && mv /old /srv",
    ))  # fmt: skip


def _called(world: World, step: int) -> str:
    """Programs of the user's own that have the names of common ones."""
    _stirred(world, step)
    return world.pick.choice((
        "./test", "app/test", "/app/date", "/srv/ls /", "PATH=/srv:$PATH ls", "PATH=/srv; ls", "export PATH=/srv && ls",
        "cp /srv/wc /usr/local/bin/ && wc /etc/hosts; rm /usr/local/bin/wc", "ls() { make; }; ls", "alias ls=make; ls",
    ))  # fmt: skip


def _brought(world: World, step: int) -> Line:
    """A program of the user's own, in a place where the shell finds it first."""
    world.write(OWN, step)
    return f"COPY tail {OWN}", OWN


def _found(world: World, step: int) -> Line:
    if OWN in world.files:
        _stirred(world, step)
        if world.pick.random() < 0.5:
            world.files.pop(OWN)
            return f"RUN tail /etc/hosts && rm {OWN}", f"tail /etc/hosts && rm {OWN}"
    return "RUN tail /etc/hosts", "tail /etc/hosts"


EVERYDAY: tuple[Callable[[World, int], Line], ...] = (_copy, _copy, _run, _run, _run, _opaque)
STEPS = (*EVERYDAY, *EVERYDAY, _trap, _trap, _trap, _trap, _brought, _found, _found)


@dataclass(frozen=True)
class Case:
    """A Dockerfile, the image of it, what its two layers hold, and the files at the end. Step n stands on line n + 1."""

    text: str
    image: Image
    contents: tuple[LayerContents, LayerContents]
    base: dict[str, File]
    files: dict[str, File]

    def hashes(self, layer: int, path: str) -> tuple[int, str] | None:
        held = (self.base, self.files)[layer].get(f"/{path}")
        return None if held is None else (len(held.text), held.text)


def case(seed: int, steps: tuple[Callable[[World, int], Line], ...] = STEPS) -> Case:
    """A random program of such steps on a random base with a merged /usr."""
    pick = random.Random(seed)
    base = {
        path: File(frozenset((BASE,)), path, pick.choice((0o755, 0o755, 0o4755)))
        for path in FILES
        if pick.random() < 0.4
    }
    world = World(dict(base), pick)
    lines = ["FROM debian:12"]
    history = [HistoryEntry("/bin/sh -c #(nop) ADD file:" + "a" * 64 + " in / ", False)]
    for step in range(1, pick.randint(3, 7)):
        line, body = pick.choice(steps)(world, step)
        lines.append(line)
        shown = f"#(nop) COPY dir:{step:064x} in {body} " if line.startswith("COPY") else line.removeprefix("RUN ")
        history.append(HistoryEntry(f"/bin/sh -c {shown}", True))
    lines.append('CMD ["sh"]')
    history.append(HistoryEntry('/bin/sh -c #(nop) CMD ["sh"]', False, "FROM base"))
    links = (Entry("bin", Kind.SYMLINK, 0, 0o777, 0, 0, "usr/bin"),)
    folders = tuple(Entry(one, Kind.DIRECTORY, 0, 0o755, 0, 0) for one in DIRECTORIES)
    below = LayerContents("sha256:0", 0, (*links, *folders, *_entries(base, set(base))))
    above = LayerContents("sha256:1", 0, _entries(world.files, world.touched))
    one = Image(
        "i", "i", "", "", "docker", "linux/amd64", (), Configuration(), tuple(history), ("sha256:0", "sha256:1")
    )
    return Case("\n".join(lines) + "\n", one, (below, above), base, world.files)


def _entries(files: dict[str, File], paths: set[str]) -> tuple[Entry, ...]:
    held = sorted(path for path in files if path in paths)
    return tuple(Entry(path[1:], Kind.FILE, len(files[path].text), files[path].mode, 0, 0) for path in held)
