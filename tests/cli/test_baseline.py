"""`scanguard baseline` and `check --baseline`: old findings known, new ones fail, nothing grows unseen."""

import json
from pathlib import Path

import jsonschema_rs
import pytest

from tests.cli.conftest import BAD, Command
from tests.environments import ROOT

FILE = "scanguard-baseline.json"
SCHEMA = ROOT.parent / "shared" / "schemas" / "oasis-errata01-sarif-schema-2.1.0.json"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_adopting_it(repository: Path, command: Command) -> None:
    assert command("check").code == 1
    wrote = command("baseline", "write")
    assert (wrote.code, wrote.err) == (0, "")
    known = json.loads((repository / FILE).read_text(encoding="utf-8"))
    assert wrote.out == f"{FILE}: {len(known['findings'])} findings known\n"
    checked = command("check", "--baseline", FILE)
    assert (checked.code, checked.out) == (
        0,
        f"clean: nothing found in 2 files; 0 new, {len(known['findings'])} known\n",
    )
    edit(repository / "bad" / "Dockerfile", "-y gcc\n", "-y gcc\nRUN apt-get install -y make\n")
    again = command("check", "--baseline", FILE)
    assert again.code == 1
    assert "bad/Dockerfile:3:24: medium[build-tools-installed]" in again.out
    assert again.out.endswith("; 1 new, 3 known; fails on medium or worse\n")


def test_the_file_is_for_reviews(repository: Path, command: Command) -> None:
    command("baseline", "write")
    lines = (repository / FILE).read_text(encoding="utf-8").splitlines()
    assert lines[:3] == ["{", '  "scanguard_baseline": 1,', '  "findings": [']
    entries = [json.loads(line.rstrip(",")) for line in lines[3:-2]]
    assert [(entry["uri"], entry["rule"]) for entry in entries] == [
        ("bad/Dockerfile", "build-tools-installed"),
        ("bad/Dockerfile", "root-user"),
        ("bad/Dockerfile", "unpinned-image"),
    ]
    assert entries[0]["message"] == "Build tool 'gcc' ships in the image."
    first = (repository / FILE).read_bytes()
    (repository / FILE).unlink()
    command("baseline", "write", "good", "bad")
    assert (repository / FILE).read_bytes() == first


def test_no_secret_gets_into_it(repository: Path, command: Command) -> None:
    secret = "AKIA" + "QYLPMN5HHHFPZAM2"
    (repository / "bad" / "Dockerfile").write_text(
        f"FROM debian:12\nENV AWS_ACCESS_KEY_ID={secret}\n", encoding="utf-8"
    )
    command("baseline", "write")
    text = (repository / FILE).read_text(encoding="utf-8")
    assert "secret" in text
    assert secret not in text


def test_it_never_grows_unseen(repository: Path, command: Command) -> None:
    command("baseline", "write")
    before = (repository / FILE).read_bytes()
    (repository / "good" / "Dockerfile").write_text("FROM scratch\nUSER root\n", encoding="utf-8")
    refused = command("baseline", "write")
    assert refused.code == 1
    assert refused.out == "+ good/Dockerfile: root-user The shipped image runs as root: USER is 'root'.\n"
    assert "or let it grow with --accept-new (nothing written)" in refused.err
    assert (repository / FILE).read_bytes() == before
    accepted = command("baseline", "write", "--accept-new")
    assert (accepted.code, accepted.out.splitlines()[-1]) == (0, f"{FILE}: 4 findings known, 1 added")
    assert command("check", "--baseline", FILE).code == 0


def test_what_is_gone_is_told_and_pruned(repository: Path, command: Command) -> None:
    command("baseline", "write")
    edit(repository / "bad" / "Dockerfile", "gcc", "nano")
    checked = command("check", "--baseline", FILE)
    message = "The baseline's finding build-tools-installed in bad/Dockerfile is gone"
    assert f"{FILE}:4:1: note: {message}; `scanguard baseline prune` removes it.\n" in checked.out
    elsewhere = command("check", "--baseline", FILE, "good")
    assert "is gone" not in elsewhere.out
    other_rules = command("check", "--baseline", FILE, "--select", "root-user")
    assert "is gone" not in other_rules.out
    assert command("baseline", "prune", "good").out == f"{FILE}: 3 findings known\n"
    pruned = command("baseline", "prune")
    assert pruned.out == (
        "- bad/Dockerfile: build-tools-installed Build tool 'gcc' ships in the image.\n"
        f"{FILE}: 2 findings known, 1 gone\n"
    )
    assert command("baseline", "prune").out == f"{FILE}: 2 findings known\n"


def test_a_file_that_is_gone_takes_its_entries_along(repository: Path, command: Command) -> None:
    command("baseline", "write")
    edit(
        repository / FILE,
        "[\n",
        '[\n    {"uri":"a/Dockerfile","rule":"x","message":"m","fingerprint":"' + "0" * 32 + '"},\n',
    )
    assert "in a/Dockerfile is gone" in command("check", "good", "--baseline", FILE).out
    assert command("baseline", "prune", "good").out.splitlines()[-1] == f"{FILE}: 3 findings known, 1 gone"


