"""Every layer of real images of five builders: right, or honestly unknown."""

import json
from pathlib import Path

import pytest

from scanguard.blame.align import align
from scanguard.blame.follow import BuilderImage
from scanguard.build.model import Build
from scanguard.image.nodes import Configuration, HistoryEntry, Image
from tests.blame.images import built, contents, told

FIXTURES = Path(__file__).parents[3] / "shared" / "fixtures"
pytestmark = pytest.mark.skipif(not FIXTURES.exists(), reason="the shared fixtures are not on this machine")


def real(name: str) -> Image:
    """An image of the fixtures, without contents."""
    found = json.loads((FIXTURES / "image_configs.json").read_text())[f"{name}.tar"]
    config = found["config"]
    history = tuple(
        HistoryEntry(
            one.get("created_by") or "", bool(one.get("empty_layer")), one.get("comment") or "", one.get("author") or ""
        )
        for one in found["history"]
    )
    configuration = Configuration(
        user=config.get("User") or "",
        environment=tuple(tuple(one.split("=", 1)) for one in config.get("Env") or ()),
        labels=tuple((config.get("Labels") or {}).items()),
        entrypoint=tuple(config.get("Entrypoint") or ()),
        command=tuple(config.get("Cmd") or ()),
        directory=config.get("WorkingDir") or "",
        shell=tuple(config.get("Shell") or ()),
    )
    diff_ids = tuple(found["rootfs"]["diff_ids"])
    return Image(name, name, "", "", "docker", "linux/amd64", (), configuration, history, diff_ids)


def dockerfile(name: str, target: str = "") -> Build:
    return built((FIXTURES / "dockerfiles" / f"Dockerfile.{name}").read_text(), target)


def exactly(base: int, *made: int) -> list[tuple[str, list[int]]]:
    return [("base", [base]), *(("exact", [one]) for one in made)]


WRONG = ("unknown", [])
SEVEN = [25, 26, 28, 29, 30, 31, 34]
CASES = [
    ("buildkit", "ml-buildkit", "", exactly(2, 6, 9, 25, 26, 27, 28, 29, 30, 31, 34)),
    ("classic-ov", "ml-classic", "", exactly(2, 6, 9, 25, 26, 27, 28, 29, 30, 31, 34)),
    ("buildah", "ml-buildkit", "", exactly(2, 6, 9, 25, 26, 28, 29, 30, 31, 34)),
    ("buildah-nolayers", "ml-buildkit", "", [("base", [2]), ("span", [6, 9]), ("span", SEVEN)]),
    ("buildah-squash", "ml-buildkit", "", [WRONG]),
    ("builder", "ml-classic", "builder", exactly(2, 6, 9, 13, 14, 15, 16, 18)),
    ("committed", "ml-classic", "", [*exactly(2, 6, 9, 25, 26, 27, 28, 29, 30, 31, 34), WRONG]),
    ("flat", "ml-classic", "", [WRONG]),
    ("alpine", "base", "", [WRONG]),
    ("t-cmd", "cmd", "", exactly(1, 2, 4)),
    ("t-cmd-unbase", "cmd", "", [WRONG] * 3),
    ("t-del", "del", "", exactly(1, 2, 3, 4, 5, 6, 7)),
    ("t-pkg", "pkg", "", exactly(1, 2, 4, 6, 7, 8, 9, 10)),
    ("t-pkg", "ml-buildkit", "", [WRONG] * 8),
    ("buildkit", "pkg", "", [WRONG] * 11),
    ("t-del", "cmd", "", [WRONG] * 7),
]


@pytest.mark.parametrize(("name", "file", "target", "expected"), CASES)
def test_each_layer(name: str, file: str, target: str, expected: list[tuple[str, list[int]]]) -> None:
    one, build = real(name), dockerfile(file, target)
    blame = align(one, build)
    assert [told(build, blame.layer(at)) for at in range(len(one.diff_ids))] == expected
    assert [blame.layer(at).layer for at in range(len(expected))] == list(range(len(expected)))


