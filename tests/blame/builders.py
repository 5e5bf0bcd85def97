"""Builders that write histories and layers as the real ones do, without building: who made each layer is known.

Programs are random. The text of the Dockerfile and the entries of the history come from the same structures, but neither
from the other, and nothing here uses the code under test.
"""

import random
import re
from dataclasses import dataclass, field, replace

from scanguard.image.nodes import Configuration, HistoryEntry, Image

BUILDERS = ("classic", "buildkit", "buildah", "kaniko")
SHELL = ("/bin/sh", "-c")
FILES = ("RUN", "COPY", "ADD")


@dataclass(frozen=True)
class Line:
    """One instruction. `number` tells it from all others; `text` is what stands in the Dockerfile, on one line or more.

    `command` is what the shell is given, `words` the arguments of the rest, unquoted and unexpanded. `flags` stand in front.
    """

    number: int
    keyword: str
    text: str
    command: str = ""
    words: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    exact: bool = False


@dataclass
class State:
    """What a builder knows while it works."""

    env: dict[str, str] = field(default_factory=dict)
    args: dict[str, str] = field(default_factory=dict)
    given: dict[str, str] = field(default_factory=dict)
    shell: tuple[str, ...] = SHELL
    directory: str = "/"
    made: list[tuple[HistoryEntry, int]] = field(default_factory=list)

    def expand(self, text: str) -> str:
        return re.sub(r"\$(\w+)", lambda found: {**self.args, **self.env}.get(found[1], ""), text)


def squeeze(text: str) -> str:
    """A command after its continuations: they become blanks."""
    return re.sub(r"\\\n(?:[ \t]*#[^\n]*\n)*", "", text)


def digest(pick: random.Random) -> str:
    return "".join(pick.choices("0123456789abcdef", k=64))


def build(lines: list[Line], builder: str, state: State, pick: random.Random) -> None:
    """Run the instructions; entries and their makers are appended to the state."""
    for line in lines:
        writer = {"classic": _classic, "buildkit": _buildkit, "buildah": _buildah, "kaniko": _kaniko}[builder]
        _before(line, state)
        if builder == "buildkit" and line.keyword == "ARG":
            state.args.setdefault(line.words[0].partition("=")[0], "")
        entry = writer(line, state, pick)
        _after(line, state)
        if entry is not None:
            state.made.append((entry, line.number))


def triggers(stage: list[Line], builder: str) -> list[Line]:
    """What the ONBUILDs of a stage do in the stage that is built FROM it; buildah passes over them within one Dockerfile."""
    return [trigger(line) for line in stage if line.keyword == "ONBUILD" and builder != "buildah"]


def trigger(line: Line) -> Line:
    """The instruction of an ONBUILD, with its number."""
    text = line.text.removeprefix("ONBUILD ")
    keyword, _, rest = text.partition(" ")
    if keyword == "RUN":
        return Line(line.number, keyword, text, rest)
    return Line(line.number, keyword, text, words=tuple(rest.split()))


def _before(line: Line, state: State) -> None:
    if line.keyword == "SHELL":
        state.shell = line.words
    if line.keyword == "ARG":
        name, equals, value = line.words[0].partition("=")
        if equals or name in state.given:
            state.args[name] = state.given.get(name, value)
    if line.keyword == "WORKDIR":
        place = state.expand(line.words[0])
        state.directory = place if place.startswith("/") else f"{state.directory.rstrip('/')}/{place}"


def _after(line: Line, state: State) -> None:
    if line.keyword == "ENV":
        for word in line.words:
            name, _, value = word.partition("=")
            state.env[name] = state.expand(value)


