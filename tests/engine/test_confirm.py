"""A defect that file and image show is one finding."""

from collections.abc import Sequence

from scanguard.engine.confirm import READ, SAME, confirmed
from scanguard.model.finding import Finding, Place, Suppression
from scanguard.model.location import Region, Span
from scanguard.model.rule import Confidence, Rule, Severity


def finding(name: str, first: int, last: int, image: str = "", uri: str = "Dockerfile", key: str = "") -> Finding:
    rule = Rule("SGX001", name, "user", Severity.HIGH, "A defect.", "A defect.")
    where, origin = Region(first, 1, last, 9), "exact" if image else ""
    found = Finding(rule, Severity.HIGH, Confidence.HIGH, "It is so.", uri, where, "", (), (), Span(0, 0), "", key)
    return found._replace(image=image, origin=origin)


STATIC = finding("root-user", 4, 4)
IMAGE = finding("image-root-user", 2, 5, "app")
COPIED = finding("secret-file-copied", 3, 3, key="conf/id_rsa")._replace(instruction="COPY conf/id_rsa a.ini /app/")
NAMED = finding("secret-file", 3, 3, "app", key="/app/id_rsa")
READ_IN_IT = finding("secret-in-image", 3, 3, "app", key="app/id_rsa:private-key")._replace(
    message="It holds a key.", facts=(("kind", "private-key"), ("file", "/app/id_rsa"))
)
KIND = (("kind", "private-key"), ("contents", "It holds a key."))
CONFIRMED = (("confirmed by the image", "app"),)


