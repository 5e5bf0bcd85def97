"""Images on the command line: arguments, the runs of SARIF, what `merge` reads back, and the text."""

import json
from pathlib import Path

import pytest

from tests.app.images.test_run import BASE, FOUND, HISTORY, TEXT, recipe
from tests.cli.conftest import Command
from tests.images import docker_archive

ONE_DOCKERFILE = (
    "--dockerfile is one file for all images; where they differ, name each image with its own in the policy (images:)"
)
NO_SERVER = (
    "is no address of a server; write http://HOST or https://HOST, without user and password; "
    "the token is in SCANGUARD_TRIVY_TOKEN"
)
OFFLINE, ONE = "--offline opens no connection, and none to", "leave out one of them"
SERVER = f"a Trivy server (--trivy-server, or trivy: server in the policy); {ONE}"
ARCHIVE = ("--image", "app.tar", "--no-trivy")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a Dockerfile, the archive of its image and one of another image of the same file."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "Dockerfile").write_text(TEXT)
    (tmp_path / "app.tar").write_bytes(docker_archive(recipe()))
    (tmp_path / "worker.tar").write_bytes(docker_archive(recipe(name="example/worker:1")))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def runs(text: str) -> list[tuple[str, list[str], int]]:
    """Of each run the category, the rules of its results and the number of its notifications."""
    return [
        (
            run.get("automationDetails", {}).get("id", ""),
            sorted(one["properties"].get("image", "") for one in run["results"]),
            len(run["invocations"][0].get("toolExecutionNotifications", ())),
        )
        for run in json.loads(text)["runs"]
    ]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--image", ""), "--image '' names no image"),
        (("--image=-x",), "--image '-x' names no image"),
        (("--dockerfile", "Dockerfile"), "--dockerfile speaks of an image; name it with --image"),
        (("--image", "a", "--dockerfile", "x", "--image", "b", "--dockerfile", "y"), ONE_DOCKERFILE),
        (("--image", "a", "--offline", "--pull"), "--offline and --pull exclude each other"),
        *(
            (
                ("--image", "a", f"--trivy-timeout={seconds}"),
                f"argument --trivy-timeout: '{seconds}' is not a whole number of seconds, from 1 to 86400"
                " (see `scanguard check --help`)",
            )
            for seconds in ("0", "0.01", "-1", "ten", "86401", "1" * 5000)
        ),
        (("--image", "a", "--offline", "--trivy-server", "http://127.0.0.1:1"), f"{OFFLINE} {SERVER}"),
        (("--image", "a", "--offline", "--trivy-backend", "redis://r:1"), f"{OFFLINE} Redis (--trivy-backend); {ONE}"),
        (
            ("--image", "a", "--trivy-backend", "foo"),
            "--trivy-backend 'foo' is none; write fs, memory or redis://HOST:PORT",
        ),
        (
            ("--image", "a", "--trivy-backend", "http://:x@r"),
            "--trivy-backend 'http://***@r' is none; write fs, memory or redis://HOST:PORT",
        ),
        (("--image", "a", "--trivy-server", "ftp://x"), f"--trivy-server 'ftp://x' {NO_SERVER}"),
        (("--image", "a", "--trivy-server", "https://me:x@t"), f"--trivy-server 'https://***@t' {NO_SERVER}"),
        (("--image", "a", "--builder", "x"), "--builder 'x': write STAGE=REF, as in builder=app:builder"),
        (("--image", "a", "--builder", "x=-y"), "--builder 'x=-y': write STAGE=REF, as in builder=app:builder"),
    ],
)
def test_arguments_that_cannot_be(command: Command, root: Path, words: tuple[str, ...], message: str) -> None:
    assert command("check", *words) == (2, "", f"scanguard: {message}\n")


def test_offline_goes_with_no_server_of_the_policy(command: Command, root: Path) -> None:
    (root / "own.yaml").write_text("trivy: {server: 'https://t.example.org'}\n")
    words = ("check", *ARCHIVE[:2], "--offline", "--policy", "own.yaml")
    assert command(*words) == (2, "", f"scanguard: {OFFLINE} {SERVER}\n")
    assert command(*words, "--no-trivy").code == 1


def test_a_dockerfile_that_is_named_is_checked_too(command: Command, root: Path) -> None:
    (root / "Dockerfile").write_text(TEXT.replace(BASE, "debian:12"))
    document = json.loads(command("check", *ARCHIVE, "--dockerfile", "Dockerfile", "--format", "json").out)
    assert [(one["name"], one["image"]) for one in document["findings"]] == [
        ("unpinned-image", None),
        ("build-tools-present", "example/app"),
        ("setuid-file", "example/app"),
        ("leftover-file", "example/app"),
        ("exposed-port", "example/app"),
    ]


def test_an_image_that_is_named_twice_is_checked_once(command: Command, root: Path) -> None:
    twice = (*ARCHIVE, "--dockerfile", "Dockerfile") * 2
    assert command("check", *twice) == command("check", *ARCHIVE, "--dockerfile", "Dockerfile")


