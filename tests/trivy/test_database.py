"""The database's age, its download through mirrors, and many processes that want it at once."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest

from scanguard.model.errors import TargetError
from scanguard.model.report import Notification
from scanguard.trivy.database import Dates, dates, ready
from scanguard.trivy.download import ROUNDS
from scanguard.trivy.program import Program
from scanguard.trivy.settings import TrivySettings
from tests.trivydb import metadata, write_cache


def at(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


NOW = at("2026-11-21T00:00:00Z")


def downloader(folder: Path, mirrors: str) -> Program:
    """A program that downloads as Trivy does: `mirrors` is a shell `case` over the repository's name."""
    source = folder / "source"
    write_cache(source, "2026-11-20T06:00:00Z")
    text = f"""#!/bin/sh
while [ $# -gt 0 ]; do
  case $1 in --cache-dir) cache=$2; shift ;; --db-repository) mirror=$2; shift ;; esac
  shift
done
echo "$mirror" >> '{folder}/log'
fail() {{ printf '2026-11-21T00:00:00Z\\tFATAL\\tFatal error\\trun error: %s\\n' "$1" >&2; exit 1; }}
case $mirror in {mirrors}
esac
sleep 0.1
mkdir -p "$cache/db" && cp '{source}/db/trivy.db' '{source}/db/metadata.json' "$cache/db/"
"""
    path = folder / "trivy"
    path.write_text(text)
    path.chmod(0o755)
    return Program(str(path), "0.76.0")


def asked(folder: Path) -> list[str]:
    log = folder / "log"
    return log.read_text().split() if log.exists() else []


def settings(folder: Path, *mirrors: str, **more: object) -> TrivySettings:
    return TrivySettings(cache=str(folder / "cache"), db_repository=mirrors or ("a",), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            metadata("2026-11-20T06:00:00.123456789Z"),
            Dates(at("2026-11-20T06:00:00.123456Z"), at("2100-01-01T00:00:00Z"), 0),
        ),
        (metadata("0001-01-01T00:00:00Z"), Dates(0, at("2100-01-01T00:00:00Z"), 0)),
        ('{"UpdatedAt": 5}', Dates(0, 0, 0)),
        ("[]", Dates(0, 0, 0)),
        ("", Dates(0, 0, 0)),
        ("[" * 50_000, Dates(0, 0, 0)),
        (None, Dates(0, 0, 0)),
    ],
)
def test_dates(text: str | None, found: Dates, tmp_path: Path) -> None:
    write_cache(tmp_path)
    path = tmp_path / "db" / "metadata.json"
    path.unlink()
    if text is not None:
        path.write_text(text)
    read = dates(str(tmp_path))
    assert read is not None
    assert read._replace(downloaded=0) == found


def test_no_database(tmp_path: Path) -> None:
    assert dates(str(tmp_path)) is None
    (tmp_path / "db").mkdir()
    (tmp_path / "db" / "metadata.json").write_text(metadata())
    assert dates(str(tmp_path)) is None


@pytest.mark.parametrize(
    ("updated", "told"),
    [
        ("2026-11-20T00:00:00Z", ()),
        ("2026-11-14T00:00:00Z", ()),
        (
            "2026-11-12T00:00:00Z",
            (
                Notification(
                    "warning",
                    "Trivy's vulnerability database is of 2026-11-12, 9 days old: what was published since is missing.",
                ),
            ),
        ),
        (
            "2026-10-01T00:00:00Z",
            (
                Notification(
                    "error",
                    "Trivy's vulnerability database is of 2026-10-01, 51 days old: what was published since is missing. "
                    "At most 30 days are allowed.",
                ),
            ),
        ),
        (
            "0001-01-01T00:00:00Z",
            (
                Notification(
                    "error",
                    "Trivy's vulnerability database does not say how old it is: what was published since is missing. "
                    "At most 30 days are allowed.",
                ),
            ),
        ),
        ("2026-11-21T20:00:00Z", ()),
    ],
)
def test_age(updated: str, told: tuple[Notification, ...], tmp_path: Path) -> None:
    write_cache(tmp_path / "cache", updated)
    program = downloader(tmp_path, "")
    assert ready(program, settings(tmp_path, offline=True), NOW, lambda _: None) == told
    never = settings(tmp_path, offline=True, oldest_days=None, stale_days=10**6)
    assert ready(program, never, NOW, lambda _: None) == ()
    assert asked(tmp_path) == []


