"""Images of real builders, checked by the command: every finding on the line that caused it, or honestly on none."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from scanguard.app.images.loading import load_image
from scanguard.image.nodes import ImageSource
from scanguard.registry import Registry
from scanguard.trivy.settings import TrivySettings
from tests.real import machines
from tests.real.scan import Scan, lines, scan

DOCKERFILE = """\
FROM small:1 AS builder
RUN mkdir /out && echo built > /out/tool && chmod 4755 /out/tool

FROM small:1 AS runtime
ARG VERSION=1
ENV APP_HOME=/srv \\
    MODE=production
RUN echo "$VERSION" > /version && \\
    # a comment inside
    echo more >> /version
WORKDIR /srv
COPY --from=builder /out/tool /usr/bin/tool
COPY app/ ./
RUN printf 'Package: openssl\\nStatus: install ok installed\\nArchitecture: amd64\\n' >> /var/lib/dpkg/status && \\
    printf 'Version: 3.0.11-1~deb12u1\\nDescription: x\\n\\n' >> /var/lib/dpkg/status
RUN rm /srv/large.bin
EXPOSE 22
CMD ["/bin/sh"]
"""
FROM, BUILDER, COPY_APP, PACKAGE, PORT = 4, 2, 13, 14, 17
BUILDERS = ("classic", "buildkit", "buildah", "buildah-one-layer")


@pytest.fixture(scope="session")
def context(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources of an image: a Dockerfile and what it copies."""
    directory = tmp_path_factory.mktemp("context")
    (directory / "Dockerfile").write_text(DOCKERFILE)
    (directory / "app").mkdir()
    (directory / "app" / "main.sh").write_text("echo hello\n")
    (directory / "app" / "large.bin").write_bytes(os.urandom(12_000_000))
    return directory


@pytest.fixture(scope="session")
def archive(
    engine: machines.Engine, base_archive: Path, context: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Path]:
    """The image as each builder makes it, as a docker archive; each is built once."""
    made: dict[str, Path] = {}
    directory = tmp_path_factory.mktemp("archives")

    def build(builder: str) -> Path:
        if builder not in made:
            if builder.startswith("buildah"):
                words = () if builder == "buildah-one-layer" else ("--layers",)
                made[builder] = machines.buildah(directory, context, base_archive, builder, *words)
            else:
                engine.build(context, f"{builder}:1", buildkit=builder == "buildkit")
                made[builder] = engine.save(f"{builder}:1", directory / f"{builder}.tar")
        return made[builder]

    return build


@pytest.mark.parametrize("builder", ["classic", "buildkit", "buildah"])
def test_findings_are_on_the_lines_that_caused_them(
    builder: str, archive: Callable[[str], Path], context: Path, trivy: Scan
) -> None:
    found = scan(context, "--image", str(archive(builder)), "--dockerfile", "Dockerfile", with_trivy=trivy)
    assert found.code == 1
    assert lines(found, "vulnerable-package") == {
        "CVE-2023-45853": (FROM, "base"),
        "CVE-2024-6119": (PACKAGE, "exact"),
    }
    assert [*lines(found, "setuid-file").values()] == [(BUILDER, "candidates")]
    assert [*lines(found, "exposed-port").values()] == [(PORT, "exact")]
    assert [*lines(found, "deleted-large-file").values()] == [(COPY_APP, "exact")]


def test_one_layer_for_all_is_never_one_line(archive: Callable[[str], Path], context: Path, trivy: Scan) -> None:
    found = scan(context, "--image", str(archive("buildah-one-layer")), "--dockerfile", "Dockerfile", with_trivy=trivy)
    openssl = lines(found, "vulnerable-package")["CVE-2024-6119"]
    assert openssl[1] in ("span", "candidates")


def test_another_dockerfile_is_not_blamed(archive: Callable[[str], Path], tmp_path: Path, trivy: Scan) -> None:
    (tmp_path / "Dockerfile").write_text("FROM alpine:3.19\nRUN apk add nginx\nCOPY site /site\nUSER nginx\n")
    words = ("--image", str(archive("buildkit")), "--dockerfile", "Dockerfile")
    found = scan(tmp_path, *words, with_trivy=trivy)
    assert {origin for _, origin in lines(found, "vulnerable-package").values()} == {"unknown"}
    assert [one["name"] for one in found.findings if one["name"] == "image-not-built-from-dockerfile"] != []


def test_the_daemon_and_its_archive_say_the_same(
    engine: machines.Engine, archive: Callable[[str], Path], context: Path, trivy: Scan
) -> None:
    archive("classic")
    one = scan(context, "--image", str(archive("classic")), with_trivy=trivy)
    other = scan(context, "--image", "classic:1", with_trivy=trivy, DOCKER_HOST=engine.host)
    assert [finding["fingerprint"] for finding in one.findings] == [
        finding["fingerprint"] for finding in other.findings
    ]


def test_an_image_of_the_daemon_is_saved_once(
    engine: machines.Engine, archive: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive("classic")
    monkeypatch.setenv("DOCKER_HOST", engine.host)

    def loaded() -> ImageSource:
        return load_image(Registry(third_parties=False), "classic:1", settings=TrivySettings(cache=str(tmp_path)))

    first = loaded()
    read = (first.image, first.contents())
    (kept,) = (tmp_path / "scanguard").iterdir()
    again = loaded()
    assert (again.image, again.contents()) == read
    kept.write_bytes(kept.read_bytes().replace(b"etc/os-release", b"etc/of-the-cache"))
    assert "etc/of-the-cache" in {entry.path for layer in loaded().contents() for entry in layer.entries}


def test_four_images_at_once(archive: Callable[[str], Path], context: Path, trivy: Scan) -> None:
    words = [word for builder in BUILDERS for word in ("--image", str(archive(builder)))]
    found = scan(context, *words, "--dockerfile", "Dockerfile", with_trivy=trivy)
    assert {one["image"] for one in found.findings if one["image"]} == set(BUILDERS)
    assert found.document["complete"] is True


def test_sarif_of_images_has_runs_of_their_own(archive: Callable[[str], Path], context: Path, trivy: Scan) -> None:
    found = scan(
        context,
        "--image",
        str(archive("buildkit")),
        "--dockerfile",
        "Dockerfile",
        "--format",
        "sarif",
        with_trivy=trivy,
    )
    log = json.loads(found.output)
    assert [run["automationDetails"]["id"] for run in log["runs"]] == [
        "scanguard/dockerfile/",
        "scanguard/image/buildkit/",
    ]
    uris = {
        place["physicalLocation"]["artifactLocation"]["uri"]
        for run in log["runs"]
        for result in run["results"]
        for place in result["locations"]
    }
    assert uris == {"Dockerfile"}


def test_a_builders_image_makes_the_line_certain(
    engine: machines.Engine, archive: Callable[[str], Path], context: Path, trivy: Scan, tmp_path: Path
) -> None:
    engine.build(context, "tools:1", "--target", "builder", buildkit=True)
    builder = engine.save("tools:1", tmp_path / "tools.tar")
    words = ("--image", str(archive("buildkit")), "--dockerfile", "Dockerfile", "--builder", f"builder={builder}")
    found = scan(context, *words, with_trivy=trivy)
    assert [*lines(found, "setuid-file").values()] == [(BUILDER, "exact")]
