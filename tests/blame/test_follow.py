"""Copied files, followed into their stages."""

import pytest

from scanguard.blame.align import align
from scanguard.blame.follow import BuilderImage, sources
from scanguard.blame.likely import package_name
from scanguard.blame.nodes import Origin
from scanguard.blame.origin import Trails
from scanguard.image.nodes import Entry, HistoryEntry, Kind
from tests.blame.images import ROOT, buildkit, built, contents, entry, image, told

Answer = tuple[str, list[int], bool, str]


def followed(
    text: str, path: str, *copied: str, builders: dict[str, BuilderImage] | None = None
) -> tuple[Answer, Origin]:
    """The answer for a path in the last layer of an image that has these entries on its base."""
    build = built(text)
    one = image(ROOT, *buildkit(*copied))
    origin = align(one, build, builders or {}).path(len(one.diff_ids) - 1, path)
    return (*told(build, origin), origin.heuristic, origin.reason), origin


VENV = "v/lib/python3/site-packages"
FLASK = f"{VENV}/Flask-2.dist-info/METADATA"
NODE = ["WORKDIR /src", "COPY . .", "RUN npm ci"]
GUESS = "Copied from stage 'b'; told from the Dockerfile, without an image of that stage."


def guess(stage: str, *lines: str) -> str:
    return "\n".join(("FROM base:1 AS b", *lines, "FROM base:1", stage, ""))


@pytest.mark.parametrize(
    ("copy", "steps", "path", "expected"),
    [
        ("COPY --from=b /out /app", ["RUN make", "RUN go build -o /out/server .", "COPY x /x"], "app/server", [3]),
        ("COPY --from=b /out /app", ["COPY src /out", "RUN curl -o /out/tool https://x.y/tool"], "app/tool", [3]),
        ("COPY --from=b /out /app", ["COPY src /out", "RUN curl -o /out/tool https://x.y/tool"], "app/main.py", [2]),
        ("COPY --from=b /v /v", ["RUN python -m venv /v", "RUN /v/bin/pip install flask==2 x"], FLASK, [3]),
        ("COPY --from=b /v /v", ["RUN python -m venv /v", "RUN /v/bin/pip install -r r.txt"], f"{VENV}/six.py", [3, 2]),
        ("COPY --from=b /src/node_modules /n", [*NODE, "RUN npm install left-pad"], "n/left-pad/package.json", [5]),
        ("COPY --from=b /src/node_modules /n", [*NODE, "RUN ls"], "n/lodash/package.json", [4]),
        ("COPY --from=b /out/x /bin/", ["RUN cp x /out/x"], "bin/x", [2]),
        ("COPY --from=b /out/x /bin/", ["RUN cp -r y /out/x/y"], "bin/y", [2]),
        ("COPY --from=b /out/x /bin/", ["RUN cp x /out/x"], "usr/bin/x", [2]),
        ("COPY --from=b /out/x /bin/z", ["RUN cp x /out/x"], "usr/bin/z", [2]),
        ("COPY --from=b /out /lib", ["RUN cp x /out/x", "RUN ls"], "usr/lib/x", [2]),
        ("COPY --from=b /out /bin", ["RUN touch /out/a", "RUN touch /out/a"], "bin/a", [3, 2]),
        ("COPY --from=b /w/*.whl /w/", ["RUN pip wheel -w /w flask"], "w/flask.whl", [2]),
        ("COPY --from=b --parents /o/./p/a /d", ["RUN touch /o/p/a"], "d/o/p/a", [2]),
        ("COPY --from=b /out /app", ["RUN ./configure --prefix=/out && make install"], "app/bin/x", [2]),
        ("COPY --from=b /out /app", ["ADD https://x.y/a.bin /out/"], "app/a.bin", [2]),
    ],
)  # fmt: skip
def test_by_the_symbolic_build(copy: str, steps: list[str], path: str, expected: list[int]) -> None:
    shown = copy.replace("--from=b ", "").replace("--parents ", "")
    answer, origin = followed(guess(copy, *steps), path, shown)
    assert answer == ("candidates", expected, True, GUESS)
    assert [step.message for step in origin.related] == ["Copied from stage 'b' here."]


def test_through_several_stages() -> None:
    text = """FROM base:1 AS a
RUN touch /one/x
FROM a AS a2
RUN true
FROM base:1 AS b
COPY --from=a2 /one /two
FROM base:1
COPY --from=b /two /three
"""
    assert followed(text, "three/x", "COPY /two /three")[0] == ("candidates", [2], True, GUESS)