def _classic(line: Line, state: State, pick: random.Random) -> HistoryEntry:
    shell = " ".join(state.shell)
    if line.keyword == "RUN":
        command = line.command if line.exact else f"{shell} {line.command}"
        prefix = "".join(f"{name}={value} " for name, value in sorted(state.args.items()))
        count = f"|{len(state.args)} " if state.args else ""
        empty = line.command.startswith("true ")  # what changes nothing makes no layer in the classic builder
        return HistoryEntry(f"{count}{prefix}{command}", empty)
    if line.keyword in ("COPY", "ADD"):
        flags = "".join(flag for flag in line.flags if not flag.startswith("--from"))
        source = f"{pick.choice(('file', 'dir', 'multi'))}:{digest(pick)}"
        target = state.expand(line.words[-1])
        glue = f"{flags}{source}" if flags else source
        return HistoryEntry(f"{shell} #(nop) {line.keyword} {glue} in {target} ", False)
    if line.keyword == "WORKDIR":
        return HistoryEntry(f"{shell} #(nop) WORKDIR {state.directory}", False)
    return HistoryEntry(f"{shell} #(nop)  {_meta(line, state)}", True)


def _buildkit(line: Line, state: State, pick: random.Random) -> HistoryEntry | None:
    comment = "buildkit.dockerfile.v0"
    if line.keyword == "ONBUILD":
        return None
    if line.keyword == "RUN":
        command = line.command if line.exact else f"{' '.join(state.shell)} {line.command}"
        prefix = "".join(f"{name}={value} " for name, value in state.args.items())
        count = f"|{len(state.args)} " if state.args else ""
        return HistoryEntry(f"RUN {count}{prefix}{command} # buildkit", False, comment)
    if line.keyword in ("COPY", "ADD"):
        words = " ".join(state.expand(word) for word in line.words)
        flags = "".join(f"{flag} " for flag in line.flags if not flag.startswith("--from"))
        shown = flags if pick.random() < 0.5 else ""
        return HistoryEntry(f"{line.keyword} {shown}{words} # buildkit", False, comment)
    if line.keyword == "WORKDIR":
        return HistoryEntry(f"WORKDIR {state.directory}", False, comment)
    if line.keyword == "EXPOSE":
        port = state.expand(line.words[0]).removesuffix("/tcp")
        return HistoryEntry(f"EXPOSE map[{port}/tcp:{{}}]", True, comment)
    return HistoryEntry(_meta(line, state), True, comment)


def _meta(line: Line, state: State) -> str:
    words = [state.expand(word) for word in line.words]
    if line.keyword in ("CMD", "ENTRYPOINT"):
        shown = line.words if line.exact else (*state.shell, line.command)
        return f"{line.keyword} [{' '.join(chr(34) + word + chr(34) for word in shown)}]"
    if line.keyword == "SHELL":
        return f"SHELL [{' '.join(line.words)}]"
    if line.keyword == "VOLUME":
        return f"VOLUME [{' '.join(words)}]"
    if line.keyword == "HEALTHCHECK":
        return f'HEALTHCHECK &{{["CMD-SHELL" "{line.command}"] "0s" "0s" "0s" \'\\x00\'}}'
    return f"{line.keyword} {' '.join(words)}"


def _buildah(line: Line, state: State, pick: random.Random) -> HistoryEntry:
    comment = f"FROM {digest(pick)[:12]}"
    prefix = "".join(f"{name}={value} " for name, value in sorted(state.args.items()))
    count = f"|{len(state.args)} " if state.args else ""
    if line.keyword == "RUN":
        flags = "".join(f"{flag} " for flag in line.flags)
        return HistoryEntry(f"{count}{prefix}/bin/sh -c {flags}{_original(line)}", False, comment)
    if line.keyword in ("COPY", "ADD"):
        target = line.words[-1]
        return HistoryEntry(f"/bin/sh -c #(nop) {line.keyword} file:{digest(pick)} in {target} ", False, comment)
    if line.keyword == "ARG":
        return HistoryEntry(f"/bin/sh -c #(nop) ARG {' '.join(sorted(state.args))}", True, comment)
    return HistoryEntry(f"/bin/sh -c #(nop) {line.keyword} {_original(line)}", True, comment)


