"""The real Trivy on images made here, with a vulnerability database made here."""

import gzip
import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Timer

import pytest

from scanguard.image.inventory import Inventory, System
from scanguard.model.errors import TargetError
from scanguard.model.rule import Severity
from scanguard.sources.image_files import image_in_file
from scanguard.sources.stamps import stamp
from scanguard.trivy.ask import scan
from scanguard.trivy.database import ready as database_ready
from scanguard.trivy.failures import TrivyError
from scanguard.trivy.prepare import Ready, prepare
from scanguard.trivy.program import approve
from scanguard.trivy.settings import TrivySettings
from tests.images import Recipe, digest, docker_archive, docker_save, layer_tars, layout, removed, tar_of, write_layout
from tests.trivy.engine import engine
from tests.trivy.registry import registry
from tests.trivy.samples import FLASK, HISTORY, LAYERS, MIDDLE, REQUESTS, SECRETS, alpine, recipe
from tests.trivydb import write_cache

NOVEMBER = 1_795_219_200.0
"""2026-11-21, in seconds since 1970."""
VULNERABILITIES = [
    ("CVE-2023-30861", "flask", "2.3.1", "2.2.5, 2.3.2", Severity.HIGH, 7.5),
    ("CVE-2023-32681", "requests", "2.30.0", "2.31.0", Severity.MEDIUM, 6.1),
    ("CVE-2023-45853", "zlib1g", "1:1.2.13.dfsg-1", "", Severity.CRITICAL, 9.8),
    ("CVE-2023-4911", "libc6", "2.36-9+deb12u1", "2.36-9+deb12u3", Severity.HIGH, 7.8),
    ("CVE-2024-6119", "libssl3", "3.0.11-1~deb12u2", "3.0.14-1~deb12u2", Severity.HIGH, 7.5),
    ("CVE-2024-6119", "openssl", "3.0.11-1~deb12u2", "3.0.14-1~deb12u2", Severity.HIGH, 7.5),
]
A_SECRET = ("github-pat", "app/a.conf", 1)
B_SECRETS = [
    ("aws-access-key-id", "app/b.ini", 2),
    ("aws-secret-access-key", "app/b.ini", 3),
    ("github-pat", "app/b.ini", 1),
]


def written(tmp_path: Path, made: Recipe, name: str = "app.tar") -> str:
    path = tmp_path / name
    path.write_bytes(docker_archive(made))
    return str(path)


def scanned(path: str, ready: Ready, base_layers: int | None = 1, stop: Event | None = None) -> Inventory:
    with closing(image_in_file(path, "")) as source:
        return scan(source, ready, base_layers=base_layers, stop=stop, stamp=stamp)


def forgetful(ready: Ready) -> Ready:
    """The same Trivy, without answers that were kept."""
    return ready._replace(known="")


def vulnerabilities(found: Inventory) -> list[tuple[object, ...]]:
    return sorted(
        (one.id, one.package.name, one.package.version, one.fixed, one.severity, one.score)
        for one in found.vulnerabilities
    )


def secrets(found: Inventory) -> list[tuple[str, str, int]]:
    return sorted((one.kind, one.path, one.line) for one in found.secrets)


def test_all_of_an_image(tmp_path: Path, ready: Ready) -> None:
    made = recipe()
    found = scanned(written(tmp_path, made), ready)
    layers = [digest(layer) for layer in layer_tars(made)]
    assert (found.scanner, found.system, found.unsearched_layers) == (
        "Trivy 0.76.0",
        System("debian", "12.5", False),
        1,
    )
    assert vulnerabilities(found) == VULNERABILITIES
    assert secrets(found) == sorted([*B_SECRETS, A_SECRET])
    assert {(one.name, layers.index(one.layer), one.path, one.system) for one in found.packages} == {
        ("libc6", 0, "", True),
        ("libssl3", 0, "", True),
        ("openssl", 0, "", True),
        ("zlib1g", 0, "", True),
        ("requests", 2, REQUESTS, False),
        ("flask", 2, FLASK, False),
    }
    assert {(one.name, one.category, one.package, layers.index(one.layer)) for one in found.licences} == {
        ("Apache-2.0", "notice", "requests", 2),
        ("AGPL-3.0-only", "forbidden", "flask", 2),
    }
    assert {layers.index(one.layer) for one in found.secrets} == {1, 2}


