"""Declared rules: what they refuse, what they cannot know, and that they are rules like any other."""

import json

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from scanguard.app.check import check_request
from scanguard.app.request import Environment, Request
from scanguard.app.session import Session
from scanguard.build.evaluate import BuildOptions, evaluate
from scanguard.dockerfile.parser import parse
from scanguard.model.errors import ConfigurationError
from scanguard.model.location import Source
from scanguard.model.report import Report
from scanguard.model.rule import Rule, Severity
from scanguard.reporters.sarif import render
from tests.fakes import fake
from tests.policy.policies import load_policy
from tests.policy.rules import RULES

HEAD = "declare:\n  - {id: ACME1, name: a-defect, severity: low, message: m, "


def load(text: str):
    return load_policy("./p.yaml", RULES, cwd="/", read=lambda path, limit: text.encode())


def found(
    block: str, dockerfile: str, *, message: str = "m", more: str = "scope: all, ", **build: str
) -> list[tuple[int, str]]:
    """Lines and messages that a rule with this block gives."""
    head = HEAD.replace("message: m", f"message: '{message}'")
    (check,) = load(f"{head}{more}{block}}}\n").declared
    built = evaluate(parse(Source("Dockerfile", dockerfile)), BuildOptions(build_args=build))
    source = built.dockerfile.source
    return [(source.line_of(one.span.start), one.message) for one in check.run(built, {})]


def lines(block: str, dockerfile: str, **more: str) -> list[int]:
    return [line for line, _ in found(block, dockerfile, **more)]


ALL = "add a condition that some do not fulfil"
TWO = "nothing is two kinds of things at once; use 'any', or 'instruction' and 'stage' for the place"
NOT = "'not' about a package rules out nothing: this is about image"
NAME = "a name of small letters and hyphens that says the defect, such as foreign-registry"
SHOWN = "it may show image, registry, repository, tag, digest, stage"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("match: {imag: {tag: a}}", "2:68: unknown key 'imag'; did you mean 'image'?"),
        ("match: {image: {tga: a}}", "2:76: image has no 'tga'; did you mean 'tag'?"),
        ("match: {image: {pinned: x}}", "2:84: 'pinned' must be true or false"),
        ("match: {image: {tag: [[a]]}}", "2:82: this must be a text"),
        ("match: {image: {tag: {nto: a}}}", "2:81: 'tag' must be a text, a list of texts, or a mapping with not"),
        ("match: {image: {tag: []}}", "2:81: this must be a text or a list of texts"),
        ("match: {image: {}}", "2:75: this must be a mapping of conditions"),
        ("match: {}", "2:67: this must be a mapping of kinds of things to conditions, or of all, any, not to further blocks"),
        ("match: {any: []}", "2:73: this must be a list of blocks"),
        ("match: {image: {tag: '*'}}", f"2:67: this is true of every image; {ALL}"),
        ("match: {path: {path: '**'}}", f"2:67: this is true of every path; {ALL}"),
        ("match: {any: [{image: {tag: a}}, {package: {name: '*'}}]}", f"2:67: this is true of every package; {ALL}"),
        ("match: {not: {image: {tag: a}}}", "2:67: this says only what is not; add what it is about"),
        ("match: {image: {tag: a}, package: {name: b}}", f"2:67: {TWO}"),
        ("match: {image: {tag: a}, not: {package: {name: b}}}", f"2:67: {NOT}"),
        ("match: {path: {path: '[a'}}", "2:81: '[a' is not a glob: a bracket or a backslash stands open"),
        ("match: {command: {option: -k}}", "2:86: 'option' must be a mapping with name and value"),
        ("match: {image: {tag: a}}, require: {label: {name: b}}", "2:60: a rule has 'match' or 'require', not both"),
        ("match: {image: {tag: a}}, when: {label: {name: b}}", "2:86: 'when' goes with 'require'; put the condition into 'match'"),
        ("scope: all", "2:5: 'require' is missing: this must be a mapping with id, name, severity, message, and match or require"),
        ("scope: al, match: {image: {tag: a}}", "2:67: 'al' must be shipped or all; did you mean 'all'?"),
    ],
)  # fmt: skip
def test_every_error_says_where_it_is(text, message):
    with pytest.raises(ConfigurationError) as caught:
        load(f"{HEAD}{text}}}\n")
    assert str(caught.value) == f"p.yaml:{message}"


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("id", "SGX1", "2:10: 'SGX1' begins with SG, as ScanGuard's own ids do"),
        ("id", "acme1", "2:10: 'acme1' must be an id of capitals and digits, such as ACME001"),
        ("name", "root-user", "2:23: there is a rule 'root-user' (SGD101) already; choose another name"),
        ("name", "Defect", f"2:23: 'Defect' must be {NAME}"),
        ("severity", "hihg", "2:43: 'hihg' must be note, low, medium, high or critical; did you mean 'high'?"),
        ("message", "'{imag}'", "2:57: '{imag}' cannot be shown here; did you mean 'image'?"),
        ("message", "'{value}'", f"2:57: '{{value}}' cannot be shown here; {SHOWN}"),
    ],
)  # fmt: skip
def test_what_a_rule_is_called_is_checked(key, value, message):
    values = {"id": "ACME1", "name": "a-defect", "severity": "low", "message": "m"} | {key: value}
    listed = ", ".join(f"{name}: {one}" for name, one in values.items())
    with pytest.raises(ConfigurationError) as caught:
        load(f"declare:\n  - {{{listed}, match: {{image: {{tag: a}}}}}}\n")
    assert str(caught.value) == f"p.yaml:{message}"