def test_packages_that_a_stage_inherits() -> None:
    text = """FROM base:1 AS a
RUN pip install flask
FROM a AS b
RUN pip install six
FROM base:1
COPY --from=b /v /v
"""
    answer = ("candidates", [2], True, GUESS)
    assert followed(text, f"{VENV}/flask/app.py", "COPY /v /v")[0] == answer


def test_a_stage_where_nothing_names_the_file() -> None:
    answer, origin = followed(guess("COPY --from=b /usr/lib /l", "RUN x"), "l/y", "COPY /usr/lib /l")
    assert answer == ("exact", [4], False, "Copied from stage 'b', where no instruction names the file.")
    assert [step.message for step in origin.related] == ["Stage 'b' begins here."]
    nested = "FROM base:1 AS a\nRUN x\nFROM base:1 AS b\nCOPY --from=a /q /q\nFROM base:1\nCOPY --from=b /q /q\n"
    assert followed(nested, "q/y", "COPY /q /q")[0] == ("candidates", [4], True, GUESS)


def test_copies_of_images_and_of_the_context() -> None:
    text = "FROM base:1\nCOPY --from=busybox:1 /bin/sh /bin/sh\n"
    assert followed(text, "bin/sh", "COPY /bin/sh /bin/sh")[0] == (
        "exact",
        [2],
        False,
        "Copied from the image busybox:1.",
    )
    assert followed("FROM base:1\nCOPY a /a\n", "a", "COPY a /a")[0] == ("exact", [2], False, "")


def builder(*steps: str, layers: tuple, hashed: bool = False) -> dict[str, BuilderImage]:
    hashes = (lambda _, __: (1, "same")) if hashed else None
    return {"b": BuilderImage(image(ROOT, *buildkit(*steps)), layers, hashes)}


EXACTLY = guess("COPY --from=b /out /app", "COPY src /out", "RUN chmod 600 /out/key", "RUN touch /out/t")
STEPS = ("COPY src /out", "RUN /bin/sh -c chmod 600 /out/key", "RUN /bin/sh -c touch /out/t")


def test_by_the_builder_image() -> None:
    layers = (contents("out/base"), contents("out/key", "out/u"), contents("out/key"), contents("out/t"))
    by = builder(*STEPS, layers=layers)
    assert followed(EXACTLY, "app/key", "COPY /out /app", builders=by)[0] == ("exact", [3], False, "")
    by = builder(*STEPS, layers=layers, hashed=True)
    answer, origin = followed(EXACTLY, "app/key", "COPY /out /app", builders=by)
    assert answer == ("exact", [2], False, "")
    assert (origin.layer, [step.message for step in origin.related]) == (1, ["Copied from stage 'b' here."])
    assert followed(EXACTLY, "app/t", "COPY /out /app", builders=by)[0] == ("exact", [4], False, "")
    reason = "Copied from the base image base:1 of stage 'b'."
    assert followed(EXACTLY, "app/base", "COPY /out /app", builders=by)[0] == ("exact", [6], False, reason)


def test_links_of_the_image_on_the_way_of_a_copy() -> None:
    build = built("FROM base:1 AS b\nRUN cp x /out/x\nFROM base:1\nCOPY --from=b /out/x /links/\n")
    one = image(ROOT, *buildkit("COPY /out/x /links/"))
    layers = (contents(entry("links", Kind.SYMLINK, link="real")), contents("real/x"))
    origin = Trails(layers, lambda *_: None).trace(align(one, build), "real/x", 1)
    assert told(build, origin) == ("candidates", [2])


def sized(size: int) -> Entry:
    return entry("x", Kind.FILE)._replace(size=size)


def test_another_file_in_the_image_of_the_stage() -> None:
    """The Dockerfile copies from another stage now, where another file has that name."""
    build = built("FROM base:1 AS b\nRUN cp x /x\nFROM base:1\nCOPY --from=b /x /x\n")
    layers = (contents(), contents(sized(3)))
    by = {"b": BuilderImage(image(ROOT, *buildkit("RUN /bin/sh -c cp x /x")), layers)}
    blame = align(image(ROOT, *buildkit("COPY /x /x")), build, by)
    for size, expected in ((3, ("exact", [2])), (4, ("exact", [4]))):
        trails = Trails((contents(), contents(sized(size))), lambda *_: None)
        origin = trails.trace(blame, "x", 1)
        assert told(build, origin) == expected
    assert origin.reason == "The image that was given for stage 'b' has another file there."