def test_alpine_at_its_end(tmp_path: Path, ready: Ready) -> None:
    found = scanned(written(tmp_path, Recipe(layers=(alpine(),))), ready)
    assert found.system == System("alpine", "3.19.1", True)
    assert vulnerabilities(found) == [("CVE-2024-0727", "libssl3", "3.1.4-r4", "3.1.4-r5", Severity.MEDIUM, 5.5)]


def layout_at(tmp_path: Path, name: str, *recipes: Recipe, **how: bool) -> str:
    folder = tmp_path / name
    write_layout(folder, layout(*recipes, **how))
    return str(folder)


@pytest.mark.parametrize(
    "form", ["archive", "save", "layout", "odd-name", "attested", "nested", "layout-archive", "gzip", "second"]
)
def test_every_form_gives_the_same(form: str, tmp_path: Path, ready: Ready) -> None:
    made = recipe()
    arm = recipe()._replace(layers=(alpine(),), history=None, platform="linux/arm64", tags=("acme/app:arm",))
    plain = str(tmp_path / "image.tar")
    if form == "archive":
        path = written(tmp_path, made, "image.tar")
    elif form == "save":
        Path(plain).write_bytes(docker_save(made))
        path = plain
    elif form == "layout":
        path = layout_at(tmp_path, "layout", made)
    elif form == "odd-name":
        path = layout_at(tmp_path, "-x@sha256:1 y", made)
    elif form == "attested":
        path = layout_at(tmp_path, "layout", arm, made, attestations=True)
    elif form == "nested":
        path = layout_at(tmp_path, "layout", arm, made, nested=True)
    elif form == "layout-archive":
        Path(plain).write_bytes(tar_of(layout(made)))
        path = plain
    else:
        path = str(tmp_path / "image.tar.gz")
        Path(path).write_bytes(gzip.compress(docker_archive(made), 1))
    with closing(image_in_file(path, "linux/amd64")) as source:
        found = scan(source, ready, base_layers=1)
    assert vulnerabilities(found) == VULNERABILITIES
    assert secrets(found) == sorted([*B_SECRETS, A_SECRET])


@pytest.mark.parametrize(
    ("base_layers", "seen", "unsearched"), [(1, True, 0), (2, False, 2), (None, False, 2), (0, True, 0)]
)
def test_a_cmd_in_the_middle_hides_no_secret_of_ours(
    base_layers: int | None, seen: bool, unsearched: int, tmp_path: Path, ready: Ready
) -> None:
    found = scanned(written(tmp_path, recipe(MIDDLE)), ready, base_layers)
    assert secrets(found) == sorted([*B_SECRETS, *([A_SECRET] if seen else [])])
    assert found.unsearched_layers == unsearched
    assert vulnerabilities(found) == VULNERABILITIES


def test_the_order_of_scans_changes_nothing(tmp_path: Path, ready: Ready) -> None:
    """The same layers: once as the base image's, where no secrets are looked for, once as ours."""
    middle, plain = written(tmp_path, recipe(MIDDLE), "middle.tar"), written(tmp_path, recipe(), "plain.tar")
    first = [
        secrets(scanned(path, forgetful(ready), layers))
        for path, layers in ((middle, 2), (plain, 1), (middle, 1), (middle, 2))
    ]
    assert first == [
        sorted(B_SECRETS),
        sorted([*B_SECRETS, A_SECRET]),
        sorted([*B_SECRETS, A_SECRET]),
        sorted(B_SECRETS),
    ]


def test_a_deleted_secret_is_still_in_the_image(tmp_path: Path, ready: Ready) -> None:
    made = recipe()._replace(layers=(*LAYERS, removed("app/a.conf")), history=None)
    assert A_SECRET in secrets(scanned(written(tmp_path, made), ready))


def test_less_is_looked_for_where_less_is_wanted(tmp_path: Path, ready: Ready) -> None:
    less = ready._replace(settings=ready.settings._replace(secrets=False, licences=False))
    found = scanned(written(tmp_path, recipe()), less, None)
    assert (found.secrets, found.licences, found.unsearched_layers) == ((), (), 0)
    assert vulnerabilities(found) == VULNERABILITIES


