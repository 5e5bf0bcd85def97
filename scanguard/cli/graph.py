"""`scanguard graph`: the stage graph as text, Mermaid or DOT."""

from argparse import Namespace

from scanguard.app.builds import build_of
from scanguard.app.request import environment
from scanguard.build.model import Build, Role, Stage
from scanguard.cli import print_text
from scanguard.cli.parser import Commands, add_build_args, build_args
from scanguard.reporters.terminal import visible

_VERBS = {"INHERITS": "FROM", "COPIES": "COPY --from", "MOUNTS": "RUN --mount"}
_MARKS = {Role.SHIPPED: "ships", Role.LINEAGE: "inherited", Role.BUILDER: "builder", Role.UNREACHED: "not used"}


def add(commands: Commands) -> None:
    """The command's arguments."""
    parser = commands.add_parser("graph", help="show the stages and what each needs", allow_abbrev=False)
    parser.add_argument(
        "path", nargs="?", default="Dockerfile", metavar="PATH", help="a Dockerfile (default: Dockerfile)"
    )
    parser.add_argument("--format", choices=("text", "mermaid", "dot"), default="text", help="text, mermaid, dot")
    parser.add_argument("--target", metavar="STAGE", default="", help="the stage that ships (default: the last)")
    add_build_args(parser)
    parser.set_defaults(run=run)


def run(namespace: Namespace) -> int:
    """Print the graph of one Dockerfile; returns 0."""
    build = build_of(namespace.path, environment(), namespace.target, build_args(namespace.build_arg))
    print_text(draw(build, namespace.format))
    return 0


def draw(build: Build, style: str) -> str:
    """The graph of a build; `style` is `text`, `mermaid` or `dot`. Ends with a line end."""
    return {"text": _text, "mermaid": _mermaid, "dot": _dot}[style](build)


def _image(stage: Stage) -> str:
    if stage.scratch:
        return "scratch"
    return _shown(stage.image.value.text) if stage.image else ""


def _needs(build: Build) -> list[tuple[int, int, str]]:
    """Edges without repetition: (stage, source, verb)."""
    return list(dict.fromkeys((edge.stage, edge.source, _VERBS[edge.kind]) for edge in build.edges))


def _text(build: Build) -> str:
    lines = []
    source = build.dockerfile.source
    for stage in build.stages:
        line = source.line_of(stage.from_span.start)
        base = f"FROM {stage.base.name}" if stage.base else f"FROM {_image(stage)}"
        lines.append(f"{_shown(stage.name)}  [{_MARKS[stage.role]}]  line {line}: {_shown(base)}")
        for user, need, verb in _needs(build):
            if user == stage.index and verb != "FROM":
                lines.append(f"  {verb}={_shown(build.stages[need].name)}")
        for use in build.images:
            if use.stage == stage.index and use.kind != "FROM":
                lines.append(f"  {use.kind} from image {_shown(use.value.text)}")
    return "".join(f"{line}\n" for line in lines)


def _mermaid(build: Build) -> str:
    lines = ["flowchart TD"]
    for stage in build.stages:
        label = f"{stage.name}<br/>{_image(stage)}" if _image(stage) else stage.name
        lines.append(f'  s{stage.index}["{_quoted(label)}"]:::{stage.role.name.lower()}')
    for user, need, verb in _needs(build):
        arrow = "==>" if verb == "FROM" else "-.->"
        lines.append(f"  s{need} {arrow}|{verb}| s{user}")
    lines.append("  classDef shipped stroke-width:3px")
    lines.append("  classDef unreached stroke-dasharray:4")
    return "\n".join(lines) + "\n"


def _dot(build: Build) -> str:
    lines = ["digraph stages {", "  node [shape=box]"]
    for stage in build.stages:
        label = f"{stage.name}\\n{_image(stage)}" if _image(stage) else stage.name
        style = {Role.SHIPPED: " penwidth=3", Role.UNREACHED: " style=dashed"}.get(stage.role, "")
        lines.append(f'  s{stage.index} [label="{_quoted(label)}"{style}]')
    for user, need, verb in _needs(build):
        style = "" if verb == "FROM" else " style=dashed"
        lines.append(f'  s{need} -> s{user} [label="{verb}"{style}]')
    return "\n".join([*lines, "}"]) + "\n"


def _quoted(text: str) -> str:
    return _shown(text).replace('"', "'")


def _shown(text: str) -> str:
    return visible(text, unicode=True)