def test_an_id_is_given_once_in_all_layers():
    rule = f"{HEAD}match: {{image: {{tag: a}}}}}}\n"
    with pytest.raises(ConfigurationError) as caught:
        load(f"{rule}{rule.partition(chr(10))[2].replace('a-defect', 'b-defect')}")
    assert str(caught.value) == "p.yaml:3:10: there is a rule 'a-defect' (ACME1) already; choose another id"


def test_blocks_are_bounded():
    nested = "{image: {tag: a}}"
    for _ in range(8):
        nested = f"{{all: [{nested}]}}"
    with pytest.raises(ConfigurationError, match="blocks are nested deeper than 8 levels"):
        load(f"{HEAD}match: {nested}}}\n")
    many = ", ".join("{image: {tag: a}}" for _ in range(100))
    with pytest.raises(ConfigurationError, match="a rule has more than 200 blocks"):
        load(f"{HEAD}match: {{any: [{{any: [{many}]}}, {{any: [{many}]}}]}}}}\n")


def test_patterns_are_bounded():
    many = ", ".join("a" for _ in range(1000))
    block = f"match: {{image: {{tag: [{many}], digest: [{many}], repository: b}}}}"
    with pytest.raises(ConfigurationError, match="the declared rules have more than 2000 patterns"):
        load(f"{HEAD}{block}}}\n")


def test_a_declared_rule_is_a_rule():
    text = HEAD.replace("message: m", "message: 'Image {image} floats', help: Why it is so.")
    (check,) = load(f"{text}match: {{image: {{tag: latest}}}}}}\n").declared
    manual = "Image <image> floats.\n\nWhy it is so.\n\nDeclared in the policy `p.yaml`.\n"
    assert check.rule == Rule("ACME1", "a-defect", "hygiene", Severity.LOW, "Image <image> floats.", manual)


@pytest.mark.parametrize(
    "block",
    [
        "match: {image: {tag: x}}",
        "match: {image: {tag: {not: x}}}",
        "match: {image: {registry: {not: a}}}",
        "match: {image: {pinned: false}}",
        "match: {user: {name: {not: app}}}",
        "match: {user: {root: true}}",
        "match: {package: {name: {not: [a, b]}}}",
        "match: {label: {value: {not: a}}}",
        "match: {command: {name: curl, arguments: {not: -f}}}",
        "match: {command: {name: curl, option: {name: -o, value: {not: a}}}}",
        "require: {label: {name: l, value: v}}",
    ],
)
def test_what_the_file_does_not_tell_matches_nothing(block):
    dockerfile = "ARG X\nFROM $X\nARG Y\nLABEL l=$Y\nRUN apt-get install $Y\nRUN curl $Y -o $Y\nUSER $Y\n"
    assert lines(block, dockerfile) == []


def test_what_only_a_stage_that_does_not_ship_does_is_left_out_unless_all_is_said():
    dockerfile = "FROM a:1\nRUN curl x\nFROM b:1 AS base\nRUN curl y\nFROM base\nRUN curl z\n"
    assert lines("match: {command: {name: curl}}", dockerfile, more="") == [4, 6]
    assert lines("match: {command: {name: curl}}", dockerfile) == [2, 4, 6]
    assert lines("match: {command: {name: curl}, stage: {builder: true}}", dockerfile) == []
    assert lines("match: {command: {name: curl}, stage: {shipped: false}}", dockerfile) == [2]
    assert lines("match: {command: {name: curl}, not: {stage: {name: base}}}", dockerfile) == [2, 6]
    assert lines("match: {stage: {name: base}}", dockerfile) == [3]


def test_commands_are_those_that_run():
    dockerfile = 'FROM a:1\nRUN echo "curl -k" && sudo -E sh -c \'curl -sk "$(wget x)"\'\nCMD ["curl", "-k"]\n'
    assert lines("match: {command: {name: curl}}", dockerfile) == [2, 3]
    assert lines("match: {command: {name: wget}}", dockerfile) == [2]
    assert lines("match: {command: {name: curl, arguments: [-k]}}", dockerfile) == [3]
    assert lines("match: {command: {name: curl}, instruction: {keyword: cmd}}", dockerfile) == [3]
    assert lines("match: {command: {name: curl}, not: {instruction: {keyword: CMD}}}", dockerfile) == [2]


