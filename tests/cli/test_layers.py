"""`scanguard layers`: sizes, waste, lines; as text for people and as JSON."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.images import (
    Recipe,
    configuration,
    digest,
    docker_archive,
    entry,
    image_id,
    layer_tars,
    layout,
    removed,
    write_layout,
)

DOCKERFILE = """FROM debian:12
RUN apt-get update && apt-get install -y gcc
COPY app /app
RUN rm /cache
USER app
"""
TOKEN = "ghp_" + "k3JqZ8vTn1XwB5yLc7Rd9PfGh2MsA4eUoQ6t"
BUILDKIT = "buildkit.dockerfile.v0"
HISTORY = (
    entry("/bin/sh -c #(nop) ADD file:" + "ab" * 32 + " in / "),
    entry('/bin/sh -c #(nop)  CMD ["bash"]', empty=True),
    entry(f"RUN |1 PASSWORD={TOKEN} /bin/sh -c apt-get update && apt-get install -y gcc # buildkit", comment=BUILDKIT),
    entry("COPY app /app # buildkit", comment=BUILDKIT),
    entry("RUN /bin/sh -c rm /cache # buildkit", comment=BUILDKIT),
    entry("USER app", empty=True, comment=BUILDKIT),
)
RECIPE = Recipe(
    layers=(
        {"bin/sh": b"x" * 600_000},
        {"cache": b"y" * 300_000, "usr/bin/gcc": b"z" * 500_000},
        {"app/main": b"a" * 100_000},
        removed("cache"),
    ),
    history=HISTORY,
)
TEXT = """\
example/app:1  linux/amd64  4 layers, 1.5 MB

#    size  wasted  line                  instruction
1  604 kB          base  ██████████      ADD … /
2  809 kB  300 kB     2  █████████░░░░░  RUN apt-get update && apt-get install …
3  102 kB             3  ██              COPY app /app
4   10 kB             4  █               RUN rm /cache
   1.5 MB  300 kB                        total

efficiency 80.0 % (300 kB wasted: overwritten or deleted later)
base: debian:12
"""
ASCII = """\
example/app:1  linux/amd64  4 layers, 1.5 MB

#    size  wasted                  instruction
1  604 kB          ##########      ADD ... /
2  809 kB  300 kB  #########-----  RUN apt-get update && apt-get install -y gcc
3  102 kB          ##              COPY app /app
4   10 kB          #               RUN rm /cache
   1.5 MB  300 kB                  total

