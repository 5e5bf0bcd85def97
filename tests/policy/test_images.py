"""What policies say of images, of Trivy and of vulnerabilities, and who may say it."""

import pytest

from scanguard.app.images.options import trivy_settings
from scanguard.model.errors import ConfigurationError
from scanguard.model.location import Region
from scanguard.policy.model import ImageTarget, Policy, TrivyPolicy, VulnerabilityException
from scanguard.sources.read import read
from scanguard.trivy.settings import TrivySettings
from tests.policy.policies import load_policy
from tests.policy.rules import RULES

FOUND = "counts only in a policy that --policy names: this one was found in the repository"
OUTSIDE = "lies outside the repository; only a policy that --policy names may say so"
OWNER = "'owner' is missing: the policy requires one of every exception"
IMAGE = "a mapping with image and, where they matter, dockerfile, target and platform"
DIGEST = "0123456789abcdef" * 4


def load(tmp_path, text: str, *, trusted: bool = True, name: str = "scanguard.yaml") -> Policy:
    path = tmp_path / name
    path.write_text(text)
    within = "" if trusted else str(tmp_path)
    where = str(path) if not trusted else name
    return load_policy(where, RULES, cwd=str(tmp_path), read=read, within=within, trusted=trusted)


def refusal(tmp_path, text: str, *, trusted: bool = True) -> str:
    with pytest.raises(ConfigurationError) as caught:
        load(tmp_path, text, trusted=trusted)
    return str(caught.value)


def test_everything_about_images_is_read(tmp_path):
    policy = load(
        tmp_path,
        "images:\n"
        "  - {image: r.example/api:1, dockerfile: ./api/Dockerfile, target: api, platform: linux/arm64}\n"
        "  - image: /var/images/a.tar\n"
        "trivy:\n"
        f"  path: bin/trivy\n  sha256: {DIGEST}\n"
        "  db_repository: [r.example/db:2, m.example/db:2]\n  max_database_age: 3\n  timeout: 600\n"
        "  server: https://trivy.example.com\n  ignorefile: .trivyignore\n  vex: [a.json, ../b.json]\n"
        "vulnerabilities:\n"
        "  - {id: CVE-2024-1, reason: not reachable, expires: 2027-01-31, package: [a, b], path: /usr/**, owner: me}\n",
    )
    assert policy.images == (
        ImageTarget("r.example/api:1", "api/Dockerfile", "api", "linux/arm64", "scanguard.yaml", Region(2, 5, 2, 95)),
        ImageTarget("/var/images/a.tar", uri="scanguard.yaml", region=Region(3, 5, 4, 1)),
    )
    assert policy.trivy == TrivyPolicy(
        str(tmp_path / "bin/trivy"),
        DIGEST,
        ("r.example/db:2", "m.example/db:2"),
        3,
        600,
        "https://trivy.example.com",
        str(tmp_path / ".trivyignore"),
        (str(tmp_path / "a.json"), str(tmp_path.parent / "b.json")),
    )
    assert policy.vulnerability_exceptions == (
        VulnerabilityException(
            "CVE-2024-1",
            "not reachable",
            "2027-01-31",
            ("a", "b"),
            "usr/**",
            "me",
            "scanguard.yaml",
            Region(14, 5, 14, 108),
        ),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("trivy: {path: ./trivy}", f"1:9: 'path' {FOUND}"),
        (f"trivy: {{sha256: {DIGEST}}}", f"1:9: 'sha256' {FOUND}"),
        ("trivy: {db_repository: r.example/db}", f"1:9: 'db_repository' {FOUND}"),
        ("trivy: {server: 'http://a'}", f"1:9: 'server' {FOUND}"),
        ("trivy: {ignorefile: ../x}", f"1:21: '../x' {OUTSIDE}"),
        ("trivy: {vex: [a, /etc/x]}", f"1:18: '/etc/x' {OUTSIDE}"),
        ("trivy: {vex: link/x}", f"1:14: 'link/x' {OUTSIDE}"),
        ("images: [{image: /etc/x.tar}]", f"1:18: '/etc/x.tar' {OUTSIDE}"),
        ("images: [{image: a/../../b.tar}]", f"1:18: 'a/../../b.tar' {OUTSIDE}"),
        ("images: [{image: '~/x.tar'}]", f"1:18: '~/x.tar' {OUTSIDE}"),
        ("images: [{image: link/x.tar}]", f"1:18: 'link/x.tar' {OUTSIDE}"),
        ("images: [{image: ./link/}]", f"1:18: './link/' {OUTSIDE}"),
    ],
)
def test_a_policy_that_was_found_names_no_program_no_server_and_no_file_elsewhere(tmp_path, text, message):
    (tmp_path / "link").symlink_to("/etc")
    assert refusal(tmp_path, text, trusted=False) == f"scanguard.yaml:{message}"