def test_show(repository: Path, command: Command) -> None:
    command("baseline", "write")
    assert command("baseline", "show").out.splitlines()[1:] == [
        "bad/Dockerfile: root-user The shipped image runs as root: there is no USER, and 'debian:12' runs as root.",
        "bad/Dockerfile: unpinned-image Image 'debian:12' is not pinned by a digest.",
        f"{FILE}: 3 findings known in 1 file",
    ]
    assert command("baseline", "show", "good").out == f"{FILE}: 0 findings known in 0 files\n"


def test_states_are_in_the_full_sarif_only(repository: Path, command: Command) -> None:
    command("baseline", "write")
    (repository / "good" / "Dockerfile").write_text("FROM scratch\nUSER root\n", encoding="utf-8")
    words = ("check", "--baseline", FILE, "--format", "sarif")
    full = json.loads(command(*words, "--include-suppressed").out)["runs"][0]["results"]
    states = sorted(
        (one["baselineState"], [mark["properties"]["source"] for mark in one.get("suppressions", [])]) for one in full
    )
    assert states == [("new", []), *[("unchanged", ["baseline"])] * 3]
    log = json.loads(command(*words, "--include-suppressed").out)
    assert log["runs"][0]["properties"]["baseline"] == FILE
    if SCHEMA.is_file():
        jsonschema_rs.validator_for(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(log)
    plain = json.loads(command(*words).out)["runs"][0]["results"]
    assert [(one["ruleId"], "baselineState" in one) for one in plain] == [("SGD101", False)]
    without = json.loads(command("check", "--format", "sarif", "--include-suppressed").out)["runs"][0]["results"]
    assert not any("baselineState" in one for one in without)


def test_an_incomplete_run_writes_no_baseline(repository: Path, command: Command) -> None:
    (repository / "bad" / "Dockerfile").write_bytes(BAD.encode() + b"\0")
    ran = command("baseline", "write")
    assert (ran.code, (repository / FILE).exists()) == (3, False)
    assert "Mend this first" in ran.err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", ":1:1: the baseline ends in the middle; "),
        (
            '{\n  "scanguard_baseline": 1,\n  "findings": [\n    {"uri":"bad/Do',
            ":4:12: the baseline ends in the middle; ",
        ),
        ("<<<<<<< HEAD\n{}", ":1:1: the baseline is not JSON: Expecting value; "),
        ("[]", ": this is not a baseline of ScanGuard; "),
        ('{"version": 1}', ": this is not a baseline of ScanGuard; "),
        ('{"scanguard_baseline": 2, "findings": []}', ": the baseline has version 2, this ScanGuard reads version 1; "),
        (
            '{"scanguard_baseline": true, "findings": []}',
            ": the baseline has version True, this ScanGuard reads version 1; ",
        ),
        ('{"scanguard_baseline": 1}', ": the baseline has no list 'findings'; "),
        ('{"scanguard_baseline": 1, "findings": [1]}', ": entry 1 of 'findings' is no object; "),
        ('{"scanguard_baseline": 1, "findings": [{"uri": 1}]}', ": entry 1 of 'findings' has no text 'uri'; "),
        (
            '{"scanguard_baseline": 1, "findings": [{"uri": "a", "rule": "b", "message": "c", "fingerprint": "d"}]}',
            ": entry 1 of 'findings' has a 'fingerprint' that is not 32 hexadecimal digits; ",
        ),
        ("[" * 100_000 + "]" * 100_000, ": the baseline is not JSON of this kind; "),
    ],
)
def test_bad_input(repository: Path, command: Command, text: str, message: str) -> None:
    (repository / FILE).write_text(text, encoding="utf-8")
    for words in (("check", "--baseline", FILE), ("baseline", "show"), ("baseline", "prune"), ("baseline", "write")):
        ran = command(*words)
        assert (ran.code, ran.out) == (2, "")
        assert f"{FILE}{message}" in ran.err
    assert (repository / FILE).read_text(encoding="utf-8") == text


def test_a_baseline_that_is_missing_or_another_repositorys(repository: Path, command: Command) -> None:
    missing = command("check", "--baseline", "none.json")
    assert (missing.code, missing.err) == (
        2,
        "scanguard: none.json: the baseline does not exist; write it with `scanguard baseline write`\n",
    )
    command("baseline", "write")
    (repository / "bad").rename(repository / "moved")
    other = command("check", "--baseline", FILE)
    assert other.code == 2
    assert f"{FILE}: none of the 1 files that the baseline speaks of is here; it is another repository's" in other.err


def test_a_baseline_of_parts_is_that_of_the_whole(repository: Path, command: Command) -> None:
    """The reports of two shards, joined, know what the whole run knows."""
    command("baseline", "write")
    edit(repository / "bad" / "Dockerfile", "gcc", "make")
    words = ("check", "--baseline", FILE, "--format", "json")
    for part in (1, 2):
        command(*words, "--shard", f"{part}/2", "--output", f"json=part-{part}.json")
    assert command("merge", "part-1.json", "part-2.json", "--format", "json").out == command(*words).out