efficiency 80.0 % (300 kB wasted: overwritten or deleted later)
"""


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "app.tar").write_bytes(docker_archive(RECIPE))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


def test_table_with_lines(work: Path, command: Command) -> None:
    (work / "Dockerfile").write_text(DOCKERFILE, encoding="utf-8")
    assert command("layers", "app.tar").out.splitlines() == TEXT.splitlines()
    assert command("layers", "./app.tar", "--dockerfile", "Dockerfile") == (0, TEXT, "")
    assert max(map(len, TEXT.splitlines())) <= 80


def test_table_without_a_dockerfile_in_ascii(work: Path) -> None:
    from scanguard.app.layers import layer_table
    from scanguard.cli.layers import draw
    from scanguard.registry import Registry

    table = layer_table(Registry(third_parties=False).load_image(str(work / "app.tar"), "", False), None)
    assert draw(table, width=80, unicode=False) == ASCII


def test_dockerfile_of_another_image(work: Path, command: Command) -> None:
    other = 'FROM alpine\nRUN apk add curl\nCOPY x y\nRUN make\nENTRYPOINT ["/x"]\n'
    (work / "Dockerfile").write_text(other, encoding="utf-8")
    guessed = command("layers", "app.tar")
    assert (guessed.code, "line" in guessed.out) == (0, False)
    named = command("layers", "app.tar", "--dockerfile", "Dockerfile")
    assert named.code == 0
    assert [line.split()[3] for line in named.out.splitlines()[3:7]] == ["?", "?", "?", "?"] or "?" in named.out
    assert "not built from" in named.out


def test_json(work: Path, command: Command) -> None:
    (work / "Dockerfile").write_text(DOCKERFILE, encoding="utf-8")
    found = json.loads(command("layers", "app.tar", "--format", "json").out)
    layers = found.pop("layers")
    assert found == {
        "image": "app.tar",
        "name": "example/app",
        "id": image_id(RECIPE),
        "digest": "",
        "tags": ["example/app:1"],
        "platform": "linux/amd64",
        "format": "docker",
        "dockerfile": "Dockerfile",
        "base": "debian:12",
        "note": None,
        "size": sum(map(len, layer_tars(RECIPE))),
        "wasted": 300_000,
        "efficiency": 0.8,
    }
    assert [layer["diff_id"] for layer in layers] == list(map(digest, layer_tars(RECIPE)))
    assert layers[1] == {
        "number": 2,
        "diff_id": digest(layer_tars(RECIPE)[1]),
        "size": len(layer_tars(RECIPE)[1]),
        "wasted": 300_000,
        "entries": 2,
        "instruction": "RUN apt-get update && apt-get install -y gcc",
        "origin": {"certainty": "exact", "lines": [{"start": 2, "end": 2}], "reason": None},
    }
    assert layers[0]["origin"]["certainty"] == "base"


SECRETS = (
    f"RUN |2 TOKEN={TOKEN} A=b /bin/sh -c true # buildkit",
    f"RUN /bin/sh -c curl -H 'Authorization: Bearer {TOKEN}' https://example.com # buildkit",
    f"RUN /bin/sh -c echo {TOKEN} > /x",
    f"/bin/sh -c #(nop) COPY file:{'cd' * 32} in /{TOKEN}",
    f"|1 DB_PASSWORD={TOKEN} /bin/sh -c make",
    f"RUN /bin/sh -c mysql --password={TOKEN[4:]} -e x",
    f"RUN /bin/sh -c cat <<EOF > /x\nAPI_TOKEN={TOKEN[4:]}\nEOF\n",
)


def test_secrets_and_escapes_never_come_out(work: Path, command: Command) -> None:
    history = [*map(entry, SECRETS), entry("RUN echo \x1b[31mred ##[error]x \u202e\0")]
    recipe = Recipe(layers=[{f"f{number}": b""} for number in range(len(history))], history=history)
    (work / "s.tar").write_bytes(docker_archive(recipe))
    for form in ("text", "json"):
        out = command("layers", "s.tar", "--format", form).out
        assert TOKEN[4:] not in out
        assert "\x1b" not in out
        assert "\u202e" not in out
    assert "RUN echo \\x1b[31mred ##\\x5berror]x" in command("layers", "s.tar").out


def test_an_imported_base_shows_what_it_says_of_itself(work: Path, command: Command) -> None:
    history = (entry("", comment=f"rootfs PASSWORD={TOKEN}"), *HISTORY[2:5])
    (work / "app.tar").write_bytes(docker_archive(RECIPE._replace(history=history)))
    told = [
        layer["instruction"] for layer in json.loads(command("layers", "app.tar", "--format", "json").out)["layers"]
    ]
    assert told[0].startswith("rootfs PASSWORD=") and TOKEN[4:] not in told[0]
    assert told[2] == "COPY app /app"


def test_what_the_classic_builder_does_not_say_is_taken_from_the_dockerfile(work: Path, command: Command) -> None:
    text = f"FROM debian:12\nCOPY --chown=1 \\\n  # all\n  a b \\\n  /app/\nADD x /{TOKEN}\n"
    copied = [
        entry(f"/bin/sh -c #(nop) {said} ")
        for said in (
            f"COPY --chown=1 multi:{'cd' * 32} in /app/",
            f"ADD file:{'ef' * 32} in /{TOKEN}",
        )
    ]
    layers = ({"bin/sh": b"x"}, {"app/a": b"a", "app/b": b"b"}, {"t": b"c"})
    recipe = RECIPE._replace(layers=layers, history=(*HISTORY[:2], *copied))
    (work / "app.tar").write_bytes(docker_archive(recipe))
    (work / "Dockerfile").write_text(text)

    def told(*more: str) -> list[str]:
        out = command("layers", "app.tar", "--format", "json", *more).out
        return [layer["instruction"] for layer in json.loads(out)["layers"]]

    known = told("--dockerfile", "Dockerfile")
    assert known[:2] == ["ADD … /", "COPY --chown=1 a b /app/"]
    assert known[2].startswith("ADD x /") and TOKEN[4:] not in known[2]
    (work / "Dockerfile").unlink()
    unknown = told()
    assert unknown[:2] == ["ADD … /", "COPY --chown=1 … /app/"]
    assert unknown[2].startswith("ADD … /") and TOKEN[4:] not in unknown[2]


def test_layers_without_history(work: Path, command: Command) -> None:
    for history, expected in (
        ([], ["(not in the history)"] * 2),
        ([entry("RUN top")], ["(not in the history)", "RUN top"]),
        ([entry("RUN a"), entry("RUN b"), entry("RUN c")], ["(not in the history)"] * 2),
        ([entry("")] * 2, ["RUN"] * 2),
    ):
        recipe = Recipe(layers=({"a": b""}, {"b": b"x"}), history=history)
        (work / "h.tar").write_bytes(docker_archive(recipe))
        lines = command("layers", "h.tar").out.splitlines()[3:5]
        assert [line.split("  ")[-1].strip() for line in lines] == expected


def test_image_without_layers(work: Path, command: Command) -> None:
    (work / "none.tar").write_bytes(docker_archive(Recipe()))
    assert command("layers", "none.tar").out == (
        "example/app:1  linux/amd64  0 layers, 0 B\n\n#  size  wasted                  instruction\n"
        "    0 B     0 B                  total\n\nefficiency 100.0 % (0 B wasted: overwritten or deleted later)\n"
    )


def test_platform(work: Path, command: Command) -> None:
    write_layout(
        work / "both", layout(RECIPE, RECIPE._replace(platform="linux/s390x", layers=({"a": b""},), history=None))
    )
    assert "1 layer, 10 kB" in command("layers", "both/", "--platform", "linux/s390x").out
    ran = command("layers", "both/", "--platform", "linux/ppc64le")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err == (
        "scanguard: both/: holds no image for linux/ppc64le, only for linux/amd64, linux/s390x; "
        "name one of them with --platform\n"
    )


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("missing.tar",), 3, "missing.tar: does not exist; check the path"),
        (("app.tar", "--dockerfile", "missing"), 3, "missing: does not exist; check the path"),
        (("app.tar", "--platform", "x y"), 3, "--platform 'x y' is not a platform; write one such as linux/amd64"),
        (("A:b:c",), 3, "'A:b:c' is no image's name"),
        (("app.tar", "--format", "png"), 2, "argument --format: invalid choice: 'png'"),
        ((), 2, "the following arguments are required: IMAGE"),
    ],
)
def test_failures(work: Path, command: Command, words: tuple[str, ...], code: int, message: str) -> None:
    ran = command("layers", *words)
    assert (ran.code, ran.out, ran.err.count("\n")) == (code, "", 1)
    assert ran.err.startswith(f"scanguard: {message}")


FIXTURES = Path(__file__).resolve().parents[3] / "shared" / "fixtures"
BUILT = {
    "buildkit.tar": ("Dockerfile.ml-buildkit", "base 6 9 25 26 27 28 29 30 31 34"),
    "classic-ov.tar": ("Dockerfile.ml-classic", "base 6 9 25 26 27 28 29 30 31 34"),
    "buildah.tar": ("Dockerfile.ml-buildkit", "base 6 9 25 26 28 29 30 31 34"),
}


@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the configurations of real images are not here")
@pytest.mark.parametrize("name", BUILT)
def test_lines_of_real_images(work: Path, command: Command, name: str) -> None:
    config = json.loads((FIXTURES / "image_configs.json").read_text(encoding="utf-8"))[name]
    count = len(config["rootfs"]["diff_ids"])
    recipe = Recipe(
        layers=[{f"f{number}": b"x"} for number in range(count)], history=config["history"], config=config["config"]
    )
    (work / name).write_bytes(docker_archive(recipe))
    assert len(configuration(recipe)["rootfs"]["diff_ids"]) == count
    dockerfile, lines = BUILT[name]
    out = command("layers", name, "--dockerfile", FIXTURES / "dockerfiles" / dockerfile).out
    assert [line[20:26].strip() for line in out.splitlines()[3 : 3 + count]] == lines.split()


COMMITTED = Recipe(
    layers=(*RECIPE.layers, {"etc/x": b"x"}, {"etc/y": b"y"}),
    history=(*HISTORY, entry(f"python3 --token {TOKEN}"), entry("", empty=True), entry("sh -c make")),
)


def rows(command: Command, *words: str) -> list[str]:
    return [
        row["instruction"] for row in json.loads(command("layers", "app.tar", *words, "--format", "json").out)["layers"]
    ]


def test_a_committed_container_is_no_run(work: Path, command: Command) -> None:
    (work / "app.tar").write_bytes(docker_archive(COMMITTED))
    above, last = rows(command)[4:]
    assert (above.startswith("python3 --token "), TOKEN in above, last) == (True, False, "sh -c make")
    (work / "Dockerfile").write_text(DOCKERFILE, encoding="utf-8")
    assert rows(command)[4:] == [f"committed container: {above}", f"committed container: {last}"]


def test_one_layer_of_several_instructions_is_not_its_last_one(work: Path, command: Command) -> None:
    history = (
        *HISTORY[:2],
        *(entry(f"/bin/sh -c {one}", empty=True) for one in ("a", "b")),
        entry('/bin/sh -c #(nop) CMD ["x"]', comment="FROM debian:12"),
    )
    (work / "app.tar").write_bytes(docker_archive(Recipe(layers=RECIPE.layers[:2], history=history)))
    (work / "Dockerfile").write_text('FROM debian:12\nRUN a\nRUN b\nCMD ["x"]\n', encoding="utf-8")
    assert rows(command) == ["ADD … /", "2 instructions in one layer"]
