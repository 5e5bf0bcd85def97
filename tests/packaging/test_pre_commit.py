"""`.pre-commit-hooks.yaml`: it has the form that pre-commit reads, and its patterns name Dockerfiles."""

import json
import re
import shlex

import jsonschema_rs
import pytest
import yaml

from scanguard.cli.arguments import build_parser
from scanguard.sources.walk import _NEVER, is_dockerfile_name
from tests.environments import ROOT

SCHEMA = ROOT.parent / "shared" / "schemas" / "schemastore-pre-commit-hooks.json"
HOOKS = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}


@pytest.mark.skipif(not SCHEMA.is_file(), reason="the schema is not at hand")
def test_the_form_is_right() -> None:
    jsonschema_rs.validator_for(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(list(HOOKS.values()))
    assert sorted(HOOKS) == ["scanguard", "scanguard-image"]


NAMES = (
    *"Dockerfile Dockerfile.dev Dockerfile-prod Dockerfile_x app.Dockerfile prod.dockerfile Containerfile".split(),
    *"Containerfile.x MyDockerfile README.md main.go x.dockerfile.bak Dockerfile~ Dockerfile.dev~".split(),
    *sorted(f"Dockerfile{extension}" for extension in _NEVER),
)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("folder", ["", "a/b/"])
def test_the_hook_takes_what_a_search_takes(name: str, folder: str) -> None:
    hook = HOOKS["scanguard"]
    taken = re.search(hook["files"], folder + name) and not re.search(hook["exclude"], folder + name)
    assert bool(taken) == is_dockerfile_name(name)


@pytest.mark.parametrize("hook", HOOKS)
def test_the_entries_are_command_lines(hook: str) -> None:
    words = shlex.split(HOOKS[hook]["entry"])
    assert words[:4] == ["python", "-I", "-m", "scanguard"]
    parsed = build_parser().parse_args([*words[4:], "--baseline", "known.json", "app/Dockerfile"])
    assert (parsed.paths, parsed.baseline) == (["app/Dockerfile"], "known.json")