def _original(line: Line) -> str:
    """The instruction as written, its keyword and its flags for RUN left out."""
    rest = squeeze(line.text.partition(" ")[2])
    if line.keyword == "RUN":
        for flag in line.flags:
            rest = rest.removeprefix(flag).lstrip()
    return rest


def _kaniko(line: Line, state: State, pick: random.Random) -> HistoryEntry | None:
    if line.keyword not in (*FILES, "WORKDIR") or line.command.startswith("true "):
        return None
    return HistoryEntry(squeeze(line.text), False, "", "kaniko")


def image(state: State, *, missing: int = 0) -> Image:
    """The image of all that was made. `missing` layers at the bottom have no entry."""
    entries = tuple(entry for entry, _ in state.made)
    count = missing + sum(not entry.empty for entry in entries)
    diff_ids = tuple(f"sha256:{at:064x}" for at in range(count))
    config = Configuration(directory=state.directory, environment=tuple(state.env.items()))
    return Image("image", "image", "", "", "docker", "linux/amd64", (), config, entries, diff_ids)


def makers(state: State) -> list[int]:
    """The number of the instruction behind each layer."""
    return [number for entry, number in state.made if not entry.empty]


COMMANDS = (
    "apt-get update",
    "apt-get update && apt-get install -y curl",
    "true nothing changes",
    "pip install -r requirements.txt",
    'echo "$A" > /etc/a',
    "make",
    "make && make install",
    "/bin/sh -c make",
)
TARGETS = ("./", ".", "/app", "/app/", "/srv/x", "conf/", "/$A/x", "/1/x", "/$APP", "/$APP/$B/")
NAMES = ("A", "B", "VERSION", "APP")
VALUES = ("1", "two words", "x=y", "", "-c a", "/bin/sh -c make")


