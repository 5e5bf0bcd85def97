"""The command line that Trivy gets, read from a program that writes it down."""

import json
import os
from pathlib import Path
from time import monotonic

import pytest

from scanguard.model.errors import TargetError
from scanguard.sources.image_files import image_in_file
from scanguard.sources.stamps import stamp
from scanguard.trivy.ask import scan
from scanguard.trivy.prepare import Ready, prepare
from scanguard.trivy.private import private_directory
from scanguard.trivy.program import Program
from scanguard.trivy.settings import TrivySettings
from tests.fakes import fake
from tests.images import Recipe, configuration, docker_archive, layer_tars, tar_of
from tests.trivy.samples import image

TOKEN = fake("password")


class Source:
    """An image in a layout on disk of which nothing is read."""

    daemon = ""

    def __init__(self, path: Path) -> None:
        self.path = str(path)
        self.image = image()._replace(digest="sha256:" + "d" * 64)

    def contents(self):
        return ()

    def layers(self):
        return iter(())

    def close(self) -> None:
        return None


def recorder(folder: Path, diff_ids: tuple[str, ...]) -> Program:
    """A program that writes down its words, its environment and its directory, and a report of an image."""
    listed = ",".join(f'"{one}"' for one in diff_ids)
    path = folder / "trivy"
    path.write_text(f"""#!/bin/sh
printf '%s\\n' "$@" > '{folder}/words'
env > '{folder}/environment'
ls -A > '{folder}/listing'
while [ $# -gt 0 ]; do case $1 in --output) out=$2 ;; --cache-dir) cache=$2 ;; esac; shift; done
mkdir -p "$cache/fanal" && touch "$cache/fanal/kept"
printf '{{"SchemaVersion": 2, "Metadata": {{"DiffIDs": [{listed}]}}}}' > "$out"
""")
    path.chmod(0o755)
    return Program(str(path), "0.76.0")


@pytest.fixture
def layout(tmp_path: Path) -> Source:
    (tmp_path / "-odd:name@x").mkdir()
    return Source(tmp_path / "-odd:name@x")


def asked(source: Source, folder: Path, **more: object) -> list[str]:
    settings = TrivySettings(cache=str(folder / "cache"))._replace(**more)
    found = scan(source, Ready(recorder(folder, source.image.diff_ids), settings))
    assert found.scanner == "Trivy"
    return (folder / "words").read_text().splitlines()


