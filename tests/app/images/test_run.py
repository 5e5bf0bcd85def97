"""Images in a run: which are checked, with which Dockerfile, what is accepted of them, and what is known and changed."""

import io
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scanguard.app.check import check_request
from scanguard.app.images.options import ImageOptions
from scanguard.app.request import Environment, Request
from scanguard.app.session import Session
from scanguard.image.problems import ImagePlace, ImageProblem
from scanguard.model.location import Region
from scanguard.model.report import Notification, Report
from scanguard.plugin import ImageScan, Severity, image_check
from scanguard.policy.model import ImageTarget
from tests.checks.image.scans import DEBIAN, dpkg
from tests.images import File, Recipe, docker_archive, entry, image_id

BASE = f"debian:12@sha256:{'0123456789abcdef' * 4}"
TEXT = f"FROM {BASE}\nRUN install tool\nEXPOSE 22\nUSER 1000\n"
HISTORY = ("RUN /bin/sh -c install tool # buildkit", "EXPOSE map[22/tcp:{}]", "USER 1000")
FOUND = [
    (1, "build-tools-present", "base"),
    (2, "leftover-file", "exact"),
    (2, "setuid-file", "exact"),
    (3, "exposed-port", "exact"),
]
BARE = [(1, name, "") for name in ("build-tools-present", "exposed-port", "leftover-file", "setuid-file")]
OTHER = "FROM other:1\nRUN a\nCOPY b /c\nRUN d\n"
TODAY = "2026-11-21"


def recipe(*history: str, name: str = "example/app:1", **more: Any) -> Recipe:
    """An image of the Dockerfile above: gcc in the base, a set-uid program and a repository in the layer of RUN."""
    made = [entry("/bin/sh -c #(nop) ADD file:1 in / ")]
    for one in history or HISTORY:
        made.append(entry(one, empty=not one.startswith("RUN"), comment="buildkit.dockerfile.v0"))
    layers = (
        {**DEBIAN, **dpkg("libc6", "gcc")},
        {"usr/bin/tool": File(b"x", mode=0o4755), "app/.git/HEAD": b"x"},
    )
    config = {"ExposedPorts": {"22/tcp": {}}, "User": "1000"}
    return Recipe(layers, made, config, tags=(name,))._replace(**more)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a Dockerfile and the archive of its image, and the working directory in it."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "Dockerfile").write_text(TEXT)
    (tmp_path / "app.tar").write_bytes(docker_archive(recipe()))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def session(root: Path, today: str = TODAY) -> Session:
    return Session(Environment(str(root), today), plugins=False)


def request(*images: str | ImageTarget, paths: tuple[str, ...] = (), **more: Any) -> Request:
    """A request for images; what belongs to `ImageOptions` goes there."""
    options = {name: more.pop(name) for name in ImageOptions._fields if name in more}
    targets = tuple(ImageTarget(one) if isinstance(one, str) else one for one in images)
    return Request(paths, images=ImageOptions(targets, scan=False)._replace(**options), **more)


def check(root: Path, *images: str | ImageTarget, **more: Any) -> Report:
    return check_request(session(root), request(*images, **more))


def with_dockerfile(root: Path, name: str, made: Recipe) -> ImageTarget:
    """An image written into the repository with a Dockerfile of its own."""
    (root / f"{name}.tar").write_bytes(docker_archive(made))
    (root / f"{name}.Dockerfile").write_text(TEXT)
    return ImageTarget(f"{name}.tar", f"{name}.Dockerfile")


def lines(report: Report) -> list[tuple[int, str, str]]:
    """Line, rule and certainty of the findings of images, accepted ones left out."""
    return sorted((one.region.start_line, one.rule.name, one.origin) for one in report.active if one.image)


def told(report: Report) -> list[tuple[str, str, str]]:
    return [(one.level, one.uri, one.message) for one in report.notifications]


def policy(root: Path, text: str) -> None:
    (root / "scanguard.yaml").write_text(text)


IMAGES = "images:\n  - {image: ./app.tar, dockerfile: Dockerfile}\n"


