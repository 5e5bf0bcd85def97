"""What a repository needs to be checked where code is pushed: a policy, a pre-push hook, a CI job."""

import os
import re
import shlex
import sys
from collections.abc import Iterator

from scanguard import __version__
from scanguard.app.baseline import DEFAULT_FILE
from scanguard.app.files import write_file
from scanguard.model.errors import ConfigurationError
from scanguard.model.record import NamedTuple
from scanguard.policy.find import NAMES
from scanguard.sources.compose import ComposeBuild, compose_builds, is_compose_name
from scanguard.sources.discover import discover
from scanguard.sources.git import Repository
from scanguard.sources.read import read
from scanguard.sources.repository import within

CI = ("github", "gitlab", "none")
_GITLAB_JOB = ".gitlab/scanguard.yml"
_DOCUMENTS = "https://github.com/scanguard/scanguard/blob/main/docs"
_CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1"
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*")
_SIZE_LIMIT = 1_000_000


class Proposal(NamedTuple):
    """A file to write: `path` is absolute, `name` what people call it. `before` is what is there now, None for nothing.

    A `kept` one people go on writing themselves: what is there is never replaced.
    """

    path: str
    name: str
    text: str
    executable: bool = False
    before: str | None = None
    kept: bool = False

    @property
    def state(self) -> str:
        """`new`, `unchanged`, or `different` where the file that is there says something else."""
        if self.before is None:
            return "new"
        return "unchanged" if self.before == self.text else "different"


class Plan(NamedTuple):
    """What to write, and what to say that cannot be written."""

    proposals: tuple[Proposal, ...]
    advice: tuple[str, ...]


def plan(root: str, repository: Repository | None, *, hook: bool, ci: str) -> Plan:
    """What fits the repository; `ci` is `github`, `gitlab`, `none`, or empty to see for oneself. Nothing is written.

    `repository` is None outside git, where there is no hook. Raises ConfigurationError where a file that is there cannot
    be read, or is a link.
    """
    advice: list[str] = []
    wanted = list(_policy(root, advice))
    if hook and repository is not None:
        wanted.extend(_hook(repository, advice))
    service = ci or _service(root, repository)
    if service == "github":
        branch = repository.branch() if repository is not None else ""
        wanted.append(_proposal(root, ".github/workflows/scanguard.yml", _github(root, branch)))
    elif service == "gitlab":
        wanted.extend(_gitlab_files(root, advice))
    return Plan(tuple(wanted), tuple(advice))


def put(proposal: Proposal) -> None:
    """Write one file, whole or not at all. Raises ConfigurationError where that cannot be done."""
    try:
        os.makedirs(os.path.dirname(proposal.path), exist_ok=True)
    except OSError as error:
        raise ConfigurationError(f"cannot be written: {error.strerror or error}", proposal.name) from error
    write_file(proposal.path, proposal.text, os.sep)
    if proposal.executable:
        os.chmod(proposal.path, 0o755)  # noqa: S103 - git runs hooks that are executable, as it makes them itself


def _policy(root: str, advice: list[str]) -> Iterator[Proposal]:
    """A policy file, unless one of another name is there."""
    there = [name for name in NAMES if os.path.lexists(os.path.join(root, name))]
    name = there[0] if there else NAMES[0]
    files = [target.uri for target in discover((root,), root).targets]
    if not files:
        advice.append("No Dockerfile is here yet; `scanguard check FILE` checks files of other names.")
    yield _proposal(root, name, _policy_text(files, _builds(root)))._replace(kept=True)


def _policy_text(files: list[str], builds: list[ComposeBuild]) -> str:
    number = f"{len(files)} Dockerfile{'s' * (len(files) != 1)}"
    lines = [
        f"# The policy of this repository for ScanGuard, which found {number} here: {_DOCUMENTS}/policies.md",
        "# `scanguard rules` lists the rules, `scanguard explain root-user` shows the manual of one.",
        "extends: default",
        "",
        "# The lowest severity that fails a check: note, low, medium, high, critical or never.",
        "fail_on: medium",
    ]
    staged = [build for build in builds if _PLAIN.fullmatch(build.target) and _PLAIN.fullmatch(build.dockerfile)]
    if staged:
        lines += ["", "# Compose builds these stages. Uncomment those that ship; without an entry the last stage does."]
        lines += ["# targets:"]
        for path in sorted({build.dockerfile for build in staged}):
            stages = sorted({build.target for build in staged if build.dockerfile == path})
            lines += [f"#   - path: {path}", f"#     ships: [{', '.join(stages)}]"]
    lines += [
        "",
        "# Settings of single rules:",
        "# rules:",
        "#   unpinned-image: off",
        "",
        "# Findings that are accepted for a time:",
        "# exceptions:",
        "#   - rule: root-user",
        "#     path: legacy/**",
        "#     reason: the vendor's entrypoint drops to its own user",
        "#     expires: 2030-12-31",
    ]
    return "\n".join(lines) + "\n"


