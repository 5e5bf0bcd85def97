"""The check on two small Dockerfiles; `scanguard.engine.run` is what ScanGuard's own tests use."""

import pytest
from scanguard_example.missing_source_label import check

from scanguard.build.evaluate import BuildOptions
from scanguard.engine.run import Setting, check_dockerfile
from scanguard.model.location import Source


@pytest.mark.parametrize(
    ("label", "messages"),
    [
        ("LABEL a=b", ["The shipped image has no label 'org.opencontainers.image.source'."]),
        ("LABEL org.opencontainers.image.source=https://example.com/team/app", []),
    ],
)
def test_label(label: str, messages: list[str]) -> None:
    outcome = check_dockerfile(
        Source("Dockerfile", f"FROM debian:12\n{label}\n"), [Setting(check, None, {})], BuildOptions()
    )
    assert [finding.message for finding in outcome.findings] == messages
