"""`scanguard policy show` and `scanguard policy test`."""

import json

import pytest

from scanguard.cli import main

DIGEST = "0123456789abcdef" * 4


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    repository = tmp_path / "repository"
    (repository / ".git").mkdir(parents=True)
    monkeypatch.chdir(repository)

    def run(*words: str, **files: str) -> tuple[int, str, str]:
        for name, text in files.items():
            path = repository / name.replace("__", "/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        code = main(["policy", *words, "--no-plugins"])
        done = capsys.readouterr()
        return code, done.out, done.err

    return run


def values(text: str) -> dict[str, tuple[object, str, str]]:
    return {one["key"]: (one["value"], one["origin"], one["lock"]) for one in json.loads(text)["values"]}


def test_every_value_has_its_origin(run, tmp_path):
    (tmp_path / "repository" / "scanguard.yaml").write_text(
        "extends: strict\nfail_on: high\nrules:\n  root-user: critical\n  unpinned-frontend: {options: {allowed: [a/b]}}\n"
        "build_args: {A: 1.10, DB_PASSWORD: hunter2}\ntargets: [{path: Dockerfile, ships: [a, b]}]\n"
        "exceptions: [{rule: root-user, reason: r, owner: o, expires: 2099-01-01}]\n"
    )
    code, out, _ = run("show", "--format", "json", "--ignore", "unpinned-image")
    found = values(out)
    assert code == 0
    assert json.loads(out)["policy"] == "scanguard.yaml"
    assert found["fail_on"] == ("high", "scanguard.yaml:2:10", "")
    assert found["require_reason"] == (True, "strict (packaged):5:17", "")
    assert found["require_owner"] == (False, "default", "")
    assert found["enable"] == ("all", "strict (packaged):4:9", "")
    assert found["build_args.A"] == ("1.10", "scanguard.yaml:6:17", "")
    assert found["build_args.DB_PASSWORD"] == ("***", "scanguard.yaml:6:36", "")
    assert "hunter2" not in out
    assert found["targets"] == ("Dockerfile: a, b", "scanguard.yaml:7:11", "")
    assert found["exceptions"] == ("root-user until 2099-01-01: r (o)", "scanguard.yaml:8:14", "")
    assert found["rules.root-user.enabled"] == (True, "scanguard.yaml:4:14", "")
    assert found["rules.root-user.severity"] == ("critical", "scanguard.yaml:4:14", "")
    assert found["rules.debug-tools.enabled"] == (True, "strict (packaged):4:9", "")
    assert found["rules.unpinned-image.enabled"] == (False, "command line", "")
    assert found["rules.unpinned-frontend.options.allowed"] == (["a/b"], "scanguard.yaml:5:42", "")


def test_locks_and_what_was_tried_in_vain_are_shown(run, tmp_path):
    (tmp_path / "repository" / "scanguard.yaml").write_text("rules: {root-user: off}\n")
    (tmp_path / "repository" / "org.yml").write_text("locked: [root-user]\n")
    code, out, _ = run("show", "--policy", "org.yml")
    lines = out.splitlines()
    assert code == 0
    assert lines[0] == "policy: org.yml + scanguard.yaml"
    assert " ".join(next(line for line in lines if line.startswith("rules.root-user ")).split()) == (
        "rules.root-user high org.yml:1:10, locked by org.yml:1:10"
    )
    assert lines[-2:] == [
        "without effect:",
        "  scanguard.yaml:1:20: Turning off root-user has no effect: org.yml:1:10 locks it.",
    ]


def test_without_a_policy_all_is_default(run):
    code, out, _ = run("show", "--format", "json")
    assert code == 0
    assert {origin for _, origin, _ in values(out).values()} == {"default"}


def test_the_policy_of_a_folder_is_shown_by_its_path(run):
    files = {"a__scanguard.yaml": "fail_on: low\n", "a__Dockerfile": "FROM x\n"}
    assert values(run("show", "a/Dockerfile", "--format", "json", **files)[1])["fail_on"][0] == "low"
    assert values(run("show", "--format", "json")[1])["fail_on"] == ("medium", "default", "")


GOOD = f"FROM debian@sha256:{DIGEST}\nUSER 65532\n"


def test_examples_that_are_as_expected_pass(run, tmp_path):
    folder = tmp_path / "repository" / "examples"
    for name, text in {
        "good/Dockerfile": GOOD,
        "bad/Dockerfile": "FROM debian:12\n",
        "bad-user.Dockerfile": f"FROM debian@sha256:{DIGEST}\n# expect: root-user\nUSER root\n",
        "Dockerfile": "# expect: SGD201\n# a remark\nFROM debian:12\nUSER 65532\n",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    assert run("test", "default", "examples") == (0, "4 examples: all as expected\n", "")


def test_the_repositorys_policy_does_not_count_for_examples(run):
    files = {
        "scanguard.yaml": "rules: {root-user: off}",
        "org.yml": "locked: root-user",
        "bad__Dockerfile": "FROM x\nUSER 0\n",
    }
    assert run("test", "org.yml", "bad", **files)[0] == 0


def test_what_differs_is_told_with_its_place(run, tmp_path):
    (tmp_path / "repository" / "p.yaml").write_text("rules: {root-user: low, unpinned-image: off}\n")
    files = {
        "good__Dockerfile": "FROM debian:latest\nUSER 65532\n",
        "bad__Dockerfile": GOOD,
        "Dockerfile": f"# expect: unpinned-image\nFROM debian@sha256:{DIGEST}\n# expect: root-user\nUSER 0\n",
    }
    code, out, _ = run("test", "./p.yaml", ".", **files)
    assert code == 1
    assert out.splitlines() == [
        "Dockerfile:1:1: unpinned-image was expected and not found",
        "bad/Dockerfile: nothing was found at or above medium, and the example is bad",
        "good/Dockerfile:1:6: floating-tag was not expected: Image 'debian:latest' floats with the tag 'latest' and has no digest.",
        "3 examples: 3 not as expected",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("FROM x\n", "Dockerfile: is marked neither good nor bad"),
        ("# expect: root-usr\nFROM x\n", "Dockerfile:1:1: 'root-usr' is not a rule; did you mean 'root-user'?"),
        ("FROM x\n# expect: root-user\n", "Dockerfile:2:1: the expectation stands above no instruction"),
    ],
)
def test_an_example_that_says_nothing_is_an_error(run, text, message):
    code, _, err = run("test", "default", "Dockerfile", Dockerfile=text)
    assert (code, err.startswith(f"scanguard: {message}")) == (2, True)


def test_a_broken_policy_and_a_missing_example_have_their_exit_codes(run, tmp_path):
    (tmp_path / "repository" / "p.yaml").write_text("fial_on: x")
    assert run("test", "./p.yaml", "bad", bad__Dockerfile="FROM x\n")[0] == 2
    assert run("test", "default", "nowhere")[0] == 3
