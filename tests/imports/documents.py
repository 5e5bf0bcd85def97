"""SARIF of other tools, put together by hand."""

import json
from typing import Any

from scanguard.imports.read import read_reports
from scanguard.model.report import Report
from scanguard.model.rule import Rule
from tests.reporters.samples import RULES

ROOT = "/work/repository"
CATALOGUE: dict[str, Rule] = {
    rule.id: rule._replace(equivalents={"SGD101": ("DL3002", "DS-0002", "CKV_DOCKER_8")}.get(rule.id, ()))
    for rule in RULES
}


def result(code: str, line: int = 1, uri: str = "worker.Dockerfile", **fields: Any) -> dict[str, Any]:
    physical = {"artifactLocation": {"uri": uri}, "region": {"startLine": line}}
    made = {"ruleId": code, "message": {"text": f"{code} it is"}, "locations": [{"physicalLocation": physical}]}
    return {**made, **fields}


def log(tool: str, *results: dict[str, Any], rules: tuple[dict[str, Any], ...] = (), **run: Any) -> dict[str, Any]:
    driver = {"name": tool, "rules": list(rules)}
    return {"version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": list(results), **run}]}


def loaded(document: object, uri: str = "other.sarif") -> tuple[Report, ...]:
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    return read_reports(data, uri, ROOT, CATALOGUE)