def _hook(repository: Repository, advice: list[str]) -> Iterator[Proposal]:
    """The pre-push hook; not where git takes the hooks from a directory that other repositories share."""
    folder = os.path.realpath(repository.hooks())
    if not within(folder, repository.git_directory()) and not within(folder, repository.root):
        advice.append(f"Git takes this repository's hooks from {folder}, beyond the repository: no hook is proposed.")
        return
    options = f" --baseline {DEFAULT_FILE}" if _has_baseline(repository.root) else ""
    python = shlex.quote(sys.executable)
    text = (
        "#!/bin/sh\n"
        "# Checks the Dockerfiles that a push changes; `git push --no-verify` skips it once. Written by `scanguard init`.\n"
        f"python={python}\n"
        'if [ ! -x "$python" ]; then\n'
        '  echo "scanguard: $python is gone; run \\`scanguard init --force\\` again, or push with --no-verify" >&2\n'
        "  exit 2\n"
        "fi\n"
        f'exec "$python" -I -m scanguard hook{options} pre-push "$@"\n'
    )
    path = os.path.join(folder, "pre-push")
    name = os.path.relpath(path, repository.root) if within(path, repository.root) else path
    yield Proposal(path, name, text, True, _before(path, name))


def _service(root: str, repository: Repository | None) -> str:
    """Where the repository is built: what is there already, then where it came from."""
    if os.path.exists(os.path.join(root, ".gitlab-ci.yml")):
        return "gitlab"
    if os.path.isdir(os.path.join(root, ".github")):
        return "github"
    origin = repository.origin() if repository is not None else ""
    host = re.sub(r"^[a-z+]+://", "", origin).partition("@")[2] or re.sub(r"^[a-z+]+://", "", origin)
    host = re.split(r"[/:]", host)[0].lower()
    return next((name for name in ("github", "gitlab") if name in host.split(".")), "none")


def _github(root: str, branch: str) -> str:
    trunk = branch if _PLAIN.fullmatch(branch) else "main"
    return f"""# Checks the Dockerfiles of every pull request: {_DOCUMENTS}/hooks.md
name: ScanGuard
on:
  pull_request:
  push:
    branches: [{trunk}]
permissions: {{}}
jobs:
  scanguard:
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    permissions:
      contents: read
    steps:
      - uses: {_CHECKOUT}
        with:
          persist-credentials: false
      - name: Install ScanGuard
        run: |
          python3 -I -m venv "$RUNNER_TEMP/scanguard"
          "$RUNNER_TEMP/scanguard/bin/python" -I -m pip install --quiet --disable-pip-version-check scanguard=={__version__}
      - name: Check
        run: '"$RUNNER_TEMP/scanguard/bin/python" -I -m scanguard check --format github{_baseline_option(root)} .'
"""


def _gitlab_files(root: str, advice: list[str]) -> Iterator[Proposal]:
    """The job in a file of its own, and the file that includes it unless there is one, which is never edited."""
    yield _proposal(root, _GITLAB_JOB, _gitlab(root))
    main = ".gitlab-ci.yml"
    text = _before(os.path.join(root, main), main)
    if text is None:
        yield _proposal(root, main, f"include:\n  - local: {_GITLAB_JOB}\n")
    elif _GITLAB_JOB not in text:
        advice.append(f"Add this to {main}:\n\ninclude:\n  - local: {_GITLAB_JOB}\n")


def _gitlab(root: str) -> str:
    report = "gl-code-quality-report.json"
    return f"""# Checks the Dockerfiles in every pipeline: {_DOCUMENTS}/hooks.md
scanguard:
  stage: test
  image: python:3.12-slim
  script:
    - python -I -m venv /tmp/scanguard
    - /tmp/scanguard/bin/python -I -m pip install --quiet --disable-pip-version-check scanguard=={__version__}
    - /tmp/scanguard/bin/python -I -m scanguard check --output gitlab-codequality={report}{_baseline_option(root)} .
  artifacts:
    when: always
    reports:
      codequality: {report}
"""


def _baseline_option(root: str) -> str:
    return f" --baseline {DEFAULT_FILE}" if _has_baseline(root) else ""


def _has_baseline(root: str) -> bool:
    return os.path.isfile(os.path.join(root, DEFAULT_FILE))


def _builds(root: str) -> list[ComposeBuild]:
    """What the Compose files at the root build."""
    names = sorted(name for name in os.listdir(root) if is_compose_name(name))
    paths = [(name, os.path.join(root, name)) for name in names]
    return [build for name, path in paths if os.path.isfile(path) for build in compose_builds(read(path), name)]


def _proposal(root: str, name: str, text: str) -> Proposal:
    path = os.path.join(root, *name.split("/"))
    if not within(os.path.realpath(os.path.dirname(path)), os.path.realpath(root)):
        raise ConfigurationError("lies behind a link that leads out of the repository; nothing is written there", name)
    return Proposal(path, name, text, False, _before(path, name))


def _before(path: str, name: str) -> str | None:
    """What a file holds, None where there is none. Raises ConfigurationError for links and for what is no text file."""
    if not os.path.lexists(path):
        return None
    if os.path.islink(path) or not os.path.isfile(path):
        raise ConfigurationError("is a link or no file, and is left alone; write what you want there yourself", name)
    with open(path, "rb") as file:
        return file.read(_SIZE_LIMIT).decode("utf-8", "replace")