def test_what_is_said_of_the_whole() -> None:
    blame = align(real("buildkit"), dockerfile("ml-buildkit"))
    assert (blame.matched, blame.changed, blame.reason) == (1.0, False, "")
    assert (blame.base, blame.base_layers) == ("lab/debian:12", 1)
    committed = align(real("committed"), dockerfile("ml-classic"))
    assert (committed.matched, committed.changed, committed.base_layers) == (1.0, True, 1)
    squashed = align(real("buildah-squash"), dockerfile("ml-buildkit"))
    assert (squashed.base_layers, squashed.reason) == (None, "")
    assert squashed.layer(0).reason == "The image is squashed: the base image is in this layer, too."


def test_why_nothing_is_told() -> None:
    wrong = align(real("buildkit"), dockerfile("pkg"))
    assert wrong.reason == "The image was not built from this Dockerfile: its history shows 1 of 9 instructions."
    assert align(real("flat"), dockerfile("ml-classic")).reason == "The image has no history that names instructions."


FLASK = "opt/venv/lib/python3.11/site-packages/flask-2.2.0.dist-info/METADATA"


def test_files_of_the_builder_without_its_image() -> None:
    build = dockerfile("ml-buildkit")
    blame = align(real("buildkit"), build)
    found = [blame.path(3, FLASK), blame.path(4, "opt/keys/gh.conf"), blame.path(6, "app/credentials.ini")]
    assert [(told(build, one), one.heuristic, one.stage) for one in found] == [
        (("candidates", [16]), True, 1),
        (("candidates", [18]), True, 1),
        (("exact", [28]), False, 2),
    ]
    assert [build.dockerfile.source.line_of(one.related[0].span.start) for one in found[:2]] == [25, 26]


def test_files_of_the_builder_by_its_image() -> None:
    build = dockerfile("ml-buildkit")
    layers = [contents() for _ in range(8)]
    layers[0] = contents("opt/venv/lib/libc.so")
    layers[6], layers[7] = contents(FLASK), contents("opt/keys/gh.conf")
    blame = align(real("buildkit"), build, {"builder": BuilderImage(real("builder"), tuple(layers))})
    found = [blame.path(3, FLASK), blame.path(4, "opt/keys/gh.conf"), blame.path(3, "opt/venv/lib/libc.so")]
    assert [(told(build, one), one.heuristic, one.layer) for one in found] == [
        (("exact", [16]), False, 3),
        (("exact", [18]), False, 4),
        (("exact", [25]), False, 3),
    ]
    assert found[2].reason == "Copied from the base image lab/debian:12 of stage 'builder'."


def test_a_path_in_a_merged_layer_has_candidates_only() -> None:
    build = dockerfile("ml-buildkit")
    blame = align(real("buildah-nolayers"), build)
    venv, conf = blame.path(2, FLASK), blame.path(2, "app/credentials.ini")
    assert (told(build, venv), venv.heuristic) == (("candidates", [25, 29, 30, 31, 34]), True)
    assert [build.dockerfile.source.line_of(step.span.start) for step in venv.related] == [16]
    assert (told(build, conf), conf.related) == (("candidates", [28, 31, 29, 30, 34]), ())


def test_settings() -> None:
    build = dockerfile("ml-buildkit")
    blame = align(real("buildkit"), build)
    asked = [
        ("USER", ""),
        ("ENV", "API_TOKEN"),
        ("ENV", "LANG"),
        ("EXPOSE", "8080/tcp"),
        ("HEALTHCHECK", ""),
        ("CMD", ""),
    ]
    assert [told(build, blame.setting(*one)) for one in asked] == [
        ("exact", [35]),
        ("exact", [24]),
        ("base", [2]),
        ("exact", [36]),
        ("exact", [37]),
        ("base", [2]),
    ]
    assert align(real("committed"), dockerfile("ml-classic")).setting("USER").certainty.value == "unknown"