class Programs:
    """Makes random instructions, each with a number of its own."""

    def __init__(self, pick: random.Random, builder: str) -> None:
        self.pick = pick
        self.builder = builder
        self.count = 0

    def line(self, *, fresh: bool = False) -> Line:
        """An instruction; a fresh one has a text that no other one has."""
        self.count += 1
        keyword = self.pick.choice(
            "RUN RUN RUN RUN COPY COPY COPY ADD WORKDIR ENV ARG LABEL USER EXPOSE VOLUME CMD ENTRYPOINT SHELL HEALTHCHECK"
            " ONBUILD".split()
        )
        return getattr(self, f"_{keyword.lower()}")(f"f{self.count}" if fresh else "")

    def last(self) -> Line:
        """A RUN that no other one is like: a Dockerfile of settings alone proves nothing."""
        self.count += 1
        return self._run("last")

    def _run(self, fresh: str) -> Line:
        command = f"echo {fresh}" if fresh else self.pick.choice(COMMANDS)
        shape = self.pick.random()
        if shape < 0.1:
            words = tuple(command.replace('"', "").split())
            text = "RUN [" + ", ".join(f'"{word}"' for word in words) + "]"
            return Line(self.count, "RUN", text, " ".join(words), words, exact=True)
        if shape < 0.2 and self.builder == "buildkit":
            body = f"set -e\n{command}\n"
            return Line(self.count, "RUN", f"RUN <<EOF\n{body}EOF", body)
        if shape < 0.35 and self.builder != "kaniko":
            flag = "--mount=type=cache,target=/var/cache"
            return Line(self.count, "RUN", f"RUN {flag} {command}", command, flags=(flag,))
        if shape < 0.6 and " && " in command:
            text = command.replace(" && ", " \\\n  # why\n && ")
            return Line(self.count, "RUN", f"RUN {text}", squeeze(text))
        return Line(self.count, "RUN", f"RUN {command}", command)

    def _copy(self, fresh: str, keyword: str = "COPY") -> Line:
        target = f"/{fresh}" if fresh else self.pick.choice(TARGETS)
        words = (self.pick.choice(("a", "b", "src")), target)
        flags = self.pick.choice(((), (), ("--chown=1:1",), ("--from=other",) if keyword == "COPY" else ()))
        listed = "[" + ", ".join(f'"{word}"' for word in words) + "]"
        text = listed if self.pick.random() < 0.2 else " ".join(words)
        return Line(self.count, keyword, " ".join((keyword, *flags, text)), words=words, flags=flags)

    def _add(self, fresh: str) -> Line:
        return self._copy(fresh, "ADD")

    def _workdir(self, fresh: str) -> Line:
        word = f"/{fresh}" if fresh else self.pick.choice(("/app", "/srv", "sub", "/1", "/$APP", "$A"))
        if word == "$A":
            word = "/$A"
        return Line(self.count, "WORKDIR", f"WORKDIR {word}", words=(word,))

    def _env(self, fresh: str) -> Line:
        name, value = self.pick.choice(NAMES), fresh or self.pick.choice(("1", "2", "$B", "$APP-$A"))
        if self.pick.random() < 0.3:
            return Line(self.count, "ENV", f'ENV "{name}"="{value}" C=3', words=(f"{name}={value}", "C=3"))
        return Line(self.count, "ENV", f"ENV {name}={value}", words=(f"{name}={value}",))

    def _arg(self, fresh: str) -> Line:
        name = fresh or self.pick.choice(NAMES)
        word = self.pick.choice((name, f"{name}=1", f"{name}=2"))
        word = "APP=app" if name == "APP" else word
        return Line(self.count, "ARG", f"ARG {word}", words=(word,))

    def _label(self, fresh: str) -> Line:
        name, value = fresh or self.pick.choice("xyz"), self.pick.choice(("1", "$A", "$APP"))
        text = self.pick.choice((f"{name}={value}", f'"{name}"="{value}"', f"'{name}'=\"{value}\""))
        return Line(self.count, "LABEL", f"LABEL {text}", words=(f"{name}={value}",))

    def _onbuild(self, fresh: str) -> Line:
        return self._plain("ONBUILD", ("RUN make", "COPY a /a"), f"RUN echo {fresh}" if fresh else "")

    def _plain(self, keyword: str, choices: tuple[str, ...], fresh: str) -> Line:
        word = fresh or self.pick.choice(choices)
        return Line(self.count, keyword, f"{keyword} {word}", words=(word,))

    def _user(self, fresh: str) -> Line:
        return self._plain("USER", ("root", "1000"), fresh)

    def _expose(self, fresh: str) -> Line:
        return self._plain("EXPOSE", ("80", "8080/tcp", "9$VERSION"), f"{self.count + 9000}" if fresh else "")

    def _volume(self, fresh: str) -> Line:
        return self._plain("VOLUME", ("/data", "/var"), f"/{fresh}" if fresh else "")

    def _cmd(self, fresh: str, keyword: str = "CMD") -> Line:
        command = f"run {fresh or self.pick.choice('ab')}"
        if self.pick.random() < 0.5:
            return Line(self.count, keyword, f"{keyword} {command}", command)
        words = tuple(command.split())
        text = ", ".join(f'"{word}"' for word in words)
        return Line(self.count, keyword, f"{keyword} [{text}]", words=words, exact=True)

    def _entrypoint(self, fresh: str) -> Line:
        return self._cmd(fresh, "ENTRYPOINT")

    def _shell(self, fresh: str) -> Line:
        words = self.pick.choice((("/bin/bash", "-o", "pipefail", "-c"), ("/bin/ash", "-ec"), SHELL))
        text = ", ".join(f'"{word}"' for word in words)
        return Line(self.count, "SHELL", f"SHELL [{text}]", words=words)

    def _healthcheck(self, fresh: str) -> Line:
        command = f"check {fresh or 'it'}"
        return Line(self.count, "HEALTHCHECK", f"HEALTHCHECK CMD {command}", command)