def test_a_policy_that_was_found_may_say_the_rest(tmp_path):
    text = "images: [{image: build/a.tar}]\ntrivy: {max_database_age: 1, timeout: 5, ignorefile: .x, vex: v/a.json}\n"
    policy = load(tmp_path, text, trusted=False)
    assert [target.image for target in policy.images] == [str(tmp_path / "build/a.tar")]
    assert policy.trivy == TrivyPolicy(
        max_database_age=1, timeout=5, ignorefile=str(tmp_path / ".x"), vex=(str(tmp_path / "v/a.json"),)
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("images: [{image: -x}]", "1:18: '-x' must be the reference of an image, or a path"),
        ("images: [{dockerfile: x}]", f"1:10: 'image' is missing: this must be {IMAGE}"),
        (
            "images: [{image: a, dockerfile: /x}]",
            "1:33: '/x' must be a path from the repository's root, without '/' in front and without '..'",
        ),
        (
            "images: [{image: a, platform: arm64}]",
            "1:31: 'arm64' must be a platform, written os/architecture or os/architecture/variant",
        ),
        ("images: [{imge: x}]", "1:11: unknown key 'imge'; did you mean 'image'?"),
        ("images: [{file: x}]", f"1:10: 'image' is missing: this must be {IMAGE}"),
        ("trivy: {path: trivy}", "1:15: 'trivy' must be the path of the program, with a / in it"),
        ("trivy: {servr: a}", "1:9: unknown key 'servr'; did you mean 'server'?"),
        (
            "trivy: {server: 'http://me:pw@a'}",
            "1:17: 'server' must hold no user and no password; the token comes from SCANGUARD_TRIVY_TOKEN",
        ),
        ("trivy: {timeout: 0}", "1:18: this must be a number of seconds, from 1 to 86400"),
        (
            "trivy: {db_repository: [-x]}",
            "1:25: '-x' must be the repository of a database, such as registry.example.com/trivy-db:2",
        ),
        (
            "vulnerabilities: [{id: CVE-1, reason: r, expires: 2027-02-30}]",
            "1:51: '2027-02-30' is not a day of the calendar",
        ),
        (
            "vulnerabilities: [{id: CVE-1, reason: r, expires: 2027-02-03, path: '[a'}]",
            "1:69: '[a' is not a glob: a bracket or a backslash stands open",
        ),
        (
            "vulnerabilities: [{id: CVE-1, expires: 2027-02-03}]",
            "1:19: 'reason' is missing: this must be a mapping with id, reason and expires",
        ),
        ("require_owner: yes\nexceptions: [{rule: root-user, reason: r, expires: 2027-01-01}]", f"2:14: {OWNER}"),
        ("require_owner: yes\nvulnerabilities: [{id: CVE-1, reason: r, expires: 2027-01-01}]", f"2:19: {OWNER}"),
    ],
)
def test_every_error_says_where_it_is(tmp_path, text, message):
    assert refusal(tmp_path, text) == f"scanguard.yaml:{message}"


def test_a_digest_without_a_path_is_for_whichever_program_is_found(tmp_path):
    policy = load(tmp_path, f"trivy: {{sha256: {DIGEST}}}\n")
    assert policy.trivy == TrivyPolicy(sha256=DIGEST)
    assert trivy_settings(TrivySettings(), policy).sha256 == DIGEST
    assert trivy_settings(TrivySettings(path="./mine"), policy).sha256 == DIGEST


def test_a_digest_beside_a_path_is_of_that_program_alone(tmp_path):
    policy = load(tmp_path, f"trivy: {{path: ./one, sha256: {DIGEST}}}\n")
    assert trivy_settings(TrivySettings(), policy).sha256 == DIGEST
    assert trivy_settings(TrivySettings(path="./mine"), policy).sha256 == ""


def test_what_is_said_later_replaces_and_documents_add_up(tmp_path):
    (tmp_path / "base.yaml").write_text(
        f"images: [{{image: a}}]\ntrivy: {{path: ./one, sha256: {DIGEST}, timeout: 5, vex: a.json}}\n"
    )
    policy = load(tmp_path, "extends: base.yaml\nimages: [{image: b}]\ntrivy: {path: ./two, timeout: 6, vex: b.json}\n")
    assert [image.image for image in policy.images] == ["a", "b"]
    assert policy.trivy == TrivyPolicy(
        str(tmp_path / "two"), timeout=6, vex=(str(tmp_path / "a.json"), str(tmp_path / "b.json"))
    )