def test_images_of_the_policy_and_how_to_pass_over_them(command: Command, root: Path) -> None:
    (root / "scanguard.yaml").write_text("images: [{image: ./app.tar, dockerfile: Dockerfile}]\n")
    for words, count in ((("--no-trivy",), 1), (("--no-trivy", "--no-images"), 0), (("Dockerfile",), 0)):
        document = json.loads(command("check", *words, "--format", "json").out)
        assert len(document["images"]) == count
        assert len(document["findings"]) == count * len(FOUND)


def test_a_dockerfile_and_its_images_are_runs_of_their_own(command: Command, root: Path) -> None:
    (root / "Dockerfile").write_text(TEXT.replace(BASE, "debian:12"))
    words = ("check", *ARCHIVE, "--image", "worker.tar", "--format", "sarif")
    every = (["example/app"] * 4, ["example/worker"] * 4)
    assert runs(command(*words, "Dockerfile").out) == [
        ("scanguard/dockerfile/", [""], 0),
        ("scanguard/image/example/app/", every[0], 0),
        ("scanguard/image/example/worker/", every[1], 0),
    ]
    assert [one[0] for one in runs(command(*words, "Dockerfile", "--category", "mine/").out)] == [
        "mine/",
        "mine/image/example/app/",
        "mine/image/example/worker/",
    ]
    assert runs(command(*words).out) == [
        ("scanguard/image/example/app/", every[0], 0),
        ("scanguard/image/example/worker/", every[1], 0),
    ]


def test_no_run_closes_the_alerts_of_what_was_not_looked_at(command: Command, root: Path) -> None:
    words = ("check", *ARCHIVE, "--image", "gone.tar", "--format", "sarif")
    ran = command(*words)
    assert (ran.code, runs(ran.out)) == (3, [("scanguard/image/example/app/", ["example/app"] * 4, 1)])
    ran = command("check", "--image", "gone.tar", "--no-trivy", "--format", "sarif")
    assert (ran.code, runs(ran.out)) == (3, [("scanguard/images/", [], 1)])


def test_an_image_of_two_platforms_is_one_run(command: Command, root: Path) -> None:
    (root / "arm.tar").write_bytes(docker_archive(recipe(platform="linux/arm64")))
    ran = command("check", *ARCHIVE, "--image", "arm.tar", "--format", "sarif")
    assert runs(ran.out) == [("scanguard/image/example/app/", ["example/app"] * 4, 0)]
    images = json.loads(ran.out)["runs"][0]["properties"]["images"]
    assert [one["platform"] for one in images] == ["linux/amd64", "linux/arm64"]


@pytest.mark.parametrize(("count", "parts"), [(19, 20), (20, 2)])
def test_no_more_runs_than_are_taken(command: Command, root: Path, count: int, parts: int) -> None:
    words = []
    for number in range(count):
        (root / f"{number}.tar").write_bytes(docker_archive(recipe(name=f"example/{number:02}:1")))
        words += ["--image", f"{number}.tar"]
    found = runs(command("check", "Dockerfile", *words, "--no-trivy", "--format", "sarif").out)
    assert (len(found), sum(len(images) for _, images, _ in found)) == (parts, 4 * count)
    assert [name for name, *_ in found][:2] == [
        "scanguard/dockerfile/",
        "scanguard/images/" if count == 20 else "scanguard/image/example/00/",
    ]


FORMATS: dict[str, tuple[str, ...]] = {
    "json": ("--format", "json"),
    "sarif": ("--format", "sarif"),
    "full": ("--format", "sarif", "--include-suppressed", "--category", "x"),
}
ROOT_USER = TEXT.replace("USER 1000\n", "USER root\n").replace(BASE, "debian:12")
COMMENT = '# scanguard: ignore[setuid-file] reason="ours"\nRUN'


@pytest.fixture
def busy(root: Path) -> Path:
    """The same with much to say: a static finding that two images confirm, comments, exceptions, an image that is not there."""
    (root / "Dockerfile").write_text(ROOT_USER.replace("RUN", COMMENT))
    history = ("RUN /bin/sh -c install tool # buildkit", "EXPOSE map[22/tcp:{}]", "USER root")
    for name in ("app", "worker", "third"):
        made = recipe(*history, name=f"example/{name}:1", config={"ExposedPorts": {"22/tcp": {}}, "User": "root"})
        (root / f"{name}.tar").write_bytes(docker_archive(made))
    (root / "scanguard.yaml").write_text(
        "exceptions:\n  - {rule: exposed-port, reason: why, expires: 2099-01-01}\n"
        "  - {rule: secret-file, reason: why, expires: 2099-01-01}\n"
    )
    return root