REGO = "package trivy\nimport rego.v1\ndefault ignore := true\n"
FILES = {
    ".trivyignore": "CVE-2023-4911\nCVE-2024-6119\ngithub-pat\n",
    ".trivyignore.yaml": "vulnerabilities:\n  - id: CVE-2023-4911\n",
    "trivy.yaml": "severity: [UNKNOWN]\n",
    "trivy.yml": "severity: [UNKNOWN]\n",
    "trivy.yaml ": "scan:\n  scanners: []\n  skip-dirs: ['**']\npkg:\n  types: []\nignorefile: x\n",
    "trivy.yaml  ": "ignore-policy: i.rego\noutput: stolen.json\n",
    "trivy.yaml   ": "server:\n  addr: http://127.0.0.1:1\n",
    "trivy-secret.yaml": "disable-rules: [github-pat]\n",
}
VARIABLES = {
    "TRIVY_SEVERITY": "UNKNOWN",
    "TRIVY_IGNOREFILE": "{cwd}/.trivyignore",
    "TRIVY_CONFIG": "{cwd}/trivy.yaml",
    "TRIVY_SECRET_CONFIG": "{cwd}/trivy-secret.yaml",
    "TRIVY_IGNORE_POLICY": "{cwd}/i.rego",
    "TRIVY_SKIP_DIRS": "**",
    "TRIVY_SKIP_FILES": "app/a.conf",
    "TRIVY_SCANNERS": "license",
    "TRIVY_PKG_TYPES": "os",
    "TRIVY_IGNORE_UNFIXED": "true",
    "TRIVY_IGNORE_STATUS": "fixed",
    "TRIVY_SERVER": "http://127.0.0.1:1",
    "TRIVY_CACHE_DIR": "{cwd}/nowhere",
    "TRIVY_DB_REPOSITORY": "127.0.0.1:1/x:2",
    "TRIVY_VEX": "{cwd}/vex.json",
    "TRIVY_OUTPUT": "{cwd}/stolen.json",
    "TRIVY_EXIT_CODE": "5",
    "TRIVY_TIMEOUT": "1ns",
    "TRIVY_DEBUG": "true",
}


@pytest.mark.parametrize("name", [*FILES, *VARIABLES])
def test_a_hostile_repository_silences_nothing(
    name: str, tmp_path: Path, ready: Ready, monkeypatch: pytest.MonkeyPatch
) -> None:
    hostile = tmp_path / "repository"
    hostile.mkdir()
    path = written(hostile, recipe())
    (hostile / "i.rego").write_text(REGO)
    for file in FILES if name in VARIABLES else [name]:
        (hostile / file.strip()).write_text(FILES[file])
    before = sorted(hostile.iterdir())
    monkeypatch.chdir(hostile)
    monkeypatch.setenv("HOME", str(hostile))
    if name in VARIABLES:
        monkeypatch.setenv(name, VARIABLES[name].format(cwd=hostile))
    found = scanned(path, ready)
    assert vulnerabilities(found) == VULNERABILITIES
    assert secrets(found) == sorted([*B_SECRETS, A_SECRET])
    assert sorted(hostile.iterdir()) == before


def test_the_files_would_silence_a_careless_run(tmp_path: Path, ready: Ready) -> None:
    """The table above means something: without our defences Trivy heeds such files."""
    path = written(tmp_path, recipe())
    for name in (".trivyignore", "trivy-secret.yaml"):
        (tmp_path / name).write_text(FILES[name])
    words = [ready.program.path, "image", "-q", "--format", "json", "--skip-db-update", "--skip-version-check"]
    words += ["--disable-telemetry", "--cache-dir", ready.settings.cache, "--scanners", "vuln,secret", "--input", path]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, check=True, timeout=120)
    assert b"CVE-2023-32681" in done.stdout
    assert b"CVE-2023-4911" not in done.stdout
    assert b"github-pat" not in done.stdout