def test_the_dockerfile_beside_is_taken_where_the_image_was_built_from_it(root: Path) -> None:
    report = check(root, "app.tar")
    (image,) = report.images
    assert lines(report) == FOUND
    assert (image.name, image.reference, image.id) == ("example/app", "app.tar", image_id(recipe()))
    assert (image.platform, image.uri, image.base, image.inherited, image.own) == (
        "linux/amd64",
        "Dockerfile",
        BASE,
        1,
        3,
    )
    assert [(file.source.uri, file.checked) for file in report.files] == [("Dockerfile", False)]
    assert (report.notifications, int(report.exit_code)) == ((), 1)


def test_an_image_without_a_history_says_why_no_line_is_known(root: Path) -> None:
    (root / "app.tar").write_bytes(docker_archive(recipe()._replace(layers=recipe().layers[1:], history=[entry("")])))
    report = check(root, ImageTarget("app.tar", dockerfile="Dockerfile"))
    message = "The image has no history that names instructions. No finding of example/app can be put on a line of the Dockerfile."
    assert told(report) == [("note", "Dockerfile", message)]
    assert {origin for _, _, origin in lines(report)} == {"unknown"}


@pytest.mark.parametrize("text", [None, OTHER])
def test_a_dockerfile_of_something_else_is_forgotten(root: Path, text: str | None) -> None:
    (root / "Dockerfile").unlink()
    if text is not None:
        (root / "Dockerfile").write_text(text)
    report = check(root, "app.tar")
    assert lines(report) == BARE
    assert {(one.uri, one.region) for one in report.findings} == {("Dockerfile", Region(1, 1, 1, 1))}
    assert (report.files, report.images[0].base, report.images[0].uri) == ((), "", "Dockerfile")
    assert (report.images[0].inherited, report.images[0].own, report.images[0].unknown) == (0, 0, 4)


@pytest.mark.parametrize("words", [{"paths": ("-",)}, {"dockerfile": "-"}, {"paths": ("-",), "dockerfile": "-"}])
def test_a_dockerfile_from_standard_input_is_the_image_s_too(
    root: Path, monkeypatch: pytest.MonkeyPatch, words: dict[str, Any]
) -> None:
    (root / "Dockerfile").write_text(OTHER)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(TEXT.encode())))
    report = check(root, ImageTarget("app.tar", words.get("dockerfile", "")), paths=words.get("paths", ()))
    assert {(one.uri, one.image) for one in report.findings if one.image} == {("stdin", "example/app")}
    assert lines(report) == FOUND
    assert [(file.source.uri, file.source.text) for file in report.files] == [("stdin", TEXT)]


def test_the_only_dockerfile_that_is_checked_is_likelier_than_the_one_of_the_working_directory(root: Path) -> None:
    (root / "Dockerfile").write_text(OTHER)
    (root / "docker").mkdir()
    (root / "docker/Dockerfile").write_text(TEXT)
    assert lines(check(root, "app.tar", paths=("docker",))) == FOUND
    assert lines(check(root, "app.tar", paths=("docker", "Dockerfile"))) == BARE


def test_what_fails_without_a_dockerfile_names_no_file(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "Dockerfile").unlink()
    monkeypatch.setenv("PATH", "")
    report = check(root, "app.tar", "no.tar", scan=True)
    message = "The image example/app was not scanned for vulnerabilities: "
    assert [(level, uri, text.partition("vulnerabilities: ")[0]) for level, uri, text in told(report)] == [
        ("error", "", message.partition("vulnerabilities: ")[0]),
        ("error", "no.tar", "does not exist; check the path"),
    ]


def test_what_is_wrong_with_the_name_of_an_image_has_its_place(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "xyz:/1")
    region = Region(3, 5, 3, 9)
    wrong = {
        "Bad Name": "'Bad Name' is no image's name: ",
        "app:1": "DOCKER_HOST is 'xyz:/1', ",
        "gone.tar": "does not exist; ",
    }
    for name, words in wrong.items():
        target = ImageTarget(name, dockerfile="Dockerfile")
        ((level, uri, message),) = told(check(root, target))
        assert (level, uri, message[: len(words)]) == ("error", name, words)
        (found,) = check(root, target._replace(uri="scanguard.yaml", region=region)).notifications
        assert (found.uri, found.region) == ("scanguard.yaml", region)
        assert found.message.startswith(f"The image {name} could not be checked: {words}")


