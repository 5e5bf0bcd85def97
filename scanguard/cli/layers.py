"""`scanguard layers`: what each layer of an image weighs, what of it is wasted, and which line of the Dockerfile made it."""

import os
import sys
from argparse import Namespace
from contextlib import closing
from typing import TYPE_CHECKING, Any

from scanguard.app.request import Environment, environment
from scanguard.cli import print_error, print_text
from scanguard.cli.parser import Commands, add_build_args, build_args
from scanguard.reporters.terminal import visible, visible_path

if TYPE_CHECKING:
    from scanguard.app.layers import LayerRow, LayerTable
    from scanguard.build.model import Build

_BAR = 14
_NARROWEST = 60
_UNITS = (("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000))
_UNICODE, _ASCII = ("█", "░"), ("#", "-")


def add(commands: Commands) -> None:
    """The command's arguments."""
    parser = commands.add_parser("layers", help="show an image's layers, sizes, waste and lines", allow_abbrev=False)
    parser.add_argument("image", metavar="IMAGE", help="a reference, or a path such as ./app.tar")
    parser.add_argument(
        "--dockerfile", metavar="F", default="", help="what it was built from (default: Dockerfile, if it fits)"
    )
    parser.add_argument("--target", metavar="STAGE", default="", help="the stage that was built (default: the last)")
    add_build_args(parser)
    parser.add_argument("--platform", metavar="P", default="", help="which of several images: linux/arm64")
    parser.add_argument("--pull", action="store_true", help="fetch an image that the docker daemon lacks")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="text (default) or json")
    parser.set_defaults(run=run)


def run(namespace: Namespace) -> int:
    """Print the layers; returns 0, or 3 where a plugin failed."""
    from scanguard.app.images.loading import load_image
    from scanguard.app.layers import layer_table
    from scanguard.registry import Registry

    registry = Registry(third_parties=namespace.plugins)
    for told in registry.notifications:
        print_error(told.message)
    build = _build(namespace, environment())
    with closing(load_image(registry, namespace.image, namespace.platform, pull=namespace.pull)) as source:
        table = layer_table(source, build, guessed=not namespace.dockerfile)
    if namespace.format == "json":
        print_text(_json(table))
    else:
        unicode = (sys.stdout.encoding or "").lower().startswith("utf")
        print_text(draw(table, width=_width(), unicode=unicode))
    return 3 if registry.notifications else 0


def _build(namespace: Namespace, here: Environment) -> "Build | None":
    """The build of the Dockerfile that was named, or of the one in the working directory, if there is any."""
    from scanguard.app.builds import build_of

    path = namespace.dockerfile or "Dockerfile"
    if not namespace.dockerfile and not os.path.isfile(os.path.join(here.cwd, path)):
        return None
    return build_of(path, here, namespace.target, build_args(namespace.build_arg))


def draw(table: "LayerTable", *, width: int, unicode: bool) -> str:
    """The table and its bars for a terminal of so many columns. Ends with a line end."""
    heads = ("#", "size", "wasted", *(("line",) if table.dockerfile else ()))
    cells = [_cells(row, table) for row in table.rows]
    total = ("", in_words(table.size), in_words(table.wasted), *(("",) if table.dockerfile else ()))
    columns = [max(len(line[at]) for line in (heads, total, *cells)) for at in range(len(heads))]
    largest = max((row.size for row in table.rows), default=0)
    lines = [_title(table, unicode=unicode), "", _row(columns, heads, "", "instruction", width, unicode=unicode)]
    for row, numbers in zip(table.rows, cells, strict=True):
        told = row.instruction if unicode else row.instruction.replace("…", "...")
        text = visible(told or "(not in the history)", unicode=unicode)
        lines.append(_row(columns, numbers, _bar(row, largest, unicode=unicode), text, width, unicode=unicode))
    lines += [_row(columns, total, "", "total", width, unicode=unicode), "", *_notes(table, unicode=unicode)]
    return "".join(f"{line}\n" for line in lines)


def _title(table: "LayerTable", *, unicode: bool) -> str:
    image = table.image
    name = visible_path(image.tags[0] if image.tags else image.name, unicode=unicode)
    count = len(table.rows)
    return f"{name}  {image.platform}  {count} layer{'s' * (count != 1)}, {in_words(table.size)}".replace("    ", "  ")


def _notes(table: "LayerTable", *, unicode: bool) -> list[str]:
    notes = [
        f"efficiency {100 * table.efficiency:.1f} % ({in_words(table.wasted)} wasted: overwritten or deleted later)"
    ]
    if any(_certainty(row) == "base" for row in table.rows):
        notes.append(f"base: {visible(table.base, unicode=unicode)}")
    if table.note:
        notes.append(visible(table.note, unicode=unicode))
    reasons: dict[str, list[str]] = {}
    for row in table.rows:
        if row.origin is not None and row.origin.reason and row.origin.reason != table.note:
            reasons.setdefault(row.origin.reason, []).append(str(row.number))
    for reason, numbers in reasons.items():
        notes.append(f"layer{'s' * (len(numbers) > 1)} {', '.join(numbers)}: {visible(reason, unicode=unicode)}")
    return notes


def _cells(row: "LayerRow", table: "LayerTable") -> tuple[str, ...]:
    numbers = (str(row.number), in_words(row.size), in_words(row.wasted) if row.wasted else "")
    return (*numbers, _line(row)) if table.dockerfile else numbers


def _line(row: "LayerRow") -> str:
    """The line of a layer, `8-12` for several that made it together, `8?` for the likeliest of several, `?` for none known."""
    certainty = _certainty(row)
    if certainty == "base":
        return "base"
    if not row.lines:
        return "?"
    first, last = min(row.lines)[0], max(row.lines)[0]
    if certainty == "span" and first != last:
        return f"{first}-{last}"
    return f"{row.lines[0][0]}?" if certainty == "candidates" else str(row.lines[0][0])


def _certainty(row: "LayerRow") -> str:
    return row.origin.certainty.value if row.origin is not None else ""


def _bar(row: "LayerRow", largest: int, *, unicode: bool) -> str:
    """A bar as long as the layer is large beside the largest one, its wasted part in another shade."""
    full, wasted = _UNICODE if unicode else _ASCII
    length = max(1, round(_BAR * row.size / largest)) if row.size and largest else 0
    lost = min(length, round(length * row.wasted / row.size)) if row.size else 0
    return full * (length - lost) + wasted * lost


def _row(columns: list[int], cells: tuple[str, ...], bar: str, text: str, width: int, *, unicode: bool) -> str:
    head = "  ".join(f"{cell:>{room}}" for cell, room in zip(cells, columns, strict=True))
    line = f"{head}  {bar:<{_BAR}}  {text}"
    dots = "…" if unicode else "..."
    return line.rstrip() if len(line) <= width else line[: width - len(dots)] + dots


def in_words(size: int) -> str:
    """A number of bytes with the unit that docker uses, of 1000: `512 B`, `1.7 kB`, `120 MB`."""
    for unit, of in _UNITS:
        if size >= of:
            return f"{size / of:.1f} {unit}" if size < 10 * of else f"{size / of:.0f} {unit}"
    return f"{size} B"


def _json(table: "LayerTable") -> str:
    import json

    image = table.image
    value: dict[str, Any] = {
        "image": image.reference,
        "name": image.name,
        "id": image.id,
        "digest": image.digest,
        "tags": list(image.tags),
        "platform": image.platform,
        "format": image.format,
        "dockerfile": table.dockerfile or None,
        "base": table.base or None,
        "note": table.note or None,
        "size": table.size,
        "wasted": table.wasted,
        "efficiency": round(table.efficiency, 6),
        "layers": [_described(row) for row in table.rows],
    }
    return json.dumps(value, indent=2) + "\n"


def _described(row: "LayerRow") -> dict[str, Any]:
    origin = row.origin
    told = None
    if origin is not None:
        lines = [{"start": first, "end": last} for first, last in row.lines]
        told = {"certainty": origin.certainty.value, "lines": lines, "reason": origin.reason or None}
    return {
        "number": row.number,
        "diff_id": row.diff_id,
        "size": row.size,
        "wasted": row.wasted,
        "entries": row.entries,
        "instruction": row.instruction,
        "origin": told,
    }


def _width() -> int:
    """The columns of the terminal; 120 where there is none."""
    try:
        columns = int(os.environ.get("COLUMNS", "")) if os.environ.get("COLUMNS", "").isdigit() else 0
        return max(_NARROWEST, columns or os.get_terminal_size(sys.stdout.fileno()).columns or 120)
    except (OSError, ValueError, AttributeError):
        return 120
