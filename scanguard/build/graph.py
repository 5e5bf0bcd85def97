"""Which stage needs which, what the names mean, and what becomes of each stage."""

from bisect import bisect_left

from scanguard.build.model import Edge, GraphProblem, Role, Stage
from scanguard.dockerfile.nodes import Dockerfile
from scanguard.model.location import Span
from scanguard.model.spelling import nearest

_NEAR = 200  # how many stages back a slip is looked for: enough for any real file, and the work stays linear
RESERVED = frozenset({"scratch", "context"})


class StageNames:
    """Stage names as BuildKit resolves them: case does not count, the last definition so far wins, digits are indexes."""

    def __init__(self, dockerfile: Dockerfile) -> None:
        self.nodes = dockerfile.stages
        self.problems: list[GraphProblem] = []
        self.edges: list[Edge] = []
        self.places: dict[str, list[int]] = {}
        for node in dockerfile.stages:
            if node.name is not None:
                self.places.setdefault(node.name.text.lower(), []).append(node.position)

    def base(self, name: str, before: int) -> int | None:
        """The index of the earlier stage that `FROM name` means, or None for an image. FROM takes no indexes."""
        places = self.places.get(name.lower(), [])
        earlier = bisect_left(places, before)
        return places[earlier - 1] if earlier else None

    def inherit(self, stage: int, base: int, span: Span) -> None:
        """Note that a stage is built FROM another one."""
        self.edges.append(Edge("INHERITS", stage, base, span))

    def source(self, name: str, stage: int, span: Span, kind: str) -> int | None:
        """The index that `--from=name` means, or None where it is an image; a wrong reference becomes a problem."""
        found = self.base(name, stage)
        if found is None:
            found = _index(name)
            if found is not None and found >= stage:
                self._refuse(name, stage, span, found)
                return None
        if found is None:
            self._look_ahead(name, stage, span)
            return None
        self.edges.append(Edge(kind, stage, found, span))
        return found

    def _look_ahead(self, name: str, stage: int, span: Span) -> None:
        """A name without `/`, `:` and `.` that a later stage has, or that is nearly a stage's name, is a slip."""
        places = self.places.get(name.lower(), [])
        if places:
            self._refuse(name, stage, span, places[0])
        elif all(mark not in name for mark in "/:.@$"):
            nodes = self.nodes[max(0, stage - _NEAR) : stage]
            earlier = [node.name.text for node in nodes if node.name is not None]
            near = nearest(name, earlier)
            if near:
                self.problems.append(GraphProblem("unknown-stage", name, span, stage, near))

    def _refuse(self, name: str, stage: int, span: Span, found: int) -> None:
        if found >= len(self.nodes):
            earlier = [node.name.text if node.name else str(node.position) for node in self.nodes[:stage]]
            self.problems.append(GraphProblem("unknown-stage", name, span, stage, nearest(name, earlier)))
            return
        other = self.nodes[found].name
        kind = "self-stage" if found == stage else "forward-stage"
        self.problems.append(GraphProblem(kind, name, span, stage, "", other.span if other else None))

    def check_names(self) -> None:
        """Note names that are taken twice or that mean something else."""
        seen: dict[str, Span] = {}
        for node in self.nodes:
            if node.name is None:
                continue
            name = node.name.text.lower()
            if name in RESERVED:
                self.problems.append(GraphProblem("reserved-name", node.name.text, node.name.span, node.position))
            elif name in seen:
                problem = GraphProblem("duplicate-name", node.name.text, node.name.span, node.position, "", seen[name])
                self.problems.append(problem)
            seen[name] = node.name.span

    def target(self, name: str) -> int | None:
        """The stage that `--target NAME` chooses, by name or index; None where there is none."""
        found = self.base(name, len(self.nodes))
        index = _index(name) if found is None else found
        return index if index is not None and index < len(self.nodes) else None


def _index(name: str) -> int | None:
    """The number that a name is, or None; Go's `Atoi` knows ASCII digits only and overflows long before Python gives up."""
    return int(name) if name.isascii() and name.isdecimal() and len(name) < 19 else None


def assign_roles(stages: tuple[Stage, ...], edges: list[Edge], shipped: Stage) -> None:
    """Tell every stage what becomes of it, seen from the shipped one."""
    for stage in shipped.lineage:
        stage.role = Role.LINEAGE
    shipped.role = Role.SHIPPED
    waiting = [stage.index for stage in shipped.lineage]
    reached = set(waiting)
    sources: dict[int, list[int]] = {}
    for edge in edges:
        sources.setdefault(edge.stage, []).append(edge.source)
    while waiting:
        for source in sources.get(waiting.pop(), ()):
            for stage in stages[source].lineage:
                if stage.index not in reached:
                    reached.add(stage.index)
                    waiting.append(stage.index)
                    stage.role = Role.BUILDER
