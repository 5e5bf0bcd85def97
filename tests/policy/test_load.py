import os
from pathlib import Path

import pytest

from scanguard.model.errors import ConfigurationError
from scanguard.model.location import Region
from scanguard.model.rule import Option, Rule, Severity
from scanguard.policy import packaged
from scanguard.policy.model import DEFAULT, Policy, PolicyException, RuleSetting, ShippedStages
from scanguard.sources.read import read
from tests.policy.policies import load_policy
from tests.policy.rules import RULES


@pytest.fixture
def write(tmp_path):
    def write(text: str, name: str = "scanguard.yaml") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    return write


def load(reference: str, cwd: Path, **more) -> Policy:
    return load_policy(reference, RULES, cwd=str(cwd), read=read, **more)


def refusal(reference: str, cwd: Path, **more) -> str:
    with pytest.raises(ConfigurationError) as caught:
        load(reference, cwd, **more)
    return str(caught.value)


def test_the_default_policy_and_its_file_say_the_same():
    file = Path(__file__).parents[2] / "policies" / "default.yaml"
    assert load(str(file), file.parent)._replace(name="default") == DEFAULT
    assert load("default", file.parent) is DEFAULT


def test_the_strict_policy_runs_every_rule_and_fails_on_advice(tmp_path):
    assert load("strict", tmp_path) == Policy("strict", fail_on=Severity.LOW, enable=("all",), require_reason=True)


def test_every_key_is_read(write, tmp_path):
    write(
        "fail_on: high\n"
        "enable: hygiene\n"
        "require_reason: yes\n"
        "rules:\n"
        "  root-user: off\n"
        "  SGD501: critical\n"
        "  build-tools:\n"
        "    enabled: true\n"
        "    severity: low\n"
        "    options: {allow: [git, make], most: 5, loud: off, manager: 3.10}\n"
        "exceptions:\n"
        "  - rule: SGD401\n"
        "    path: services/**\n"
        "    stage: final\n"
        "    package: [gcc, make]\n"
        "    reason: >\n"
        "      needed\n"
        "      at run time\n"
        "    expires: 2027-03-31\n"
        "  - {rule: root-user, reason: r, expires: '2028-02-29', package: x}\n"
        "target: runtime\n"
        "targets:\n"
        "  - {path: api/Dockerfile, ships: [api, worker]}\n"
        "build_args: {PYTHON: 3.10, DEBUG: on, NAME: x}\n"
        "build_contexts: [shared]\n"
    )
    assert load("scanguard.yaml", tmp_path) == Policy(
        name="scanguard.yaml",
        fail_on=Severity.HIGH,
        rules={
            "root-user": RuleSetting(enabled=False),
            "debug-tools": RuleSetting(enabled=True, severity=Severity.CRITICAL),
            "build-tools": RuleSetting(
                True, Severity.LOW, {"allow": ("git", "make"), "most": 5, "loud": False, "manager": "3.10"}
            ),
        },
        enable=("hygiene",),
        exceptions=(
            PolicyException(
                "build-tools",
                "needed at run time",
                "2027-03-31",
                "services/**",
                "final",
                ("gcc", "make"),
                "scanguard.yaml",
                Region(12, 5, 20, 3),
            ),
            PolicyException(
                "root-user", "r", "2028-02-29", packages=("x",), uri="scanguard.yaml", region=Region(20, 5, 20, 68)
            ),
        ),
        targets=(ShippedStages("api/Dockerfile", ("api", "worker")),),
        target="runtime",
        build_args={"PYTHON": "3.10", "DEBUG": "on", "NAME": "x"},
        build_contexts=("shared",),
        require_reason=True,
    )


def test_an_empty_policy_is_the_default_one(write, tmp_path):
    write("# nothing yet\n")
    assert load("scanguard.yaml", tmp_path) == DEFAULT._replace(name="scanguard.yaml", rules={}, build_args={})


def test_never_and_off_are_said_with_words(write, tmp_path):
    write("fail_on: never\nrules: {root-user: 'on', debug-tools: 'off'}\n")
    policy = load("scanguard.yaml", tmp_path)
    assert policy.fail_on is None
    assert policy.rules == {"root-user": RuleSetting(enabled=True), "debug-tools": RuleSetting(enabled=False)}