@dataclass(frozen=True)
class Case:
    """An image, the stages of the Dockerfile as it is now, and the maker of each layer (0 for the base image).

    `touched` are the instructions that were edited, `lost` those of them that are gone, moved or change files no more.
    """

    builder: str
    image: Image
    truth: tuple[int, ...]
    built: dict[int, Line]
    stages: tuple[tuple[Line, ...], ...]
    touched: frozenset[int]
    lost: frozenset[int]
    given: dict[str, str]

    def shown(self, line: Line) -> object:
        """What this builder's history tells of an instruction, of an ONBUILD what it does."""
        if line.keyword == "ONBUILD":
            return self.shown(trigger(line))
        if line.keyword in ("COPY", "ADD"):
            words = [word.removeprefix("./").rstrip("/") or "." for word in line.words]
            return line.keyword, words if self.builder in ("buildkit", "kaniko") else words[-1]
        # A list that names the shell is written as the command of that shell is.
        shell = list(SHELL) if line.keyword == "RUN" and not line.exact else []
        return line.keyword, [*shell, *line.command.split()] or line.words

    def dockerfile(self) -> tuple[str, dict[int, int]]:
        """The text, and which instruction begins on each line."""
        text = "FROM other-image AS other\n"
        starts: dict[int, int] = {}
        name = "base:1"
        for at, stage in enumerate(self.stages):
            text += f"FROM {name} AS s{at}\n"
            name = f"s{at}"
            for line in stage:
                starts[text.count("\n") + 1] = line.number
                text += f"{line.text}\n"
        return text, starts


def case(seed: int, *, edits: int) -> Case:
    """A random program, built by a random builder on a random base, and then edited so many times."""
    pick = random.Random(seed)
    builder = pick.choice(BUILDERS)
    programs = Programs(pick, builder)
    stages = [[programs.line() for _ in range(pick.randint(1, 9))] for _ in range(pick.randint(1, 3))]
    stages[-1].append(programs.last())
    root = State()
    _base(root, stages[0], pick)
    given = {name: pick.choice(VALUES) for name in NAMES if pick.random() < 0.5}
    state = State(given=given, made=root.made)
    for below, stage in zip([[], *stages], stages, strict=False):
        state.args = {} if builder != "buildkit" else state.args
        build([*triggers(below, builder), *stage], builder, state, pick)
    built = {line.number: line for stage in stages for line in stage}
    touched: set[int] = set()
    lost: set[int] = set()
    for _ in range(edits):
        _edit(stages, programs, pick, touched, lost)
    now = tuple(map(tuple, stages))
    return Case(builder, image(state), tuple(makers(state)), built, now, frozenset(touched), frozenset(lost), given)


def _base(state: State, like: list[Line], pick: random.Random) -> None:
    """The base image: a root file system, and at times the very instructions of the Dockerfile."""
    root = HistoryEntry(f"/bin/sh -c #(nop) ADD file:{digest(pick)} in / ", False)
    state.made.append((root, 0))
    state.made.append((HistoryEntry('/bin/sh -c #(nop)  CMD ["bash"]', True), 0))
    if pick.random() < 0.4:
        same = State()
        build(like[: pick.randint(0, len(like))], pick.choice(("classic", "buildkit")), same, pick)
        state.made.extend((entry, 0) for entry, _ in same.made)


def _edit(stages: list[list[Line]], programs: Programs, pick: random.Random, touched: set[int], lost: set[int]) -> None:
    stage = pick.choice([stage for stage in stages if stage] or stages)
    kind = pick.choice(("insert", "delete", "change", "move"))
    at = pick.randrange(len(stage)) if stage else 0
    if kind == "insert" or not stage:
        stage.insert(pick.randint(0, len(stage)), programs.line(fresh=pick.random() < 0.7))
        return
    touched.add(stage[at].number)
    line = stage.pop(at)
    kept = False
    if kind == "change":
        changed = programs.line(fresh=True)
        kept = line.keyword in FILES and changed.keyword in FILES
        stage.insert(at, replace(changed, number=line.number))
    elif kind == "move":
        stage.insert(pick.randint(0, len(stage)), line)
    if not kept:
        lost.add(line.number)