def test_words(layout: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIVY_SEVERITY", "UNKNOWN")
    words = asked(layout, tmp_path, offline=True, licences=True, timeout=77)
    assert words[:4] == ["image", "--quiet", "--config=", "--skip-version-check"]
    assert words[-2:] == ["--input", f"image@sha256:{'d' * 64}"]
    for word in ("--ignorefile=", "--secret-config=", "--skip-db-update", "--skip-java-db-update", "--timeout=77s"):
        assert word in words
    assert "--scanners=vuln,secret,license" in words
    environment = dict(
        line.split("=", 1) for line in (tmp_path / "environment").read_text().splitlines() if "=" in line
    )
    assert {name for name in environment if name.startswith("TRIVY_")} == {"TRIVY_CACHE_BACKEND"}
    assert not os.path.exists(environment["TMPDIR"])
    assert (tmp_path / "listing").read_text().split() == ["image", "work"]


def test_a_server_and_its_token(layout: Source, tmp_path: Path) -> None:
    words = asked(
        layout, tmp_path, server="https://t.example.org", token=TOKEN, cache_backend=f"redis://:{TOKEN}@r:6379"
    )
    assert "--server=https://t.example.org" in words
    assert not any(TOKEN in word for word in words)
    environment = (tmp_path / "environment").read_text().splitlines()
    assert f"TRIVY_TOKEN={TOKEN}" in environment
    assert f"TRIVY_CACHE_BACKEND=redis://:{TOKEN}@r:6379" in environment


def test_the_database_of_java_archives(layout: Source, tmp_path: Path) -> None:
    words = asked(layout, tmp_path, java_db_repository=("a/java:1", "b/java:1"), secrets=False)
    assert "--java-db-repository=a/java:1,b/java:1" in words
    assert "--skip-java-db-update" not in words
    assert "--scanners=vuln" in words


def test_a_report_of_another_image(layout: Source, tmp_path: Path) -> None:
    settings = TrivySettings(cache=str(tmp_path / "cache"))
    with pytest.raises(TargetError, match="3 of the image's layers are not in it"):
        scan(layout, Ready(recorder(tmp_path, ("sha256:other",)), settings))


def test_a_report_of_another_image_even_of_a_copy(tmp_path: Path) -> None:
    path = tmp_path / "app.tar"
    path.write_bytes(docker_archive(Recipe([{"etc/passwd": b"root:x:0:0\n"}])))
    trivy = Ready(recorder(tmp_path, ("sha256:other",)), TrivySettings(cache=str(tmp_path / "cache")))
    with pytest.raises(TargetError) as caught:
        scan(image_in_file(str(path), ""), trivy)
    assert caught.value.message == (
        "Trivy read another image than ScanGuard, most likely one built anew meanwhile; check it again"
    )


def test_an_archive_that_borrows_the_digests_of_another_image(tmp_path: Path) -> None:
    """Trivy would remember the empty layer under the digest of the other one."""
    recipe = Recipe([{"etc/passwd": b"root:x:0:0\n"}])
    config = json.dumps(configuration(recipe)).encode()
    manifest = json.dumps([{"Config": "c", "RepoTags": None, "Layers": ["l"]}]).encode()
    path = tmp_path / "app.tar"
    for layer, message in ((layer_tars(recipe)[0], ""), (tar_of({}), "a layer is not the one that its configuration")):
        path.write_bytes(tar_of({"l": layer, "c": config, "manifest.json": manifest}))
        source = image_in_file(str(path), "")
        program = recorder(tmp_path, source.image.diff_ids)
        trivy = Ready(program, TrivySettings(cache=str(tmp_path / "cache")), known="the same")
        if not message:
            assert scan(source, trivy, stamp=stamp).vulnerabilities == ()
            gone = trivy._replace(program=Program(str(tmp_path / "none"), "0.76.0"))
            assert scan(source, gone, stamp=stamp).vulnerabilities == ()
            continue
        assert kept(tmp_path / "cache") == ["fanal", "found"]
        with pytest.raises(TargetError, match=message):
            scan(source, trivy, stamp=stamp)
        assert kept(tmp_path / "cache") == ["found"]


@pytest.mark.parametrize("shared", [{"server": "https://t.example.org"}, {"cache_backend": "redis://r:6379"}])
def test_what_others_share_never_sees_an_archive_that_borrows_digests(shared: dict[str, str], tmp_path: Path) -> None:
    recipe = Recipe([{"etc/passwd": b"root:x:0:0\n"}])
    config = json.dumps(configuration(recipe)).encode()
    manifest = json.dumps([{"Config": "c", "RepoTags": None, "Layers": ["l"]}]).encode()
    path = tmp_path / "app.tar"
    path.write_bytes(tar_of({"l": tar_of({}), "c": config, "manifest.json": manifest}))
    source = image_in_file(str(path), "")
    trivy = Ready(recorder(tmp_path, source.image.diff_ids), TrivySettings(cache=str(tmp_path / "cache"), **shared))
    with pytest.raises(TargetError, match="a layer is not the one that its configuration"):
        scan(source, trivy)
    assert not (tmp_path / "words").exists()
    assert kept(tmp_path / "cache") == []


def test_nothing_is_kept_of_a_file_that_changes_meanwhile(layout: Source, tmp_path: Path) -> None:
    trivy = Ready(
        recorder(tmp_path, layout.image.diff_ids), TrivySettings(cache=str(tmp_path / "cache")), known="the same"
    )
    stamps = iter(("before", "after"))
    scan(layout, trivy, stamp=lambda _: next(stamps))
    assert kept(tmp_path / "cache") == ["fanal"]
    scan(layout, trivy)
    assert kept(tmp_path / "cache") == ["fanal"]


def kept(cache: Path) -> list[str]:
    """The kinds of what is remembered: inventories, and what Trivy keeps of layers."""
    return sorted(one.name.partition("-")[0] for one in cache.rglob("*") if one.name.startswith(("found-", "fanal")))


def test_a_program_that_went_away(layout: Source, tmp_path: Path) -> None:
    gone = Ready(Program(str(tmp_path / "none"), "0.76.0"), TrivySettings(cache=str(tmp_path / "cache")))
    with pytest.raises(TargetError, match="Trivy could not be run: No such file"):
        scan(layout, gone)


@pytest.mark.parametrize("signal", ["", "trap '' TERM; "])
def test_a_trivy_that_does_not_keep_to_its_time(signal: str, layout: Source, tmp_path: Path) -> None:
    program = recorder(tmp_path, layout.image.diff_ids)
    Path(program.path).write_text(f"#!/bin/sh\n{signal}while :; do sleep 0.1; done\n")
    began = monotonic()
    with pytest.raises(TargetError, match="did not finish in time"):
        scan(layout, Ready(program, TrivySettings(cache=str(tmp_path / "cache"), timeout=1)))
    assert 3 < monotonic() - began < 40


def test_no_place_for_a_database(tmp_path: Path) -> None:
    path = tmp_path / "trivy"
    path.write_text("#!/bin/sh\necho Version: 0.76.0\n")
    path.chmod(0o755)
    with pytest.raises(TargetError, match="set HOME"):
        prepare(TrivySettings(path=str(path)), cwd="/nowhere", now=0)


def test_no_temporary_directory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(TargetError, match="no temporary directory can be made in"),
        private_directory(str(tmp_path / "file")),
    ):
        pass