def test_images_are_read_as_docker_reads_them():
    dockerfile = "FROM python AS a\nFROM docker.io/library/python:3 AS b\nFROM r.example:5000/x/y:1\n"
    assert lines("match: {image: {registry: docker.io, repository: python}}", dockerfile) == [1, 2]
    assert lines("match: {image: {tag: latest}}", dockerfile) == [1]
    assert lines("match: {image: {tag: 1}}", dockerfile) == [3]
    assert lines("match: {image: {registry: 'r.example:*'}}", dockerfile) == [3]
    assert found("match: {image: {registry: r.example*}}", dockerfile, message="{repository} {tag} {stage} {x y}") == [
        (3, "x/y 1 2 {x y}.")
    ]


def test_of_labels_and_variables_the_last_value_is_required():
    require = "require: {label: {name: a, value: 1}}"
    assert lines(require, "FROM x\nLABEL a=1\nLABEL a=2\n") == [1]
    assert lines(require, "FROM x\nLABEL a=2\nLABEL a=1\n") == []
    assert lines("require: {environment: {name: A}}", "FROM x AS y\nENV A=1\nFROM y\nFROM x\n") == [4]


def test_no_secret_is_shown_or_kept_in_a_key():
    token = fake("github")
    dockerfile = f"FROM a:1\nARG T={token}\nCOPY a /x/$T\nUSER $T\n"
    text = HEAD.replace("message: m", "message: '{path}'") + "match: {path: {path: /x/*}}}\n"
    (check,) = load(text).declared
    problems = list(check.run(evaluate(parse(Source("Dockerfile", dockerfile))), {}))
    assert [(one.message, one.key) for one in problems] == [("/x/***.", "/x/***")]


def test_a_secret_that_the_command_line_gives_is_not_shown():
    block = "match: {path: {path: /x/*}}"
    dockerfile = "FROM a:1\nARG API_TOKEN\nCOPY a /x/$API_TOKEN\n"
    assert found(block, dockerfile, message="{path}", API_TOKEN="hunter2hunter2") == [(3, "/x/***.")]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.sampled_from(["", "a", "*", "[a", "{image}", "\u202e"]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2),
        st.dictionaries(
            st.sampled_from(["not", "any", "all", "image", "command", "option", "name", "value", "tag"]), inner
        ),
    ),
    max_leaves=6,
)


@settings(max_examples=150)
@given(ANYTHING, st.sampled_from(["match", "require", "when", "message", "scope", "id"]))
def test_nothing_but_errors_with_places_comes_of_nonsense(value, key):
    rule = {"id": "ACME1", "name": "a-defect", "severity": "low", "message": "m", "match": {"image": {"tag": "a"}}}
    try:
        load(yaml.safe_dump({"declare": [rule | {key: value}]}))
    except ConfigurationError as error:
        assert (error.uri, error.region is None) == ("p.yaml", False)


def check(tmp_path, policy: str, dockerfile: str) -> Report:
    (tmp_path / ".git").mkdir()
    (tmp_path / "scanguard.yaml").write_text(policy)
    (tmp_path / "Dockerfile").write_text(dockerfile)
    return check_request(Session(Environment(str(tmp_path), "2026-01-01"), plugins=False), Request())


def test_settings_exceptions_and_comments_work_as_with_any_rule(tmp_path):
    policy = (
        f"{HEAD}match: {{command: {{name: [curl, wget, nc]}}}}}}\n"
        "rules: {a-defect: critical}\n"
        "exceptions: [{rule: ACME1, reason: r, expires: 2099-01-01, package: wget}]\n"
    )
    dockerfile = "FROM debian:12\n# scanguard: ignore[ACME1]\nRUN curl x\nRUN wget x\nRUN nc x\nUSER 65532\n"
    report = check(tmp_path, policy, dockerfile)
    own = [one for one in report.findings if one.rule.id == "ACME1"]
    assert [(one.region.start_line, one.severity, [s.kind for s in one.suppressions]) for one in own] == [
        (3, Severity.CRITICAL, ["inline"]),
        (4, Severity.CRITICAL, ["policy"]),
        (5, Severity.CRITICAL, []),
    ]
    described = {rule["id"]: rule for rule in json.loads(render(report))["runs"][0]["tool"]["driver"]["rules"]}
    assert described["ACME1"]["helpUri"].endswith("/docs/declared-rules.md")
    assert described["SGD101"]["helpUri"].endswith("/docs/rules/root-user.md")
    assert report.complete


def test_a_declared_rule_that_is_off_does_not_run(tmp_path):
    report = check(tmp_path, f"{HEAD}match: {{image: {{tag: 12}}}}}}\nrules: {{ACME1: off}}\n", "FROM debian:12\n")
    assert [one for one in (*report.findings, *report.rules) if getattr(one, "id", "") == "ACME1"] == []