def test_a_named_dockerfile_of_something_else_is_told(root: Path) -> None:
    (root / "x.Dockerfile").write_text(OTHER)
    report = check(root, ImageTarget("app.tar", "x.Dockerfile"))
    assert ("image-not-built-from-dockerfile", "x.Dockerfile", "unknown") in [
        (one.rule.name, one.uri, one.origin) for one in report.findings
    ]


def test_several_images_and_what_keeps_one_from_being_checked(root: Path) -> None:
    (root / "worker.Dockerfile").write_text(TEXT.replace("install tool", "other"))
    other = recipe("RUN /bin/sh -c other # buildkit", *HISTORY[1:], name="example/worker:1")
    (root / "worker.tar").write_bytes(docker_archive(other))
    (root / "cut.tar").write_bytes(docker_archive(recipe())[:3000])
    report = check(
        root,
        ImageTarget("worker.tar", "worker.Dockerfile"),
        "app.tar",
        ImageTarget("app.tar", "no.Dockerfile"),
        ImageTarget("app.tar", "Dockerfile", "nothing"),
        "cut.tar",
    )
    assert [(image.name, image.uri) for image in report.images] == [
        ("example/worker", "worker.Dockerfile"),
        ("example/app", "Dockerfile"),
    ]
    assert sorted({(one.image, one.uri) for one in report.findings}) == [
        ("example/app", "Dockerfile"),
        ("example/worker", "worker.Dockerfile"),
    ]
    assert [(one.level, one.uri) for one in report.notifications] == [
        ("error", "Dockerfile"),
        ("error", "cut.tar"),
        ("error", "no.Dockerfile"),
    ]
    assert report.notifications[0].message == "There is no stage 'nothing' to ship: nothing of it was checked."
    assert int(report.exit_code) == 3


def test_a_stage_that_is_missing_is_told_once(root: Path) -> None:
    report = check(root, ImageTarget("app.tar", "", "nope"), paths=("Dockerfile",), target="nope")
    assert told(report) == [("error", "Dockerfile", "There is no stage 'nope' to ship: nothing of it was checked.")]


def test_two_platforms_of_an_image_say_the_same_once(root: Path) -> None:
    (root / "arm.tar").write_bytes(docker_archive(recipe(platform="linux/arm64")))
    report = check(root, "app.tar", "arm.tar")
    assert lines(report) == FOUND
    assert [(image.name, image.platform, image.inherited, image.own) for image in report.images] == [
        ("example/app", "linux/amd64", 1, 3),
        ("example/app", "linux/arm64", 1, 3),
    ]


@pytest.mark.parametrize(
    ("paths", "options", "checked"),
    [
        ((".",), {}, True),
        ((), {}, False),
        (("Dockerfile",), {}, False),
        ((".",), {"of_policy": False}, False),
    ],
)
def test_the_images_of_a_policy(root: Path, paths: tuple[str, ...], options: dict[str, bool], checked: bool) -> None:
    policy(root, IMAGES)
    report = check(root, paths=paths, **options)
    assert [image.name for image in report.images] == ["example/app"] * checked
    assert lines(report) == (FOUND if checked else [])
    assert check_request(session(root), Request(("Dockerfile",))).images == ()


def test_images_of_a_policy_without_dockerfiles(root: Path) -> None:
    (root / "Dockerfile").unlink()
    policy(root, "images:\n  - image: ./app.tar\n")
    report = check(root, paths=(".",))
    assert lines(report) == [(2, name, "") for _, name, _ in BARE]
    assert {(one.uri, one.region) for one in report.findings} == {("scanguard.yaml", Region(2, 5, 3, 1))}