@pytest.mark.parametrize(
    ("updated", "date"), [("2030-01-01T00:00:00Z", "2030-01-01"), ("9999-12-31T23:59:59-05:00", "9999-12-31")]
)
def test_a_database_of_a_day_to_come(updated: str, date: str, tmp_path: Path) -> None:
    write_cache(tmp_path / "cache", updated)
    message = (
        f"Trivy's vulnerability database is of {date}, which is to come, so how old it is cannot be told: "
        f"look at this machine's clock, or remove '{tmp_path}/cache/db'."
    )
    told = ready(downloader(tmp_path, ""), settings(tmp_path, offline=True), NOW, lambda _: None)
    assert told == (Notification("warning", message),)


def test_offline_without_a_database(tmp_path: Path) -> None:
    with pytest.raises(
        TargetError, match="there is no vulnerability database in '.*/cache/db'; run once without --offline"
    ):
        ready(downloader(tmp_path, ""), settings(tmp_path, offline=True), NOW, lambda _: None)
    assert asked(tmp_path) == []


@pytest.mark.parametrize("text", ["{", "[]", "", None])
def test_a_database_whose_metadata_cannot_be_read(text: str | None, tmp_path: Path) -> None:
    """Trivy takes it for none at all."""
    path = write_cache(tmp_path / "cache").with_name("metadata.json")
    path.unlink()
    if text is not None:
        path.write_text(text)
    with pytest.raises(TargetError) as caught:
        ready(downloader(tmp_path, ""), settings(tmp_path, offline=True), NOW, lambda _: None)
    assert str(caught.value) == (
        f"the vulnerability database in '{tmp_path}/cache/db' is damaged: its metadata.json cannot be read; "
        "remove the directory, and run once without --offline"
    )
    assert ready(downloader(tmp_path, ""), settings(tmp_path), NOW, lambda _: None) == ()
    assert asked(tmp_path) == ["a"]


def test_whose_reason_is_told(tmp_path: Path) -> None:
    failed = "failed to download vulnerability DB:"
    program = downloader(tmp_path, f"a) fail '{failed} connection refused' ;; b) fail '{failed} NAME_UNKNOWN: none' ;;")
    with pytest.raises(TargetError) as caught:
        ready(program, settings(tmp_path, "a", "b"), NOW, lambda _: None, pause=lambda _: None)
    assert str(caught.value) == (
        "Trivy's vulnerability database could not be downloaded: the registry has no such repository or tag; look at "
        "--db-repository (tried: a, b; this is of b)"
    )


def test_a_server_has_its_own(tmp_path: Path) -> None:
    assert ready(downloader(tmp_path, ""), settings(tmp_path, server="http://s"), NOW, lambda _: None) == ()
    assert asked(tmp_path) == []


def test_the_first_download_is_told(tmp_path: Path) -> None:
    said: list[str] = []
    assert ready(downloader(tmp_path, ""), settings(tmp_path), NOW, said.append) == ()
    assert said == [f"Downloading Trivy's vulnerability database into {tmp_path}/cache/db."]
    assert asked(tmp_path) == ["a"]
    assert sorted(path.name for path in (tmp_path / "cache" / "db").iterdir()) == ["metadata.json", "trivy.db"]
    assert sorted(path.name for path in (tmp_path / "cache" / "scanguard").iterdir()) == ["database.lock"]
    assert stat.S_IMODE((tmp_path / "cache" / "scanguard").stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("next_update", "downloaded", "fetched"),
    [
        ("2026-11-22T00:00:00Z", "2026-11-01T00:00:00Z", False),
        ("2026-11-20T00:00:00Z", "2026-11-20T23:30:00Z", False),
        ("2026-11-20T00:00:00Z", "2026-11-20T22:30:00Z", True),
        ("2026-11-20T00:00:00Z", "2030-01-01T00:00:00Z", True),
        ("never", "0001-01-01T00:00:00Z", True),
    ],
)
def test_a_download_is_only_made_where_there_may_be_a_newer_one(
    next_update: str, downloaded: str, fetched: bool, tmp_path: Path
) -> None:
    write_cache(tmp_path / "cache", "2026-11-20T00:00:00Z", next_update)
    path = tmp_path / "cache" / "db" / "metadata.json"
    path.write_text(
        path.read_text().replace('"DownloadedAt": "2026-11-20T00:00:00Z"', f'"DownloadedAt": "{downloaded}"')
    )
    assert ready(downloader(tmp_path, ""), settings(tmp_path), NOW, lambda _: None) == ()
    assert asked(tmp_path) == (["a"] if fetched else [])


