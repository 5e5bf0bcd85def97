"""Files that end in the middle of something: every place stays inside the text, and nothing crashes."""

import pytest

from scanguard.build.evaluate import BuildOptions
from scanguard.checks import builtin_checks
from scanguard.engine.run import check_dockerfile
from scanguard.engine.setting import Setting
from scanguard.model.location import Source


@pytest.mark.parametrize(
    "text",
    [
        "FROM a\nARG TOKEN\nRUN tee .pypirc <<O\n$TOKEN\nE",
        "FROM a\nRUN psql <<EOF\nPASSWORD 'h[",
        "FROM a\nRUN cat > /x <<EOF\nsecret_k",
        "FROM a\nRUN tee /x <<EOF\npassword",
        "FROM a\nRUN cat > /x <<EOF\npassword=",
        "FROM a\nCOPY <<EOF /x\n",
        "FROM a\nENV A=\\",
    ],
)
def test_places_stay_inside(text: str) -> None:
    settings = [
        Setting(one, None, {option.name: option.default for option in one.rule.options}) for one in builtin_checks()
    ]
    outcome = check_dockerfile(Source("Dockerfile", text), settings, BuildOptions())
    assert [note for note in outcome.notifications if note.level == "error"] == []
    assert all(0 <= finding.span.start <= finding.span.end <= len(text) for finding in outcome.findings)