def test_an_image_of_a_policy_that_others_extend_is_checked_once(root: Path) -> None:
    policy(root, IMAGES)
    (root / "a").mkdir()
    (root / "a" / "Dockerfile").write_text(TEXT)
    (root / "a" / "scanguard.yaml").write_text("extends: ../scanguard.yaml\nrules: {exposed-port: off}\n")
    report = check(root, paths=(".",))
    assert (len(report.images), lines(report)) == (1, FOUND)
    assert lines(check(root, paths=("a", "."))) == FOUND


@image_check("EXA900", "platform-told", Severity.LOW)
def platform_told(scan: ImageScan) -> Iterator[ImageProblem]:
    """The image says its platform."""
    yield ImageProblem(f"It is for {scan.image.platform}.", ImagePlace(1))


def test_a_check_of_a_plugin(
    root: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path_factory.mktemp("site")
    (site / "told-1.0.dist-info").mkdir()
    (site / "told-1.0.dist-info" / "entry_points.txt").write_text("[scanguard]\ntold = told_plugin\n")
    (site / "told_plugin.py").write_text(
        "from scanguard.plugin import hookimpl\n"
        f"from {__name__} import platform_told\n\n\n"
        "@hookimpl\ndef scanguard_checks():\n    return [platform_told]\n"
    )
    monkeypatch.syspath_prepend(str(site))
    with_plugins = Session(Environment(str(root), TODAY), plugins=True)
    report = check_request(with_plugins, request("app.tar", select=("platform-told",)))
    assert [(one.rule.id, one.region.start_line, one.message) for one in report.findings] == [
        ("EXA900", 2, "It is for linux/amd64.")
    ]


def test_comments_hide_findings_of_an_image(root: Path) -> None:
    comment = '# scanguard: ignore[exposed-port] reason="ours"\n# scanguard: ignore[setuid-file]\n'
    (root / "Dockerfile").write_text(TEXT.replace("EXPOSE", f"{comment}EXPOSE"))
    report = check(root, "app.tar")
    assert lines(report) == FOUND[:3]
    assert [(one.rule.name, one.region.start_line, one.message) for one in report.findings if not one.image] == [
        ("unused-suppression", 4, "'setuid-file' has nothing to suppress in this instruction.")
    ]
    assert [one.suppressions[0].justification for one in report.findings if one.suppressions] == ["ours"]
    assert (report.images[0].inherited, report.images[0].own) == (1, 2)
    whole = check(root, "app.tar", paths=("Dockerfile",))
    assert [one.rule.name for one in whole.findings if not one.image] == ["unused-suppression"]
    assert lines(check(root, "app.tar", inline=False)) == [*FOUND[:3], (5, "exposed-port", "exact")]


def test_what_an_image_confirms_is_accepted_by_what_the_report_says(root: Path) -> None:
    key = "AKIA" + "Z7QX3MNB5RTY2WKD"
    token = "hunter" + "2" * 6
    text = (
        f"FROM {BASE}\nARG GIT_TOKEN\nENV AWS_KEY={key}\nCOPY id_rsa \\\n  /app/id_rsa\nRUN make $GIT_TOKEN\nUSER 0\n"
    )
    history = (
        "ARG GIT_TOKEN",
        f"ENV AWS_KEY={key}",
        "COPY id_rsa /app/id_rsa # buildkit",
        f"RUN |1 GIT_TOKEN={token} /bin/sh -c make $GIT_TOKEN # buildkit",
        "USER 0",
    )
    made = [entry("/bin/sh -c #(nop) ADD file:1 in / ")]
    made += [
        entry(one, empty=one.startswith(("ARG", "ENV", "USER")), comment="buildkit.dockerfile.v0") for one in history
    ]
    layers = ({**DEBIAN, **dpkg("libc6")}, {"app/id_rsa": File(b"x" * 1_700)}, {"app/made": b"x"})
    config = {"Env": [f"AWS_KEY={key}"], "User": "0"}
    (root / "app.tar").write_bytes(docker_archive(recipe()._replace(layers=layers, history=made, config=config)))
    (root / "Dockerfile").write_text(text)

    before = check(root, "app.tar", paths=("Dockerfile",))
    both = [one for one in before.findings if any(name == "confirmed by the image" for name, _ in one.facts)]
    accept = [value for one in both for name, value in one.facts if name == "accept with"]
    assert {one.rule.name for one in both} == {
        "root-user",
        "embedded-secret",
        "secret-file-copied",
        "secret-argument-used",
    }
    written = text.splitlines()
    for told in sorted((one for value in accept for one in value.split("; ")), key=lambda one: -int(one.split()[-1])):
        comment, _, line = told.partition(" above line ")
        written.insert(int(line) - 1, comment)
    (root / "Dockerfile").write_text("".join(f"{line}\n" for line in written))
    after = check(root, "app.tar", paths=("Dockerfile",))
    gone = {one.rule.name for one in both}
    left = [one for one in after.active if one.rule.name in gone or one.rule.category in ("secrets", "user")]
    assert left == []
    assert {one.rule.name for one in after.active} == {one.rule.name for one in before.active} - gone


def test_what_an_image_refutes_is_a_note_and_no_defect_of_the_image(root: Path) -> None:
    text = f"FROM {BASE}\nRUN apt-get install -y gcc || true\nUSER 1000\n"
    history = ("RUN /bin/sh -c apt-get install -y gcc || true # buildkit", "USER 1000")
    refuting = recipe(*history)._replace(layers=({**DEBIAN, **dpkg("libc6")}, {"x": b""}), config={"User": "1000"})
    (root / "app.tar").write_bytes(docker_archive(refuting))
    (root / "Dockerfile").write_text(text)
    report = check(root, "app.tar", paths=("Dockerfile",))
    assert [(one.rule.name, one.severity, one.message, one.image) for one in report.findings] == [
        (
            "build-tools-installed",
            Severity.NOTE,
            "Build tool 'gcc' ships in the image. Refuted by the image.",
            "",
        )
    ]
    assert (report.images[0].own, int(report.exit_code)) == (0, 0)
    alone = check(root, "app.tar")
    assert lines(alone) == [(2, "build-tools-present", "exact")]
    (root / "Dockerfile").write_text(text.replace("RUN", "# scanguard: ignore[build-tools-installed]\nRUN"))
    accepted = check(root, "app.tar", paths=("Dockerfile",))
    assert (accepted.active, len(accepted.findings)) == ((), 1)


def test_an_image_lowers_nothing_that_is_locked(root: Path) -> None:
    (root / "Dockerfile").write_text("FROM grafana/own:1\nCOPY a /a\n")
    made = [
        entry("/bin/sh -c #(nop) ADD file:1 in / "),
        entry("COPY a /a # buildkit", comment="buildkit.dockerfile.v0"),
    ]
    image = recipe()._replace(layers=({**DEBIAN}, {"a": b"x"}), history=made, config={"User": "1000"})
    (root / "app.tar").write_bytes(docker_archive(image))
    policy(root, "rules: {unpinned-image: off}\n")
    (root / "org.yaml").write_text("rules: {root-user: medium}\nlocked: [root-user]\n")
    lowered = (("severity without the image", "high"),)
    for named, severity, facts in (("", Severity.NOTE, lowered), ("org.yaml", Severity.MEDIUM, ())):
        report = check(root, "app.tar", paths=("Dockerfile",), policy=named)
        (found,) = (one for one in report.findings if one.rule.name == "root-user")
        told = (("refuted by the image", "example/app runs as '1000'"), *facts)
        assert (found.severity, found.facts) == (severity, told)


def test_an_image_of_another_stage_refutes_nothing(root: Path) -> None:
    text = f"FROM {BASE} AS base\nRUN apt-get install -y gcc\nFROM base AS slim\nRUN ./clean\nUSER 1000\nFROM base\nUSER 1000\n"
    (root / "Dockerfile").write_text(text)
    history = ("RUN /bin/sh -c apt-get install -y gcc # buildkit", "RUN /bin/sh -c ./clean # buildkit", "USER 1000")
    made = recipe(*history)
    bare = {**DEBIAN, **dpkg("libc6")}
    with_gcc = {**bare, **dpkg("libc6", "gcc")}
    made = made._replace(layers=(bare, with_gcc, dpkg("libc6")), config={"User": "1000"})
    (root / "slim.tar").write_bytes(docker_archive(made))
    slim = ImageTarget("slim.tar", "Dockerfile", "slim")

    def grades(*images: ImageTarget, **more: str) -> list[Severity]:
        report = check(root, *images, paths=("Dockerfile",), **more)
        return [one.severity for one in report.findings if one.rule.name == "build-tools-installed"]

    assert grades(slim) == [Severity.MEDIUM]
    assert grades(slim, target="slim") == [Severity.NOTE]
    policy(root, "targets: [{path: Dockerfile, ships: [slim]}]\n")
    assert grades(slim) == [Severity.NOTE]
    policy(root, "targets: [{path: Dockerfile, ships: [slim, base]}]\n")
    assert grades(slim) == [Severity.MEDIUM]


def test_comments_for_another_image_of_the_dockerfile_are_no_defect(root: Path) -> None:
    text = f"FROM {BASE} AS tool\n# scanguard: ignore[setuid-file]\nRUN other\n\n{TEXT}"
    text = text.replace("EXPOSE", "# scanguard: ignore[exposed-port]\nEXPOSE")
    (root / "Dockerfile").write_text(text)
    plain = recipe(HISTORY[0], HISTORY[2], config={"User": "1000"}, name="example/plain:1")
    (root / "plain.tar").write_bytes(docker_archive(plain))
    for images in (("app.tar",), ("app.tar", "plain.tar"), ("plain.tar", "app.tar")):
        report = check(root, *(ImageTarget(one, "Dockerfile") for one in images))
        assert [one for one in report.findings if one.rule.name == "unused-suppression"] == []
    report = check(root, ImageTarget("plain.tar", "Dockerfile"))
    assert [one.region.start_line for one in report.findings if one.rule.name == "unused-suppression"] == [7]
    broken = check(root, ImageTarget("plain.tar", "Dockerfile"), ImageTarget("gone.tar", "Dockerfile"))
    assert [one for one in broken.findings if one.rule.name == "unused-suppression"] == []


def test_the_policy_judges_comments_about_images_too(root: Path) -> None:
    (root / "Dockerfile").write_text(TEXT.replace("USER", "# scanguard: ignore[exposed-port]\nUSER"))
    policy(root, "rules: {unused-suppression: critical}\n")
    report = check(root, "app.tar")
    assert [one.severity for one in report.findings if not one.image] == [Severity.CRITICAL]
    policy(root, "rules: {unused-suppression: off}\n")
    assert [one for one in check(root, "app.tar").findings if not one.image] == []


def exceptions(*entries: str) -> str:
    return "exceptions:\n" + "".join(f"  - {{reason: why, expires: 2099-01-01, {one}}}\n" for one in entries)


def test_exceptions_of_the_policy(root: Path) -> None:
    policy(root, exceptions("rule: build-tools-present, package: gcc", "rule: setuid-file, path: Dockerfile"))
    report = check(root, "app.tar")
    assert (lines(report), told(report)) == ([FOUND[1], FOUND[3]], [])
    assert (report.images[0].inherited, report.images[0].own) == (0, 2)
    policy(root, exceptions("rule: build-tools-present, package: cmake", "rule: setuid-file, path: other/**"))
    report = check(root, "app.tar")
    assert lines(report) == FOUND
    assert told(report) == [("note", "scanguard.yaml", "The exception for build-tools-present covers no finding.")]


def test_exceptions_for_what_was_not_looked_at_are_not_called_needless(root: Path) -> None:
    policy(root, exceptions("rule: vulnerable-package", "rule: root-user", "rule: secret-file"))
    assert told(check(root, paths=("Dockerfile",))) == [
        ("note", "scanguard.yaml", "The exception for root-user covers no finding.")
    ]
    assert told(check(root, "app.tar")) == [
        ("note", "scanguard.yaml", "The exception for secret-file covers no finding.")
    ]
    assert [one.level for one in check(root, "app.tar", "gone.tar").notifications] == ["error"]


def test_what_the_base_brought_can_be_left_out_and_is_counted(root: Path) -> None:
    report = check(root, "app.tar", exclude_base=True)
    assert lines(report) == FOUND[1:]
    assert [one.rule.name for one in report.findings if not one.active] == ["build-tools-present"]
    assert (report.images[0].inherited, report.images[0].own) == (1, 3)


def test_a_baseline_of_images(root: Path) -> None:
    from scanguard.app.baseline import save, write

    here = session(root)
    first = write(here, request("app.tar", paths=("Dockerfile",)), "b.json")
    save(first, str(root))
    assert [(one.uri, one.rule, one.image) for one in first.added] == [
        ("Dockerfile", name, "example/app") for _, name, _ in sorted(FOUND, key=lambda one: one[1])
    ]
    known = check(root, "app.tar", paths=("Dockerfile",), baseline="b.json")
    assert (known.active, known.notifications, known.images[0].own) == ((), (), 3)
    (root / "Dockerfile").write_text(TEXT.replace("RUN", "\nRUN"))
    assert check(root, "app.tar", baseline="b.json").active == ()
    assert told(check(root, paths=("Dockerfile",), baseline="b.json")) == []
    (root / "app.tar").write_bytes(docker_archive(recipe(config={"User": "1000"})))
    gone = "The baseline's finding exposed-port in Dockerfile is gone; `scanguard baseline prune` removes it."
    assert [one.message for one in check(root, "app.tar", baseline="b.json").notifications] == [gone]


def test_a_baseline_keeps_what_the_dockerfile_itself_has(root: Path) -> None:
    from scanguard.app.baseline import prune, save, write

    (root / "Dockerfile").write_text(
        TEXT.replace("RUN install", "RUN apt-get update && apt-get install -y gcc; install")
    )
    here = session(root)
    save(write(here, request(paths=("Dockerfile",)), "b.json"), str(root))
    assert "build-tools-installed" in (root / "b.json").read_text()
    assert prune(here, request("app.tar"), "b.json").removed == ()
    assert told(check(root, ImageTarget("app.tar", "Dockerfile"), baseline="b.json")) == []


def git(root: Path, *words: str) -> None:
    names = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *names, *words], cwd=root, check=True, capture_output=True)