def test_a_builder_image_that_does_not_help() -> None:
    gone = (contents(), contents("out/key"), contents(entry("out/key", Kind.WHITEOUT)), contents())
    by = builder(*STEPS, layers=gone)
    assert followed(EXACTLY, "app/key", "COPY /out /app", builders=by)[0][:3] == ("candidates", [3], True)
    other = builder("RUN other", layers=gone)
    assert followed(EXACTLY, "app/key", "COPY /out /app", builders=other)[0][:3] == ("candidates", [3], True)
    committed = {
        "b": BuilderImage(
            image(ROOT, *buildkit(*STEPS), HistoryEntry("sh", False)),
            (contents(), contents(), contents(), contents(), contents("out/c")),
        )
    }
    reason = "Copied from stage 'b'. No instruction of the Dockerfile made this layer."
    assert followed(EXACTLY, "app/c", "COPY /out /app", builders=committed)[0] == ("exact", [6], False, reason)


def test_through_the_images_of_several_stages() -> None:
    text = "FROM base:1 AS a\nRUN one\nFROM base:1 AS b\nCOPY --from=a /x /y\nFROM base:1\nCOPY --from=b /y /z\n"
    images = {
        "a": BuilderImage(image(ROOT, *buildkit("RUN /bin/sh -c one")), (contents(), contents("x/f"))),
        "b": BuilderImage(image(ROOT, *buildkit("COPY /x /y")), (contents(), contents("y/f"))),
    }
    answer, origin = followed(text, "z/f", "COPY /y /z", builders=images)
    assert answer == ("exact", [2], False, "")
    assert [step.message for step in origin.related] == ["Copied from stage 'b' here.", "Copied from stage 'a' here."]


def test_a_merged_layer() -> None:
    text = "FROM base:1\nCOPY a /a\nRUN x\nWORKDIR /w\nCOPY b $C\n"
    build = built(text)
    merged = (
        HistoryEntry(f"/bin/sh -c #(nop) COPY file:{'c' * 64} in /a ", True),
        HistoryEntry("/bin/sh -c x", True),
        HistoryEntry("/bin/sh -c #(nop) WORKDIR /w", True),
        HistoryEntry(f"/bin/sh -c #(nop) COPY file:{'c' * 64} in /q ", False, "FROM base"),
    )
    blame = align(image(ROOT, *merged), build)
    assert told(build, blame.layer(1)) == ("span", [2, 3, 5])
    assert told(build, blame.path(1, "a/b")) == ("candidates", [2, 3, 5])
    assert told(build, blame.path(1, "other")) == ("candidates", [3, 5])
    sure = built("FROM base:1\nCOPY a /a\nCOPY b /b\n")
    both = (merged[0], HistoryEntry(f"/bin/sh -c #(nop) COPY file:{'c' * 64} in /b ", False, "FROM base"))
    assert told(sure, align(image(ROOT, *both), sure).path(1, "other")) == ("span", [2, 3])


def test_where_sources_land() -> None:
    def of(copy: str, path: str) -> tuple[str, ...]:
        return sources(built(f"FROM a AS b\nFROM c\nWORKDIR /w\n{copy}\n").stages[1].steps[2], path)

    assert of("COPY --from=b /s/f /d/", "/d/f") == ("/s/f", "/s/f/f")
    assert of("COPY --from=b /s/f /d/", "/d/g") == ("/s/f/g",)
    assert of("COPY --from=b /s/f /d", "/d") == ("/s/f",)
    assert of("COPY --from=b /s/f /d", "/d/f") == ("/s/f/f", "/s/f")
    assert of("COPY --from=b /s/a /s/b /d/", "/d/a/x") == ("/s/b/a/x", "/s/a/x", "/s/a/a/x")
    assert of("COPY --from=b /s .", "/w/x") == ("/s/x",)
    assert of("COPY --from=b /s/*.so /d/", "/d/x.so") == ("/s/x.so",)
    assert of("COPY --from=b /s/*.so /d/", "/d/x.txt") == ()
    assert of("COPY --from=b /s /d", "/e") == ()


def test_names_of_packages() -> None:
    assert package_name("/v/site-packages/Flask_Cors-4.0.dist-info/METADATA") == "flask-cors"
    assert package_name("/v/site-packages/six.py") == "six-py"
    assert package_name("/a/node_modules/@x/y/package.json") == "@x/y"
    assert package_name("/a/node_modules/a/node_modules/b/index.js") == "b"
    assert package_name("/usr/bin/x") == ""