EVERY: tuple[str, ...] = (
    "Dockerfile",
    *(word for name in ("app", "worker", "third") for word in ("--image", f"{name}.tar")),
)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("words", [EVERY, EVERY[1:], (*EVERY, "--image", "gone.tar")])
def test_what_was_written_is_read_back(command: Command, busy: Path, format: str, words: tuple[str, ...]) -> None:
    whole = command("check", *words, "--no-trivy", *FORMATS[format])
    (busy / "report.out").write_text(whole.out, encoding="utf-8")
    again = command("merge", "report.out", *FORMATS[format])
    assert (again.code, again.err) == (whole.code, whole.err)
    assert json.loads(again.out) == json.loads(whole.out)


@pytest.mark.parametrize("total", [2, 3, 5])
@pytest.mark.parametrize("format", FORMATS)
def test_the_parts_of_a_run_with_images_are_the_run(command: Command, busy: Path, format: str, total: int) -> None:
    words = (*EVERY, "--no-trivy", *FORMATS[format])
    whole = command("check", *words)
    paths = []
    for part in range(1, total + 1):
        paths.append(busy / f"{part}.out")
        paths[-1].write_text(command("check", *words, "--shard", f"{part}/{total}").out, encoding="utf-8")
    joined = command("merge", *paths, *FORMATS[format])
    assert (joined.code, joined.err) == (whole.code, whole.err)
    assert json.loads(joined.out) == json.loads(whole.out)


@pytest.mark.parametrize("total", [2, 3, 5])
@pytest.mark.parametrize("format", FORMATS)
def test_an_image_refutes_what_its_dockerfile_seems_to_say_in_any_part(
    command: Command, root: Path, format: str, total: int
) -> None:
    (root / "Dockerfile").write_text(f"FROM {BASE}\nRUN install tool\nEXPOSE 22\nUSER app\n")
    passwd = {"etc/passwd": b"root:x:0:0::/root:/bin/sh\napp:x:1000:1000::/:/bin/sh\n"}
    made = recipe(*HISTORY[:2], "USER app", config={"ExposedPorts": {"22/tcp": {}}, "User": "app"})
    layers = (made.layers[0], {**made.layers[1], **passwd})
    (root / "app.tar").write_bytes(docker_archive(made._replace(layers=layers)))
    words = ("Dockerfile", "--image", "app.tar", "--no-trivy", *FORMATS[format])
    whole = command("check", *words)
    assert "has the account 'app'" in whole.out
    paths = [root / f"{part}.out" for part in range(1, total + 1)]
    for part, path in enumerate(paths, 1):
        path.write_text(command("check", *words, "--shard", f"{part}/{total}").out, encoding="utf-8")
    joined = command("merge", *paths, *FORMATS[format])
    assert (joined.code, json.loads(joined.out)) == (whole.code, json.loads(whole.out))


def test_the_dockerfile_of_an_image_is_checked_beside_the_paths(command: Command, root: Path) -> None:
    for name in ("other", "image"):
        (root / f"{name}.Dockerfile").write_text("FROM debian:12\n")
    words = ("--image", "app.tar", "--no-trivy", "--format", "json", "--dockerfile", "image.Dockerfile")
    for paths in ((), ("other.Dockerfile",)):
        document = json.loads(command("check", *paths, *words).out)
        assert [file["uri"] for file in document["files"]] == ["image.Dockerfile", *paths]
        unpinned = [one["uri"] for one in document["findings"] if one["name"] == "unpinned-image"]
        assert unpinned == ["image.Dockerfile", *paths]


def test_the_text_of_images(command: Command, root: Path) -> None:
    (root / "arm.tar").write_bytes(docker_archive(recipe(platform="linux/arm64")))
    printed = command("check", "--image", "worker.tar", *ARCHIVE, "--image", "arm.tar").out
    assert printed.splitlines()[-4:] == [
        f"image example/worker: inherited from {BASE}: 1 of 4; yours: 3",
        f"image example/app (app.tar, linux/amd64): inherited from {BASE}: 1 of 4; yours: 3",
        f"image example/app (arm.tar, linux/arm64): inherited from {BASE}: 1 of 4; yours: 3",
        "8 medium in 1 file; fails on medium or worse",
    ]
    assert printed.count("images: example/app, example/worker\n") == 4
    assert "images: " not in command("check", *ARCHIVE).out
    printed = command("check", *ARCHIVE, "--exclude-base").out
    assert printed.splitlines()[-1] == "3 medium in 1 file; 1 of the base left out; fails on medium or worse"
    (root / "Dockerfile").unlink()
    printed = command("check", *ARCHIVE, "--ignore", "setuid-file,exposed-port,leftover-file,build-tools-present").out
    assert printed == "image example/app: nothing found\nclean: nothing found in 1 image\n"
    missing = ("--image", "missing.tar", "--image", "app.tar", "--no-trivy", "--select", "wasted-space")
    printed = command("check", *missing).out
    assert "image example/app: nothing found in what could be looked at\n" in printed
    printed = command("check", *ARCHIVE).out
    assert printed.splitlines()[-2:] == [
        "image example/app: 4 found",
        "4 medium in 1 image; fails on medium or worse",
    ]
    printed = command("check", *ARCHIVE, "--image", "arm.tar").out
    assert printed.splitlines()[-1] == "4 medium in 2 images; fails on medium or worse"