def folded(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """What is confirmed, without how it is accepted."""
    return tuple(
        one._replace(facts=tuple(fact for fact in one.facts if fact[0] != "accept with")) for one in confirmed(findings)
    )


def accepting(*findings: Finding) -> list[str]:
    """How what is confirmed is accepted."""
    return [value for one in confirmed(findings) for name, value in one.facts if name == "accept with"]


def test_the_rules_to_accept_are_named_with_their_lines() -> None:
    comment = '# scanguard: ignore[{}] reason="why" above line {}'
    copied = comment.format("secret-file-copied, secret-file, secret-in-image", 3)
    assert accepting(COPIED, NAMED, READ_IN_IT) == [copied]
    assert accepting(COPIED) == accepting(NAMED) == []
    inside = STATIC._replace(lines=(2, 5))
    assert accepting(inside, IMAGE) == [comment.format("root-user, image-root-user", 2)]
    used = finding("secret-argument-used", 7, 7, key="TOKEN")._replace(related=(Place("used", Region(9, 1, 9, 9)),))
    kept = finding("secret-in-image-config", 9, 9, "app", key="TOKEN")
    two = f"{comment.format('secret-argument-used', 7)}; {comment.format('secret-in-image-config', 9)}"
    assert accepting(used, kept) == [two]
    again = kept._replace(image="worker")
    assert accepting(*confirmed([used, kept]), again) == [two]
    lone = (one._replace(origin="") for one in (NAMED, READ_IN_IT))
    assert accepting(*lone) == ["exceptions of the policy for secret-file, secret-in-image"]
    known = (NAMED._replace(origin="exact"), READ_IN_IT._replace(origin="exact"))
    assert accepting(*known) == [comment.format("secret-file, secret-in-image", 3)]


def test_the_images_say_goes_into_the_files_finding() -> None:
    other = IMAGE._replace(image="app-dev")
    expected = STATIC._replace(facts=(("confirmed by the image", "app, app-dev"),))
    assert folded([IMAGE, STATIC, other]) == (expected,)


def test_other_lines_files_and_rules_stay_apart() -> None:
    for lone in (
        finding("image-root-user", 5, 6, "app")._replace(stage="other"),
        finding("image-root-user", 4, 4, "app", "other.Dockerfile"),
        finding("exposed-port", 4, 4, "app"),
    ):
        assert folded([STATIC, lone]) == (STATIC, lone)


def test_what_is_accepted_confirms_nothing() -> None:
    accepted = (Suppression("policy", "known"),)
    for one, other in (
        (STATIC._replace(suppressions=accepted), IMAGE),
        (STATIC, IMAGE._replace(suppressions=accepted)),
    ):
        assert folded([one, other]) == (one, other)


def test_the_image_makes_sure_and_changes_no_severity() -> None:
    guessed = STATIC._replace(confidence=Confidence.MEDIUM, severity=Severity.LOW)
    assert folded([guessed, IMAGE]) == (guessed._replace(confidence=Confidence.HIGH, facts=CONFIRMED),)


def test_a_file_whose_contents_were_read_is_as_grave_as_they_are() -> None:
    likely = COPIED._replace(confidence=Confidence.MEDIUM)
    grave = READ_IN_IT._replace(severity=Severity.CRITICAL)
    sure = COPIED._replace(severity=Severity.CRITICAL, facts=(*CONFIRMED, *KIND))
    assert folded([likely, NAMED, grave]) == (sure,)
    assert folded([grave, NAMED]) == (NAMED._replace(severity=Severity.CRITICAL, facts=KIND),)


def test_what_both_say_at_their_end_is_said_once() -> None:
    for end in ("Image: shop.web 1.2.", "No line is known. It is so."):
        named, read = (one._replace(message=f"{one.message} {end}") for one in (NAMED, READ_IN_IT))
        assert folded([read, named]) == (named._replace(facts=KIND),)
    assert folded([READ_IN_IT, NAMED._replace(message="It holds a key.")])[0].facts == KIND
    inherited = READ_IN_IT._replace(message="It holds a key. Inherited from debian:12.")
    assert folded([inherited, NAMED])[0].facts == (KIND[0], ("contents", inherited.message))


def test_another_file_of_the_same_instruction_stays() -> None:
    token = finding("secret-in-image", 3, 3, "app", key="app/a.ini:token")._replace(facts=(("file", "/app/a.ini"),))
    other = finding("secret-file", 3, 3, "app", key="/app/b.key")
    assert folded([COPIED, token, other]) == (COPIED, token, other)


def test_files_by_pattern_by_directory_and_under_a_new_name() -> None:
    for key, instruction in (
        ("conf/*_rsa", "COPY conf/*_rsa /app/"),
        ("./app", "COPY ./app /app"),
        ("key.prod", "COPY key.prod /app/id_rsa"),
        ("key.prod", 'COPY ["key.prod", "/app/id_rsa"]'),
    ):
        copied = COPIED._replace(key=key, instruction=instruction)
        assert folded([copied, NAMED]) == (copied._replace(facts=CONFIRMED),)


def test_what_is_read_in_a_deleted_file_is_part_of_its_finding() -> None:
    deleted = finding("deleted-secret", 3, 3, key="conf/id_rsa")
    named = finding("deleted-secret-file", 3, 3, "app", key="/app/id_rsa")
    assert folded([deleted, named, READ_IN_IT]) == (deleted._replace(facts=(*CONFIRMED, *KIND)),)
    assert folded([named, READ_IN_IT]) == (named._replace(facts=KIND),)
    elsewhere = READ_IN_IT._replace(image="other")
    assert folded([named, elsewhere]) == (named, elsewhere)


def test_what_two_images_hold_is_told_once() -> None:
    deleted = finding("deleted-secret", 3, 3, key="conf/id_rsa")
    read = [READ_IN_IT, READ_IN_IT._replace(image="worker")]
    both = ("confirmed by the image", "app, worker")
    assert folded([deleted, *read]) == (deleted._replace(facts=(both, *KIND)),)


def test_what_two_tags_of_an_image_hold_is_one_finding() -> None:
    named = finding("secret-file", 3, 3, "app", key="/app/id_rsa")
    assert folded([named, READ_IN_IT, named, READ_IN_IT]) == (named._replace(facts=KIND),)


def test_an_argument_is_found_where_it_is_used() -> None:
    used = (Place("a RUN uses it", Region(8, 1, 8, 9)),)
    argument = finding("secret-argument-used", 7, 7, key="TOKEN")._replace(related=used)
    image = finding("secret-in-image-config", 8, 8, "app", key="TOKEN")
    assert folded([argument, image]) == (argument._replace(facts=CONFIRMED),)
    other = image._replace(key="PASSWORD")
    assert folded([argument, other]) == (argument, other)


def test_values_are_told_apart_by_their_names_or_kinds() -> None:
    static = finding("secret-in-environment", 2, 2, key="password:DB_PASSWORD")
    for key in ("DB_PASSWORD", "password"):
        image = finding("secret-in-image-config", 2, 2, "app", key=key)
        assert folded([static, image]) == (static._replace(facts=CONFIRMED),)
    other = finding("secret-in-image-config", 2, 2, "app", key="API_TOKEN")
    assert folded([static, other]) == (static, other)


def test_tools_that_come_with_the_named_ones_are_facts_of_their_finding() -> None:
    more = (("named in the Dockerfile", "gcc"), ("not named there", "binutils"))
    static = finding("build-tools-installed", 3, 3)
    image = finding("build-tools-present", 2, 4, "app")._replace(facts=more, origin="exact")
    assert folded([static, image]) == (static._replace(facts=(*CONFIRMED, more[1])),)
    base = finding("toolchain-base", 3, 3)
    unknown = image._replace(origin="unknown")
    assert folded([base, unknown]) == (base, unknown)


def test_the_table_names_rules_that_exist() -> None:
    from scanguard.app.request import Environment
    from scanguard.app.session import Session

    rules = {rule.name: rule.subject for rule in Session(Environment("/", "2026-11-21"), plugins=False).rules}
    assert {rules[name] for name in SAME} == {"image"}
    assert {rules[name] for names in SAME.values() for name in names} == {"dockerfile"}
    assert {rules[name] for names in READ.values() for name in (*names, *READ)} == {"image"}


def test_what_another_part_of_the_run_confirmed_stays() -> None:
    (once,) = folded([STATIC, IMAGE._replace(image="worker")])
    expected = STATIC._replace(facts=(("confirmed by the image", "app, worker"),))
    assert folded([once, IMAGE]) == folded([IMAGE._replace(image="worker"), IMAGE, STATIC]) == (expected,)


def test_an_image_of_another_dockerfile_confirms_nothing() -> None:
    stranger = IMAGE._replace(origin="unknown")
    assert folded([STATIC, stranger]) == (STATIC, stranger)


def test_an_argument_that_env_keeps_and_one_that_a_command_gets() -> None:
    kept = (Place("ENV 'T' keeps it", Region(8, 1, 8, 9)),)
    argument = finding("secret-argument-used", 7, 7, key="TOKEN")._replace(related=kept)
    image = finding("secret-in-image-config", 8, 8, "app", key="T")
    assert folded([argument, image]) == (argument._replace(facts=CONFIRMED),)
    assert len(folded([argument, image._replace(key="U")])) == 2
    command = finding("credential-command", 9, 9, key="git clone:USER:TOKEN")
    at_arg = finding("secret-in-image-config", 7, 7, "app", key="TOKEN")
    assert folded([command, at_arg]) == (command._replace(facts=CONFIRMED),)
    for other in (at_arg._replace(key="git clone"), at_arg._replace(stage="other")):
        assert folded([command, other]) == (command, other)


def test_a_value_that_is_read_is_as_grave_as_it_is() -> None:
    used = finding("secret-argument-used", 7, 7, key="TOKEN")
    grave = finding("secret-in-image-config", 7, 7, "app", key="TOKEN")._replace(severity=Severity.CRITICAL)
    facts = (*CONFIRMED, ("value", "It is so."))
    assert folded([used, grave]) == (used._replace(severity=Severity.CRITICAL, facts=facts),)


def test_an_account_and_a_group_of_one_line() -> None:
    static = finding("unknown-user", 3, 3)._replace(message="USER names the account 'app'.")
    app, crew = (finding("image-unknown-user", 3, 3, "i", key=key)._replace(origin="exact") for key in ("app", "crew"))
    assert [(one.rule.name, one.key) for one in confirmed([static, app, crew])] == [
        ("unknown-user", ""),
        ("image-unknown-user", "crew"),
    ]


def test_sudo_and_copied_tools() -> None:
    sudo, copied = finding("sudo-installed", 3, 3), finding("build-tools-copied", 4, 4)
    bit, tool = finding("setuid-file", 3, 3, "app", key="/usr/bin/sudo"), finding("build-tools-present", 4, 4, "app")
    assert folded([sudo, bit, copied, tool]) == (sudo._replace(facts=CONFIRMED), copied._replace(facts=CONFIRMED))
    other = bit._replace(key="/usr/bin/su")
    assert folded([sudo, other]) == (sudo, other)


def test_a_user_that_is_set_nowhere_is_lacking_in_the_stage() -> None:
    static = finding("root-user", 3, 3)._replace(stage="1")
    image = finding("image-root-user", 1, 1, "app")._replace(stage="1", origin="exact")
    assert folded([image, static]) == (static._replace(facts=CONFIRMED),)
    for other in (image._replace(stage="0"), image._replace(origin="unknown"), image._replace(origin="")):
        assert folded([static, other]) == (static, other)


def test_an_image_without_a_dockerfile_confirms_no_line() -> None:
    """Its findings stand where a Dockerfile would begin, where the FROM of another one may be."""
    for static, image in ((STATIC, IMAGE), (COPIED, NAMED)):
        lone = image._replace(region=static.region, origin="")
        assert folded([static, lone]) == (static, lone)


def test_an_argument_is_one_wherever_its_stage_declares_it() -> None:
    used = finding("secret-argument-used", 7, 7, key="TOKEN")._replace(stage="app")
    image = finding("secret-in-image-config", 2, 2, "app", key="TOKEN")._replace(stage="app")
    assert folded([used, image]) == (used._replace(facts=CONFIRMED),)
    elsewhere = image._replace(stage="other")
    assert folded([used, elsewhere]) == (used, elsewhere)