def test_what_a_policy_extends_is_laid_under_it(write, tmp_path):
    write(
        "extends: strict\nfail_on: high\nenable: [user]\nbuild_contexts: [x]\nbuild_args: {A: 1, B: 1}\ntarget: one\n"
        "rules:\n  root-user: low\n  build-tools: {severity: low, options: {most: 1, loud: off}}\n"
        "exceptions: [{rule: root-user, reason: r, expires: 2027-01-01}]\ntargets: [{path: a, ships: [b]}]\n",
        "org/base.yaml",
    )
    write(
        "extends: org/base.yaml\nenable: [all, hygiene]\nrequire_reason: false\nbuild_contexts: [x, y]\n"
        "build_args: {B: 2}\ntargets: [{path: c, ships: [d]}]\n"
        "rules:\n  root-user: off\n  build-tools: {enabled: false, options: {most: 2}}\n"
        "exceptions: [{rule: SGD501, reason: s, expires: 2027-01-01}]\n"
    )
    origin = os.path.join("org", "base.yaml")
    assert load("./scanguard.yaml", tmp_path) == Policy(
        "./scanguard.yaml",
        fail_on=Severity.HIGH,
        rules={
            "root-user": RuleSetting(False, Severity.LOW),
            "build-tools": RuleSetting(False, Severity.LOW, {"most": 2, "loud": False}),
        },
        enable=("all", "user", "hygiene"),
        exceptions=(
            PolicyException("root-user", "r", "2027-01-01", uri=origin, region=Region(10, 14, 10, 63)),
            PolicyException("debug-tools", "s", "2027-01-01", uri="scanguard.yaml", region=Region(10, 14, 10, 60)),
        ),
        targets=(ShippedStages("c", ("d",)), ShippedStages("a", ("b",))),
        target="one",
        build_args={"A": "1", "B": "2"},
        build_contexts=("x", "y"),
        require_reason=False,
    )


def test_a_repositorys_policy_is_called_the_same_from_everywhere(write, tmp_path):
    path = write("exceptions: [{rule: root-user, reason: r, expires: 2027-01-01}]", "repository/a/scanguard.yaml")
    (tmp_path / "repository" / "b").mkdir()
    for cwd in ("", "repository", "repository/a", "repository/b"):
        policy = load(str(path), tmp_path / cwd, within=str(tmp_path / "repository"))
        assert (policy.name, policy.exceptions[0].uri) == ("a/scanguard.yaml", "a/scanguard.yaml")


