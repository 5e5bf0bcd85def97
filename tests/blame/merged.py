"""Programs whose instructions are made into one layer, run on a file system of a few paths: who made what is known.

Nothing here uses the code under test.
"""

import random
from dataclasses import dataclass, field, replace

from scanguard.image.nodes import Configuration, Entry, HistoryEntry, Image, Kind, LayerContents

FILES = ("/usr/bin/cat", "/usr/bin/tool", "/app/a", "/app/b", "/app/conf/c", "/etc/d")
FOLDERS = ("/app", "/app/conf", "/etc", "/usr/bin")
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
    """A RUN, which may do anything."""
    for path in FILES:
        what = world.pick.random()
        if what < 0.15:
            world.write(path, step)
        elif what < 0.25:
            mode = world.pick.choice((0o4755, 0o2755, 0o755))
            world.chmod(path, step, mode, mode & 0o6000)
        elif what < 0.3:
            world.files.pop(path, None)
    return f"RUN make step{step}", ""


def _workdir(world: World, _: int) -> Line:
    folder = _spelled(world.pick.choice(FOLDERS), world.pick)
    return f"WORKDIR {folder}", folder


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


def case(seed: int) -> Case:
    """A random program on a random base with a merged /usr."""
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
        line, body = pick.choice((_copy, _copy, _copy, _workdir, _opaque))(world, step)
        lines.append(line)
        shown = f"#(nop) COPY dir:{step:064x} in {body} " if line.startswith("COPY") else line.removeprefix("RUN ")
        shown = f"#(nop) {line}" if line.startswith("WORKDIR") else shown
        history.append(HistoryEntry(f"/bin/sh -c {shown}", True))
    lines.append('CMD ["sh"]')
    history.append(HistoryEntry('/bin/sh -c #(nop) CMD ["sh"]', False, "FROM base"))
    links = (Entry("bin", Kind.SYMLINK, 0, 0o777, 0, 0, "usr/bin"),)
    below = LayerContents("sha256:0", 0, (*links, *_entries(base, set(base))))
    above = LayerContents("sha256:1", 0, _entries(world.files, world.touched))
    one = Image(
        "i", "i", "", "", "docker", "linux/amd64", (), Configuration(), tuple(history), ("sha256:0", "sha256:1")
    )
    return Case("\n".join(lines) + "\n", one, (below, above), base, world.files)


def _entries(files: dict[str, File], paths: set[str]) -> tuple[Entry, ...]:
    held = sorted(path for path in files if path in paths)
    return tuple(Entry(path[1:], Kind.FILE, len(files[path].text), files[path].mode, 0, 0) for path in held)