@pytest.mark.parametrize("paths", [(), ("Dockerfile",), (".",)])
def test_findings_of_images_since_a_commit(root: Path, paths: tuple[str, ...]) -> None:
    (root / ".git").rmdir()
    (root / "Dockerfile").write_text(TEXT.replace("EXPOSE 22\n", ""))
    git(root, "init", "-q")
    git(root, "add", "Dockerfile")
    git(root, "commit", "-qm", "first")
    assert lines(check(root, "app.tar", paths=paths, since="HEAD")) == []
    (root / "Dockerfile").write_text(TEXT)
    report = check(root, "app.tar", paths=paths, since="HEAD")
    assert lines(report) == [FOUND[3]]
    assert told(report) == [("note", "", "3 findings are left out: the cause did not change since HEAD.")]
    git(root, "add", "Dockerfile")
    assert lines(check(root, "app.tar", paths=paths, staged=True)) == [FOUND[3]]
    (root / "Dockerfile").write_text(OTHER)
    assert lines(check(root, "app.tar", since="HEAD")) == BARE
    assert lines(check(root, "app.tar", paths=("Dockerfile",), since="HEAD")) == BARE
    git(root, "commit", "-qam", "second")
    assert lines(check(root, "app.tar", paths=("Dockerfile",), since="HEAD")) == BARE