def test_plugins_bring_policies_by_name_even_into_a_confined_policy(write, tmp_path):
    bought = write("fail_on: note\n", "site-packages/acme.yaml")
    write("extends: acme\n", "repository/scanguard.yaml")
    repository = tmp_path / "repository"
    policy = load("scanguard.yaml", repository, named={"acme": str(bought)}, within=str(repository))
    assert (policy.name, policy.fail_on) == ("scanguard.yaml", Severity.NOTE)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("fial_on: high", "1:1: unknown key 'fial_on'; did you mean 'fail_on'?"),
        ("a: 1\nfail_on: hihg", "1:1: unknown key 'a'; known are extends, fail_on, enable, rules, require_reason, "
         "exceptions, target, targets, build_args, build_contexts, repository, locked, declare, "
         "standard, controls, require_owner, images, trivy, vulnerabilities"),
        ("fail_on: hihg", "1:10: 'hihg' must be note, low, medium, high, critical or never; did you mean 'high'?"),
        ("fail_on: 3", "1:10: this must be note, low, medium, high, critical or never"),
        ("enable: [all, hygene]", "1:15: 'hygene' must be a category, or all; did you mean 'hygiene'?"),
        ("enable: hygene", "1:9: 'hygene' must be a category, or all; did you mean 'hygiene'?"),
        ("[a]", "1:1: this must be a mapping of policy keys"),
        ("rules:\n  root-usr: on", "2:3: 'root-usr' is not a rule; did you mean 'root-user'?"),
        ("rules:\n  DL3002: on", "2:3: 'DL3002' is another tool's name; here the rule is 'root-user' (SGD101)"),
        ("rules: {root-user: on, SGD101: off}", "1:24: 'SGD101' is the rule that 'root-user' names already"),
        ("rules: {root-user: hi}", "1:20: 'hi' must be on, off, note, low, medium, high or critical"),
        ("rules: {root-user: 3}",
         "1:20: this must be on, off, a severity, or a mapping with enabled, severity and options"),
        ("rules: {root-user: {options: {x: 1}}}", "1:31: 'x' is not an option of root-user; it has none"),
        ("rules: {build-tools: {options: {alow: [a]}}}",
         "1:33: 'alow' is not an option of build-tools; did you mean 'allow'?"),
        ("rules: {build-tools: {options: {x: 1}}}",
         "1:33: 'x' is not an option of build-tools; it has allow, most, loud, manager"),
        ("rules: {build-tools: {options: {most: true}}}", "1:39: 'most' must be a whole number"),
        ("rules: {build-tools: {options: {most: 1.5}}}", "1:39: 'most' must be a whole number"),
        ("rules: {build-tools: {options: {loud: 1}}}", "1:39: 'loud' must be true or false"),
        ("rules: {build-tools: {options: {allow: git}}}", "1:40: 'allow' must be a list of texts"),
        ("rules: {build-tools: {options: {manager: [a]}}}", "1:42: 'manager' must be a text"),
        ("rules: {build-tools: {options: {allow: [1]}}}", "1:41: this must be a text"),
        ("exceptions:\n- rule: root-user\n  reason: x",
         "2:3: 'expires' is missing: this must be a mapping with rule, reason and expires"),
        ("exceptions: [{rule: root-user, reason: ' ', expires: 2027-01-01}]",
         "1:40: '' must be a text that says why"),
        ("exceptions: [{rule: root-user, reason: x, expires: 2027-02-30}]",
         "1:52: '2027-02-30' is not a day of the calendar"),
        ("exceptions: [{rule: root-user, reason: x, expires: tomorrow}]",
         "1:52: 'tomorrow' must be a date, written YYYY-MM-DD"),
        ("exceptions: [{rule: root, reason: x, expires: 2027-02-28}]",
         "1:21: 'root' is not a rule; `scanguard rules` lists them"),
        ("exceptions: [{rule: root-user, path: /a, reason: x, expires: 2027-02-28}]",
         "1:38: '/a' matches nothing: paths begin at the repository's root, without '/'"),
        ("targets: [{path: '[', ships: [a]}]", "1:18: '[' is not a glob: a bracket or a backslash stands open"),
        ("targets: [{path: a, ships: []}]", "1:28: this must be a list of names of stages"),
        ("build_args: {A-B: x}", "1:14: 'A-B' must be the name of an ARG"),
        ("build_args: {A: }", "1:17: this must be a text, a number or a truth value"),
        ("target: " + "x" * 1001, "1:9: this has more than 1000 characters"),
        ("build_contexts: [" + "a, " * 1001 + "]", "1:17: this has more than 1000 entries"),
        ("fail_on: " + "x " * 30, "1:10: '" + "x " * 19 + "x… must be".replace("…", "…'") +
         " note, low, medium, high, critical or never"),
        ("extends: strct", "1:10: there is no policy 'strct'; did you mean 'strict'?"),
        ("extends: nothing-near", "1:10: there is no policy 'nothing-near'; a path has a `/` or ends in `.yaml`"),
        ("extends: no such name", "1:10: there is no policy 'no such name'; a path has a `/` or ends in `.yaml`"),
        ("extends: ./scanguard.yaml", "1:10: the policy './scanguard.yaml' extends itself in the end; break the circle"),
        ("extends: nope.yaml", "1:10: the policy 'nope.yaml' does not exist; check the path"),
        ('extends: "a\\0/b"', "1:10: the policy 'a\ufffd/b' is not a path; check its spelling"),
        ("extends: ../", "1:10: the policy '../' is a directory, not a file; name a regular file, or `-` for standard input"),
    ],
)  # fmt: skip
def test_every_error_says_where_it_is(write, tmp_path, text, message):
    write(text)
    assert refusal("scanguard.yaml", tmp_path) == f"scanguard.yaml:{message}"


def test_of_several_errors_the_first_in_the_file_is_told(write, tmp_path):
    write("target: 1\nfail_on: x\nrules: []\n")
    assert refusal("scanguard.yaml", tmp_path) == "scanguard.yaml:1:9: this must be the name of a stage"