def leaks(*folders: Path) -> list[str]:
    files = (path for folder in folders for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return [f"{path}: {secret[:6]}" for path in files for secret in SECRETS if secret.encode() in path.read_bytes()]


def test_no_secret_is_left_anywhere(tmp_path: Path, ready: Ready, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary, images = tmp_path / "tmp", tmp_path / "images"
    temporary.mkdir()
    images.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr("tempfile.tempdir", None)
    history = (HISTORY[0], {"created_by": f"RUN |1 TOKEN={SECRETS[0]} /bin/sh -c make # buildkit"}, *HISTORY[2:])
    made = [recipe(), recipe(MIDDLE), recipe((*history[:2], *HISTORY[3:]))]
    found = [scanned(written(images, one, f"{number}.tar"), ready) for number, one in enumerate(made)]
    broken = written(images, recipe(), "broken.tar")
    with pytest.raises(TargetError):
        scanned(broken, forgetful(ready._replace(program=ready.program._replace(path="/bin/false"))))
    monkeypatch.setattr("tempfile.tempdir", None)
    assert [len(one.secrets) for one in found] == [4, 4, 4]
    assert not any(secret in repr(found) for secret in SECRETS)
    assert leaks(temporary, Path(ready.settings.cache)) == []
    assert list(temporary.iterdir()) == []
    assert leaks(images) != []


def test_the_second_scan_is_as_good(tmp_path: Path, ready: Ready) -> None:
    path = written(tmp_path, recipe())
    first = scanned(path, forgetful(ready))
    assert len(list(Path(ready.settings.cache).rglob("fanal.db"))) == 1
    assert scanned(path, forgetful(ready)) == first


def test_the_same_question_is_not_asked_twice(tmp_path: Path, ready: Ready, settings: TrivySettings) -> None:
    path, middle = written(tmp_path, recipe()), written(tmp_path, recipe(MIDDLE), "middle.tar")
    first, unsure = scanned(path, ready), scanned(middle, ready, None)
    broken = ready._replace(program=ready.program._replace(path="/bin/false"))
    assert scanned(path, broken) == first
    assert scanned(middle, broken, None) == unsure
    assert (unsure.unsearched_layers, scanned(middle, broken, 2).unsearched_layers) == (2, 2)
    with pytest.raises(TargetError):
        scanned(middle, broken, 1)
    write_cache(Path(settings.cache), "2026-11-21T00:00:00Z")
    newer = prepare(settings, cwd=str(tmp_path), now=time.time())
    with pytest.raises(TargetError):
        scanned(path, newer._replace(program=broken.program))
    assert scanned(path, newer) == first


@pytest.mark.parametrize("names", [("acme/app:1",), ("acme/a:1", "acme/b:1", "acme/c:1", "acme/d:1")])
def test_four_at_once(names: tuple[str, ...], tmp_path: Path, ready: Ready) -> None:
    paths = [written(tmp_path, recipe(name=names[number % len(names)]), f"{number}.tar") for number in range(4)]
    for _ in range(2):
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(lambda path: scanned(path, forgetful(ready)), paths))
        assert [vulnerabilities(one) for one in found] == [VULNERABILITIES] * 4
        assert [secrets(one) for one in found] == [sorted([*B_SECRETS, A_SECRET])] * 4


def test_the_memory_backend(tmp_path: Path, ready: Ready) -> None:
    memory = ready._replace(settings=ready.settings._replace(cache_backend="memory"))
    assert vulnerabilities(scanned(written(tmp_path, recipe()), memory)) == VULNERABILITIES
    assert not list(Path(ready.settings.cache).rglob("fanal.db"))


def failure(path: str, ready: Ready) -> tuple[str, str]:
    with pytest.raises(TrivyError) as caught:
        scanned(path, ready)
    return caught.value.failure.name, caught.value.message


def test_a_missing_database(tmp_path: Path, settings: TrivySettings, ready: Ready) -> None:
    shutil.rmtree(Path(settings.cache) / "db")
    with pytest.raises(TargetError, match="there is no vulnerability database"):
        prepare(settings, cwd=str(tmp_path), now=time.time())
    assert failure(written(tmp_path, recipe()), ready)[0] == "no-database"


@pytest.mark.parametrize("cut", [0, 100, 5000, 20_000])
def test_a_truncated_database(cut: int, tmp_path: Path, ready: Ready) -> None:
    path = Path(ready.settings.cache) / "db" / "trivy.db"
    path.write_bytes(path.read_bytes()[:cut])
    assert failure(written(tmp_path, recipe()), ready)[0] == "broken-database"


def test_a_database_of_garbage(tmp_path: Path, ready: Ready) -> None:
    path = Path(ready.settings.cache) / "db" / "trivy.db"
    path.write_bytes(b"\xaa" * 40_000)
    assert failure(written(tmp_path, recipe()), ready)[0] == "broken-database"


@pytest.mark.parametrize(("version", "name"), [(1, "old-database"), (3, "new-database")])
def test_a_database_of_another_form(version: int, name: str, tmp_path: Path, ready: Ready) -> None:
    path = Path(ready.settings.cache) / "db" / "metadata.json"
    path.write_text(path.read_text().replace('"Version": 2', f'"Version": {version}'))
    assert failure(written(tmp_path, recipe()), ready)[0] == name


def test_an_old_database(tmp_path: Path, settings: TrivySettings) -> None:
    write_cache(Path(settings.cache), "2020-01-01T00:00:00Z")
    told = prepare(settings, cwd=str(tmp_path), now=time.time()).notifications
    assert [(one.level, "is of 2020-01-01" in one.message) for one in told] == [("warning", True)]
    told = prepare(settings._replace(oldest_days=30), cwd=str(tmp_path), now=time.time()).notifications
    assert [(one.level, "At most 30 days are allowed." in one.message) for one in told] == [("error", True)]


class Held:
    """An image whose file changes between our reading of it and Trivy's."""

    def __init__(self, path: str, content: bytes | None) -> None:
        self._source = image_in_file(path, "")
        self.path, self.daemon, self.image = path, "", self._source.image
        if content is None:
            os.unlink(path)
        else:
            Path(path).write_bytes(content)

    def contents(self):
        return self._source.contents()

    def layers(self):
        return self._source.layers()

    def close(self) -> None:
        self._source.close()


@pytest.mark.parametrize(
    "content", [b"", b"\x00" * 3000, b"garbage" * 500, None, tar_of({"x": b"no image"}), "other", "cut"]
)
def test_an_archive_that_breaks_meanwhile(content, tmp_path: Path, ready: Ready) -> None:
    path = written(tmp_path, recipe())
    if content == "other":
        content = docker_archive(Recipe(layers=(alpine(),)))
    elif content == "cut":
        content = Path(path).read_bytes()[:9000]
    with pytest.raises(TargetError) as caught:
        scan(Held(path, content), ready, base_layers=1)
    assert caught.value.message


def test_too_little_time(tmp_path: Path, ready: Ready) -> None:
    made = recipe()._replace(
        layers=(*LAYERS, {f"d/{number}.conf": os.urandom(200_000) for number in range(20)}), history=None
    )
    hasty = ready._replace(settings=ready.settings._replace(timeout=0))
    name, message = failure(written(tmp_path, made), hasty)
    assert (name, "--trivy-timeout" in message) == ("timeout", True)


def test_no_space(tmp_path: Path, ready: Ready) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("there is no /dev/full on this system")
    program = tmp_path / "trivy"
    program.write_text(f'#!/bin/sh\nexec {ready.program.path} "$@" --output /dev/full\n')
    program.chmod(0o700)
    name, _ = failure(written(tmp_path, recipe()), ready._replace(program=ready.program._replace(path=str(program))))
    assert name == "disk"


class Distant:
    """An image in a docker daemon that only ScanGuard can reach, or nobody."""

    path = ""

    def __init__(self, path: str, daemon: str, down: bool) -> None:
        self._source = image_in_file(path, "")
        self.daemon, self.image, self._down = daemon, self._source.image, down

    def contents(self):
        return self._source.contents()

    def layers(self):
        if self._down:
            raise TargetError("the docker daemon gave no answer")
        return self._source.layers()

    def close(self) -> None:
        self._source.close()


@pytest.mark.parametrize("down", [True, False])
def test_a_daemon_that_trivy_cannot_reach(down: bool, tmp_path: Path, ready: Ready) -> None:
    source = Distant(written(tmp_path, recipe()), f"unix://{tmp_path}/no.sock", down)
    if down:
        with pytest.raises(TargetError, match="the docker daemon gave no answer"):
            scan(source, ready, base_layers=1)
    else:
        assert vulnerabilities(scan(source, ready, base_layers=1)) == VULNERABILITIES


def test_the_docker_engine(tmp_path: Path, ready: Ready) -> None:
    """Trivy asks the engine itself, for the image by its id; it never pulls."""
    with TemporaryDirectory(prefix="sg-") as short, engine(Path(short), recipe()) as (address, asked):
        source = Distant(written(tmp_path, recipe()), address, True)
        found = scan(source, ready, base_layers=1)
    assert vulnerabilities(found) == VULNERABILITIES
    assert secrets(found) == sorted([*B_SECRETS, A_SECRET])
    assert any("/images/get" in one for one in asked)
    assert not any("create" in one for one in asked)


def test_a_server_that_is_down(tmp_path: Path, ready: Ready) -> None:
    away = ready._replace(settings=ready.settings._replace(server="http://127.0.0.1:1", token=SECRETS[0]))
    assert failure(written(tmp_path, recipe()), away)[0] in ("server", "network")


def test_a_redis_that_is_down(tmp_path: Path, ready: Ready) -> None:
    away = ready._replace(settings=ready.settings._replace(cache_backend="redis://:pass@127.0.0.1:1"))
    name, message = failure(written(tmp_path, recipe()), away)
    assert (name, "pass" in message) == ("redis", False)


@pytest.mark.parametrize(("token", "works"), [("right", True), ("wrong", False), ("", False)])
def test_a_server(token: str, works: bool, tmp_path: Path, settings: TrivySettings) -> None:
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [
        settings.path,
        "server",
        "--listen",
        f"127.0.0.1:{port}",
        "--cache-dir",
        settings.cache,
        "--skip-db-update",
    ]
    server = subprocess.Popen([*words, "--token", "right"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        online = settings._replace(offline=False, cache=str(tmp_path / "none"))
        client = online._replace(server=f"http://127.0.0.1:{port}", token=token)
        ready = prepare(client, cwd=str(tmp_path), now=time.time())
        path = written(tmp_path, recipe())
        if works:
            assert vulnerabilities(scanned(path, ready)) == VULNERABILITIES
        else:
            assert failure(path, ready)[0] == "token"
    finally:
        server.terminate()
        server.wait(30)


def test_a_download_that_fails(tmp_path: Path, settings: TrivySettings) -> None:
    shutil.rmtree(Path(settings.cache) / "db")
    asked = settings._replace(offline=False, db_repository=("127.0.0.1:1/db:2", "127.0.0.1:1/other:2"))
    said: list[str] = []
    began = time.monotonic()
    program = approve(settings.path, "", settings.cache)
    pauses: list[float] = []
    with pytest.raises(TargetError) as caught:
        database_ready(program, asked, time.time(), said.append, pause=pauses.append)
    assert "127.0.0.1:1/db:2, 127.0.0.1:1/other:2" in caught.value.message
    assert said == [f"Downloading Trivy's vulnerability database into {settings.cache}/db."]
    assert len(pauses) == 2
    assert time.monotonic() - began < 60


@pytest.mark.parametrize("broken", [0, 1])
def test_a_download(broken: int, tmp_path: Path, settings: TrivySettings) -> None:
    """From the second mirror, since the first does not have it; and again after a refusal. Then it is there to scan with."""
    shutil.rmtree(Path(settings.cache) / "db")
    pauses: list[float] = []
    with registry("2026-11-20T00:00:00Z", broken) as (address, asked):
        mirrors = (f"{address}/wrong/trivy-db:2", f"{address}/right:2")
        online = settings._replace(offline=False, db_repository=mirrors)
        program = approve(settings.path, "", settings.cache)
        told = database_ready(program, online, NOVEMBER, lambda _: None, pause=pauses.append)
        times = len(asked)
        assert database_ready(program, online, NOVEMBER, lambda _: None, pause=pauses.append) == told == ()
        assert len(asked) == times
    assert len(pauses) <= broken
    ready = prepare(settings, cwd=str(tmp_path), now=NOVEMBER)
    assert vulnerabilities(scanned(written(tmp_path, recipe()), ready)) == VULNERABILITIES


def test_offline_asks_nobody(tmp_path: Path, settings: TrivySettings) -> None:
    write_cache(Path(settings.cache), "2020-01-01T00:00:00Z", "2020-01-02T00:00:00Z")
    with registry("2026-11-20T00:00:00Z") as (address, asked):
        offline = settings._replace(db_repository=(f"{address}/right:2",))
        scanned(written(tmp_path, recipe()), prepare(offline, cwd=str(tmp_path), now=NOVEMBER))
        assert asked == []


def test_interrupted(tmp_path: Path, ready: Ready) -> None:
    """A run that is interrupted ends its Trivy at once and leaves nothing."""
    made = recipe()._replace(
        layers=(*LAYERS, {f"d/{number}.conf": (b"key = value\n" * 20_000) for number in range(200)}), history=None
    )
    path = written(tmp_path, made)
    stop = Event()
    Timer(0.3, stop.set).start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        scanned(path, ready, stop=stop)
    assert time.monotonic() - began < 15
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout if shutil.which("ps") else ""
    assert ready.settings.cache not in listed
    assert sys.exc_info() == (None, None, None)


KILLED = f"""
import sys, time
from scanguard.sources.image_files import image_in_file
from {scan.__module__} import scan
from {prepare.__module__} import prepare
from scanguard.trivy.settings import TrivySettings

program, cache, image, cwd = sys.argv[1:]
asked = TrivySettings(path=program, cache=cache, offline=True, oldest_days=None)
scan(image_in_file(image, ""), prepare(asked, cwd=cwd, now=time.time()), base_layers=1)
"""


def children(number: int) -> list[int]:
    """The processes that a process started and that still run."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, parent = status.read_text().rpartition(")")[2].split()[:2]
            if int(parent) == number and state != "Z":
                found.append(int(status.parent.name))
    return found


@pytest.mark.parametrize("lives", [True, False], ids=["trivy-goes-on", "trivy-is-killed-too"])
def test_what_a_killed_run_left_goes_with_the_next_one(
    lives: bool, tmp_path: Path, ready: Ready, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ScanGuard and its watcher are killed in the middle; the next run is on another image."""
    if not Path("/proc/self/stat").exists():
        pytest.skip("this system does not list processes in /proc")
    large = {f"d/{number}.conf": b"aws secret access key ghp_ xox heroku\n" * 10_000 for number in range(40)}
    command = {"created_by": f"RUN |1 TOKEN={SECRETS[0]} /bin/sh -c make # buildkit"}
    made = recipe((HISTORY[0], command, HISTORY[3], {"created_by": "RUN more"}), "acme/killed:1")
    killed = written(tmp_path, made._replace(layers=(*LAYERS, large)))
    other = written(tmp_path, Recipe(layers=(alpine(),)), "other.tar")
    temporary, cache = tmp_path / "tmp", Path(ready.settings.cache)
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    words = [sys.executable, "-c", KILLED, ready.program.path, str(cache), killed, str(tmp_path)]
    ours = subprocess.Popen(words)
    try:
        end = time.monotonic() + 60
        while not leaks(cache):
            assert ours.poll() is None
            assert time.monotonic() < end
            time.sleep(0.01)
        os.kill(ours.pid, signal.SIGSTOP)
        started = {number: Path(f"/proc/{number}/cmdline").read_bytes() for number in children(ours.pid)}
        trivy = [number for number, line in started.items() if b"--cache-dir" in line]
        for number in started:
            if number not in trivy or not lives:
                os.kill(number, signal.SIGKILL)
    finally:
        ours.kill()
        ours.wait()
    assert (len(trivy), len(started)) == (1, 2)
    assert leaks(cache) != []
    try:
        monkeypatch.setattr("tempfile.tempdir", str(temporary))
        for left in temporary.iterdir():
            os.utime(left, (0, 0))
        assert vulnerabilities(scanned(other, ready, 0)) != []
        assert leaks(temporary, cache) == []
        assert vulnerabilities(scanned(killed, forgetful(ready))) == VULNERABILITIES
    finally:
        for number in trivy if lives else ():
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
    assert leaks(temporary, cache) == []