def test_what_is_staged_is_checked_without_the_images_of_the_policy(root: Path) -> None:
    (root / ".git").rmdir()
    policy(root, IMAGES)
    git(root, "init", "-q")
    git(root, "add", "Dockerfile", "scanguard.yaml")
    for images in (request(paths=(".",), staged=True), Request((".",), staged=True)):
        report = check_request(session(root), images)
        assert (report.images, report.notifications) == ((), ())


def test_parts_of_a_run(root: Path) -> None:
    targets = [with_dockerfile(root, letter, recipe(name=f"example/{letter}:1")) for letter in "abcdef"]
    paths = tuple(target.dockerfile for target in targets)
    whole = check(root, *targets, paths=paths)
    parts = [check(root, *targets, paths=paths, shard=f"{part}/3") for part in (1, 2, 3)]
    assert sorted(one.name for part in parts for one in part.images) == [one.name for one in whole.images]
    assert all(0 < len(part.images) < 6 for part in parts)
    for part in parts:
        assert {image.uri for image in part.images} == {file.source.uri for file in part.files}
    assert sorted(one.image for part in parts for one in part.findings) == sorted(one.image for one in whole.findings)


def test_an_exception_that_only_another_part_needs(root: Path) -> None:
    others = [recipe(name=f"example/{letter}:1", config={"User": "1000"}) for letter in "bcdefgh"]
    targets = [with_dockerfile(root, made.tags[0][8], made) for made in others]
    names = (ImageTarget("app.tar", "Dockerfile"), *targets)
    policy(root, exceptions("rule: exposed-port"))
    needless = "The exception for exposed-port covers no finding."
    assert told(check(root, *names)) == []
    first, second = (check(root, *names, shard=f"{part}/2") for part in (1, 2))
    assert first.images and second.images and first.shards is not None and second.shards is not None
    assert sorted([told(first), told(second)]) == [[], [("note", "scanguard.yaml", needless)]]
    settled = {one.message for shards in (first.shards, second.shards) for one in shards.settled}
    assert settled == {needless}