def test_a_policy_that_is_no_file_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "p.yaml")
    hint = "not a file; name a regular file, or `-` for standard input"
    assert refusal("p.yaml", tmp_path) == f"p.yaml: is a pipe, {hint}"
    assert refusal("./", tmp_path) == f"p.yaml: is a pipe, {hint}"
    assert refusal("./", tmp_path / "..") == "./: holds no policy: no file ends in .yaml or .yml"
    assert refusal("/dev/zero", tmp_path) == f"/dev/zero: is a device, {hint}"
    assert refusal("none.yaml", tmp_path) == "none.yaml: does not exist; check the path"
    assert refusal("strict2", tmp_path) == "there is no policy 'strict2'; did you mean 'strict'?"


def test_a_policy_too_large_is_refused(tmp_path):
    (tmp_path / "p.yaml").write_text("#" * 1_000_001)
    assert refusal("p.yaml", tmp_path) == "p.yaml: is larger than 1 MB; name a smaller file"


def test_circles_and_long_chains_are_refused(write, tmp_path):
    write("extends: ./b.yaml", "a.yaml")
    write("extends: ./c/c.yaml", "b.yaml")
    write("extends: ../a.yaml", "c/c.yaml")
    where = os.path.join("c", "c.yaml")
    message = "the policy '../a.yaml' extends itself in the end; break the circle"
    assert refusal("a.yaml", tmp_path) == f"{where}:1:10: {message}"
    for level in range(10):
        write(f"extends: ./l{level + 1}.yaml" if level < 9 else "fail_on: low", f"l{level}.yaml")
    message = "policies extend each other more than 8 levels deep; shorten the chain"
    assert refusal("l0.yaml", tmp_path) == f"l8.yaml:1:10: {message}"
    assert load("l1.yaml", tmp_path).fail_on is Severity.LOW


def test_a_repositorys_policy_reads_nothing_outside_the_repository(write, tmp_path):
    repository = tmp_path / "repository"
    write("fail_on: low", "outside.yaml")
    write("extends: ../outside.yaml", "repository/scanguard.yaml")
    message = "lies outside the repository; name it with --policy"
    assert load("scanguard.yaml", repository).fail_on is Severity.LOW
    where = "scanguard.yaml:1:10: the policy '../outside.yaml'"
    assert refusal("scanguard.yaml", repository, within=str(repository)) == f"{where} {message}"
    (repository / "linked.yaml").symlink_to("../outside.yaml")
    assert refusal("linked.yaml", repository, within=str(repository)) == f"the policy 'linked.yaml' {message}"
    write("fail_on: note", "repository/sub/base.yaml")
    write("extends: sub/base.yaml", "repository/scanguard.yaml")
    assert load("scanguard.yaml", repository, within=str(repository)).fail_on is Severity.NOTE


def test_policies_are_found_in_an_installed_package_too(tmp_path, monkeypatch):
    assert packaged.packaged_names() == sorted(
        path.stem for path in (Path(__file__).parents[2] / "policies").glob("*.yaml")
    )
    assert packaged.packaged_policy("../pyproject") is None
    package = tmp_path / "site-packages" / "scanguard"
    (package / "_policies").mkdir(parents=True)
    (package / "_policies" / "acme.yaml").write_text("fail_on: low\n")
    monkeypatch.setattr(packaged, "_package", lambda: str(package))
    assert packaged.packaged_names() == ["acme"]
    assert packaged.packaged_policy("acme") is None
    (package / "_policies" / "acme.yaml").unlink()
    (package / "_policies").rmdir()
    assert packaged.packaged_names() == ["default", "strict"]


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("hgih", "1:38: 'lowest' cannot be 'hgih'; did you mean 'high'?"),
        ("7", "1:38: 'lowest' cannot be '7'; it is one of low, high"),
    ],
)
def test_an_option_with_choices(tmp_path, word, message):
    rule = Rule("X1", "picky", "user", Severity.LOW, "s", "h", options=(Option("lowest", "low", "h", ("low", "high")),))
    text = "rules: {picky: {options: {   lowest: %s}}}\n"
    path = tmp_path / "scanguard.yaml"
    path.write_text(text % "high")
    policy = load_policy("scanguard.yaml", (rule,), cwd=str(tmp_path), read=read)
    assert policy.rules["picky"].options == {"lowest": "high"}
    path.write_text(text % word)
    with pytest.raises(ConfigurationError) as caught:
        load_policy("scanguard.yaml", (rule,), cwd=str(tmp_path), read=read)
    assert str(caught.value) == f"scanguard.yaml:{message}"