def test_the_next_mirror_is_tried_whatever_the_failure(tmp_path: Path) -> None:
    mirrors = "a) fail 'failed to download vulnerability DB: MANIFEST_UNKNOWN' ;; b) fail 'connection refused' ;; c) kill -9 $$ ;;"
    ready(downloader(tmp_path, mirrors), settings(tmp_path, "a", "b", "c", "d"), NOW, lambda _: None)
    assert asked(tmp_path) == ["a", "b", "c", "d"]


def test_failures_that_pass_are_tried_again_after_a_while(tmp_path: Path) -> None:
    pauses: list[float] = []
    program = downloader(tmp_path, "*) fail 'GET https://x: TOOMANYREQUESTS: retry later' ;;")
    with pytest.raises(TargetError, match=r"too many requests; name a mirror with --db-repository \(tried: a, b\)"):
        ready(program, settings(tmp_path, "a", "b"), NOW, lambda _: None, pause=pauses.append)
    assert asked(tmp_path) == ["a", "b"] * ROUNDS
    assert [int(pause) for pause in pauses] == [1, 2]
    assert list((tmp_path / "cache" / "scanguard").iterdir()) == [tmp_path / "cache" / "scanguard" / "database.lock"]


def test_failures_that_stay_are_not(tmp_path: Path) -> None:
    program = downloader(tmp_path, "*) fail 'no space left on device' ;;")
    with pytest.raises(TargetError, match="no space left"):
        ready(program, settings(tmp_path, "a", "b"), NOW, lambda _: None)
    assert asked(tmp_path) == ["a", "b"]


def test_no_mirror(tmp_path: Path) -> None:
    with pytest.raises(TargetError, match="no place is named"):
        ready(downloader(tmp_path, ""), settings(tmp_path)._replace(db_repository=()), NOW, lambda _: None)


def test_no_database_and_no_network(tmp_path: Path) -> None:
    """--offline would not help where there is nothing to be offline with."""
    program = downloader(tmp_path, "*) fail 'no such host' ;;")
    with pytest.raises(TargetError) as caught:
        ready(program, settings(tmp_path), NOW, lambda _: None, pause=lambda _: None)
    advice = f"try again, or copy its databases into '{tmp_path}/cache' (tried: a)"
    assert str(caught.value) == f"Trivy could not reach the network: no machine has its name; {advice}"


def test_an_older_database_is_kept_and_told(tmp_path: Path) -> None:
    before = write_cache(tmp_path / "cache", "2026-11-19T00:00:00Z", "2026-11-20T00:00:00Z").stat().st_ino
    program = downloader(tmp_path, "*) fail 'no such host' ;;")
    told = ready(program, settings(tmp_path), NOW, lambda _: None, pause=lambda _: None)
    assert [(one.level, one.message) for one in told] == [
        (
            "warning",
            "The vulnerability database was not updated: Trivy could not reach the network: no machine has its name; "
            f"try again, or copy its databases into '{tmp_path}/cache' (tried: a).",
        )
    ]
    assert (tmp_path / "cache" / "db" / "trivy.db").stat().st_ino == before


def test_a_download_that_brings_nothing(tmp_path: Path) -> None:
    with pytest.raises(TargetError, match="is not there"):
        ready(downloader(tmp_path, "a) exit 0 ;;"), settings(tmp_path), NOW, lambda _: None)


def test_a_new_database_takes_the_place_of_the_old_one_whole(tmp_path: Path) -> None:
    """Who reads the old one goes on reading it: its file is replaced, not written over."""
    path = write_cache(tmp_path / "cache", "2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z")
    path.write_bytes(b"old")
    with open(path, "rb") as reader:
        ready(downloader(tmp_path, ""), settings(tmp_path), NOW, lambda _: None)
        assert reader.read() == b"old"
    assert path.read_bytes() != b"old"


def test_many_at_once_download_once(tmp_path: Path) -> None:
    program, wanted = downloader(tmp_path, ""), settings(tmp_path)
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(lambda _: ready(program, wanted, NOW, lambda _: None), range(6))) == [()] * 6
    assert asked(tmp_path) == ["a"]


def test_a_cache_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(TargetError) as caught:
        ready(downloader(tmp_path, ""), settings(tmp_path), NOW, lambda _: None)
    assert caught.value.message == (
        f"Trivy's cache '{tmp_path}/cache/scanguard' cannot be written (Not a directory); "
        "name a directory of your own with --trivy-cache"
    )
    assert os.listdir(tmp_path / "source") == ["db"]