def test_a_dockerfile_of_another_image_that_was_only_tried_is_told(root: Path) -> None:
    (root / "Dockerfile").write_text("FROM alpine\nRUN apk add curl\nCOPY x y\nRUN a\n")
    report = check(root, "app.tar")
    assert {one.origin for one in report.findings} == {""}
    why = "The image was not built from this Dockerfile: its history shows 0 of 3 instructions."
    message = f"{why} No finding of example/app can be put on a line of the Dockerfile."
    assert [one for one in report.notifications if "built" in one.message] == [
        Notification("note", message, "Dockerfile")
    ]


def test_an_image_of_the_command_line_has_the_dockerfile_that_the_policy_names(root: Path) -> None:
    (root / "services").mkdir()
    (root / "Dockerfile").rename(root / "services" / "Dockerfile")
    plain = check(root, "app.tar")
    assert {one.origin for one in plain.findings} == {""}
    policy(root, "images: [{image: ./app.tar, dockerfile: services/Dockerfile}]\n")
    named = check(root, "app.tar")
    assert {one.uri for one in named.findings} == {"services/Dockerfile"}
    assert "" not in {one.origin for one in named.findings}
    (root / "other.Dockerfile").write_text(OTHER)
    other = check(root, ImageTarget("app.tar", "other.Dockerfile"))
    assert {one.uri for one in other.findings} == {"other.Dockerfile"}


def test_the_images_of_a_directory_are_those_whose_dockerfiles_lie_there(root: Path) -> None:
    for name in ("a", "b"):
        (root / name).mkdir()
        (root / name / "Dockerfile").write_text(TEXT)
        (root / f"{name}.tar").write_bytes((root / "app.tar").read_bytes())
    (root / "Dockerfile").unlink()
    entries = ", ".join(f"{{image: ./{name}.tar, dockerfile: {name}/Dockerfile}}" for name in ("a", "b"))
    policy(root, f"images: [{entries}]\n")
    for paths, names in ((("a",), {"./a.tar"}), ((".",), {"./a.tar", "./b.tar"}), (("a", "b"), {"./a.tar", "./b.tar"})):
        report = check_request(session(root), Request(paths, images=ImageOptions(scan=False)))
        assert {image.reference for image in report.images} == names
    report = check_request(session(root), Request(("a", "b/Dockerfile"), images=ImageOptions(scan=False)))
    assert {image.reference for image in report.images} == {"./a.tar"}
