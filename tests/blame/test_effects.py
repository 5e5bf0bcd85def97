"""What one step can have done to one path."""

import pytest

from scanguard.blame.effects import Effect, effect
from scanguard.blame.links import Links, relinked
from scanguard.blame.trust import trust
from scanguard.image.nodes import Kind
from tests.blame.images import built, contents, entry

USR = Links((contents(entry("bin", Kind.SYMLINK, "usr/bin")),))
EITHER = Links((contents(entry("app", Kind.SYMLINK, "/srv")), contents(entry("app", Kind.DIRECTORY))))
SETUID = 0o4000


def did(instruction: str, path: str, bits: int = 0, before: str = "", links: Links = USR) -> Effect:
    stage = built(f"FROM debian:12\n{before}{instruction}\n").stages[0]
    trusted = trust(stage.steps)
    means = relinked(lambda place: links.means(place, 1), trusted.linked)
    return effect(stage.steps[-1], path, means, bits, trusted)


@pytest.mark.parametrize(
    ("instruction", "path", "expected"),
    [
        ("RUN chmod u+s /bin/cat", "/usr/bin/cat", Effect.MADE),
        ("RUN chmod u+s /bin/cat", "/bin/cat", Effect.NONE),
        ("RUN chmod g+s /bin/cat", "/usr/bin/cat", Effect.TOUCHED),
        ("RUN chmod 4755 /bin/cat", "/usr/bin/cat", Effect.MADE),
        ("RUN chmod 755 /bin/cat", "/usr/bin/cat", Effect.TOUCHED),
        ("RUN chmod -x /bin/cat", "/usr/bin/cat", Effect.MAYBE),
        ("RUN chmod u+s,g-s /bin/cat", "/usr/bin/cat", Effect.MAYBE),
        ("RUN chmod $MODE /bin/cat", "/usr/bin/cat", Effect.MAYBE),
        ("RUN chmod $(cat /mode) /bin/cat", "/usr/bin/cat", Effect.MAYBE),
        ("RUN chmod -R u+s /bin", "/usr/bin/cat", Effect.MADE),
        ("RUN chmod u+s /bin/*", "/usr/bin/cat", Effect.MAYBE),
        ("RUN chmod u+s /bin/*", "/srv/cat", Effect.NONE),
        ("RUN chmod u+s ~/cat", "/srv/cat", Effect.MAYBE),
        ("RUN chmod u+s ../cat", "/usr/bin/cat", Effect.MAYBE),
        ('RUN ["chmod", "u+s", "/srv/\\nx"]', "/usr/bin/cat", Effect.MAYBE),
        ("RUN [ -f /x ] && chmod u+s /bin/cat", "/usr/bin/cat", Effect.MAYBE),
        ("RUN cd /bin && chmod u+s cat", "/usr/bin/cat", Effect.MADE),
        ("RUN --mount=type=cache,target=/bin chmod u+s /bin/cat", "/usr/bin/cat", Effect.MAYBE),
        ("RUN cp /tool /bin/", "/usr/bin/cat", Effect.MAYBE),
        ("RUN make install", "/usr/bin/cat", Effect.MAYBE),
        ("RUN find / -exec chmod u+s {} +", "/usr/bin/cat", Effect.MAYBE),
        ("RUN chmod 4755 /srv/$(cat /x)", "/usr/bin/cat", Effect.MAYBE),
        ('RUN ["chmod", "u+s", "/bin/cat"]', "/usr/bin/cat", Effect.MADE),
        ("COPY tools /bin/", "/usr/bin/cat", Effect.MAYBE),
        ("COPY tools /srv/", "/usr/bin/cat", Effect.NONE),
        ("COPY tools srv", "/srv/cat", Effect.MAYBE),
        ("COPY <<EOF /usr/bin/cat\na\nEOF", "/usr/bin/cat", Effect.MAYBE),
        ("WORKDIR /usr/bin/cat", "/usr/bin/cat", Effect.NONE),
    ],
)
def test_set_id_bits(instruction: str, path: str, expected: Effect) -> None:
    assert did(instruction, path, SETUID) is expected


@pytest.mark.parametrize(
    ("instruction", "path", "expected"),
    [
        ("RUN chown -R app /app", "/app/key", Effect.TOUCHED),
        ("RUN echo a > /app/key", "/app/key", Effect.MADE),
        ("RUN echo a >> /app/key", "/app/key", Effect.MAYBE),
        ("RUN echo a | tee /app/key", "/app/key", Effect.MAYBE),
        ("RUN echo a > /app/k*", "/app/key", Effect.MAYBE),
        ("RUN [ -f /x ] && echo a > /app/key", "/app/key", Effect.MAYBE),
        ("RUN make > /app/key", "/srv/key", Effect.MAYBE),
        ("RUN make > /app/key", "/app/key", Effect.MAYBE),
        ("RUN grep a /x > /app/key", "/app/key", Effect.MAYBE),
        ("RUN echo a 2>&1 >&2", "/app/key", Effect.NONE),
        ("RUN rm -rf /app/*.log", "/app/key", Effect.TOUCHED),
        ("RUN mv /app/a /srv/key", "/app/key", Effect.NONE),
        ("RUN mv /app/key /srv/", "/app/key", Effect.TOUCHED),
        ("RUN cp /app/key /srv/", "/app/key", Effect.NONE),
        ("RUN ln /srv/a /app/b", "/srv/key", Effect.MAYBE),
        ("RUN ln -s /srv/a /app/b", "/srv/key", Effect.NONE),
        ("RUN cp -t /app /srv/key", "/app/key", Effect.MAYBE),
        ("RUN mkdir -p /app/key", "/app/other", Effect.NONE),
        ("RUN mkdir -pv /app/a", "/srv/key", Effect.NONE),
        ("RUN mkdir -Z /app/a", "/srv/key", Effect.MAYBE),
        ("RUN touch /app/key", "/app/key", Effect.MAYBE),
        ("RUN touch -cam /app/a", "/srv/key", Effect.NONE),
        ("RUN touch -r /x /app/a", "/srv/key", Effect.MAYBE),
        ("RUN echo a | tee -ai /app/a", "/srv/key", Effect.NONE),
        ("RUN echo a | tee -p /app/a", "/srv/key", Effect.MAYBE),
        ("COPY <<EOF /app/key\na\nEOF", "/app/key", Effect.MADE),
        ("COPY <<EOF /bin/key\na\nEOF", "/usr/bin/key", Effect.MAYBE),
        ("COPY key /app/key", "/app/key", Effect.MAYBE),
    ],
)
def test_contents(instruction: str, path: str, expected: Effect) -> None:
    assert did(instruction, path) is expected


def test_what_a_build_argument_can_change_proves_nothing() -> None:
    before = "ARG TO=/srv\nARG HOW=4755\nENV AT=/opt\nENV SO=4755\n"
    assert did("RUN chmod u+s $TO/x", "/usr/bin/cat", SETUID, before) is Effect.MAYBE
    assert did("RUN chmod $HOW /bin/cat", "/usr/bin/cat", SETUID, before) is Effect.MAYBE
    assert did("RUN chmod $SO /bin/cat", "/usr/bin/cat", SETUID, before) is Effect.MADE
    assert did("COPY a $TO", "/usr/bin/cat", SETUID, before) is Effect.MAYBE
    assert did("RUN chmod u+s $AT/x", "/usr/bin/cat", SETUID, before) is Effect.NONE
    assert did("COPY a $AT", "/usr/bin/cat", SETUID, before) is Effect.NONE


def test_who_may_be_forbidden_to_do_it_has_not_done_it_for_certain() -> None:
    assert did("RUN chmod u+s /bin/cat", "/usr/bin/cat", SETUID, "USER 1000\n") is Effect.MAYBE


@pytest.mark.parametrize("path", ["/app/x", "/srv/x"])
def test_what_may_lead_to_two_places_was_certainly_done_to_neither(path: str) -> None:
    assert did("RUN chmod u+s /app/x", path, SETUID, links=EITHER) is Effect.MAYBE
    assert did("RUN echo a > /app/x", path, links=EITHER) is Effect.MAYBE
    assert did("COPY <<EOF /app/x\na\nEOF", path, links=EITHER) is Effect.MAYBE


@pytest.mark.parametrize(
    "script",
    [
        "exit 0; {}", "exit; {}", "exit $X; {}", "exit 256; {}", "X=exit; $X 0; {}", "test -f /x || exit 0; {}",
        "if [ -f /x ]; then exit 0; fi; {}", "{{ ls && exit 0; }}; {}", "return; {}", "exec true; {}", "exit 0 | ls; {}",
        "set -n; {}", "set -C; {}", "set -f; {}", "set -en; {}", "set -o noexec; {}", "set $X; {}", "set -e +n; {}",
        "ls /x && {}; true", "cat /x && {} || true", "mkdir /x && {} || :", "cp /x /y && {}; exit 0", "read x && {}; ls",
        "set -e; ls && {}; true", "set +e; {}; true", "set -e; set +e; {}; ls", "set -e & {}; ls", "set -o pipefail; {}; ls",
        "{}; ls", "{} || true", "{} & ls", "{} | cat", "! {} || true", "! {}", "ls; ! ls | {}",
        "if {}; then ls; fi", "for i in a; do {}; done",
        "a() {{ true; }}; {}", "(a() {{ true; }}); {}", "alias chmod=true; {}", "PATH=/x; {}", "export PATH=/x; {}",
        "unset PATH; {}", "read PATH < /x; {}", "export $X; {}", "LD_PRELOAD=/x {}", "IFS=/; {}", ": ${{PATH:=/x}}; {}",
        "for PATH in /x; do ls; done; {}", "printf -v PATH x; {}", "bash -c '{}'", "sudo {}", "time {}", "./ls; {}", "( {}",
        "ls || {{ echo x; exit 1; }} & {}; ls", "{}; exit 0",
    ],
)  # fmt: skip
def test_what_may_not_have_run_or_may_be_another_thing_is_no_proof(script: str) -> None:
    assert did(f"RUN {script.format('chmod u+s /bin/cat')}", "/usr/bin/cat", SETUID) is Effect.MAYBE


@pytest.mark.parametrize(
    "script",
    [
        "set -eux; {}; ls", "set -e -x; {}; ls", "set -o errexit; {}; true", "set -euo pipefail; {}; ls | cat; true",
        "set -ex && ls && {}", "set -ex && ls; {}; ls", "ls; {}", "ls && {}", "{} || exit 1", "{} || exit 1; ls",
        "{} || {{ echo no; exit 1; }}; ls", "ls || exit 1; {}", "ls | {}", "false || exit 3 && {}",
        "rm -f /x && {} && ls", "set -e; ls && ls; {}; true", "ls || true; {}", "set -- a b; {}", "X=a; {}", "ls & {}",
        "if [ -f /x ]; then exit 1; fi; {}", "for i in a b; do ls $i; done; {}", "(cd /x && ls); {}", "cd /x; {}",
        "set -e; {}; exit 0", "ls /x > /dev/null 2>&1; {}", "/bin/ls; {}", "export A=b; read c; unset d; {}",
    ],
)  # fmt: skip
def test_what_the_step_cannot_have_done_without_is_proven(script: str) -> None:
    assert did(f"RUN {script.format('chmod u+s /bin/cat')}", "/usr/bin/cat", SETUID) is Effect.MADE


def test_a_body_of_its_own_is_a_script() -> None:
    assert did("RUN <<EOF\nset -e\nchmod u+s /bin/cat\nls\nEOF", "/usr/bin/cat", SETUID) is Effect.MADE
    assert did("RUN <<-EOF\n\tset -e\n\tchmod u+s /bin/cat\n\tls\n\tEOF", "/usr/bin/cat", SETUID) is Effect.MADE
    assert did("RUN <<EOF\nexit 0\nchmod u+s /bin/cat\nEOF", "/usr/bin/cat", SETUID) is Effect.MAYBE
    assert did("RUN ls \\\n && chmod u+s /bin/cat", "/usr/bin/cat", SETUID) is Effect.MADE
    assert did("RUN cat > /x <<EOF && chmod u+s /bin/cat\na\nEOF", "/usr/bin/cat", SETUID) is Effect.MADE
    long = "ls\n" * 6000
    assert did(f"RUN <<EOF\n{long}chmod u+s /bin/cat\nEOF", "/usr/bin/cat", SETUID) is Effect.MAYBE


def test_the_commands_of_loops_in_loops_are_not_all_known() -> None:
    inner = "for j in a b; do echo $i$j; done"
    assert did(f"RUN for i in a b; do {inner}; done", "/srv/x") is Effect.MAYBE
    assert did(f"RUN {inner}", "/srv/x") is Effect.NONE


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("cd /srv; cp /e x", Effect.MAYBE),
        ("cd /srv || true; cp /e x", Effect.MAYBE),
        ("cd /srv && ls; cp /e x", Effect.MAYBE),
        ("cd -P /srv && cp /e x", Effect.MAYBE),
        ("(cd /srv; cp /e x)", Effect.MAYBE),
        ("cd /srv; cp /e /opt/x", Effect.NONE),
        ("cd /srv && cp /e x", Effect.NONE),
        ("cd /srv || exit 1; cp /e x", Effect.NONE),
        ("set -e; cd /srv; cp /e x", Effect.NONE),
    ],
)
def test_a_directory_is_known_where_cd_cannot_have_failed(script: str, expected: Effect) -> None:
    assert did(f"RUN {script}", "/app/x") is expected


@pytest.mark.parametrize(
    ("before", "call", "expected"),
    [
        ("", "tail /x", Effect.NONE),
        ("", "/usr/bin/tail /x", Effect.NONE),
        ("", "/app/tail /x", Effect.MAYBE),
        ("", "./test", Effect.MAYBE),
        ("", "bin/cat", Effect.MAYBE),
        ("COPY test /usr/local/bin/\n", "test -f /x", Effect.NONE),
        ("COPY tail /usr/local/bin/\n", "tail /x", Effect.MAYBE),
        ("RUN cp /y/tail /usr/local/bin\n", "tail /x", Effect.MAYBE),
        ("RUN curl -o /usr/local/bin/tail https://a/b\n", "tail /x", Effect.MAYBE),
        ("RUN echo x > /usr/local/bin/tail\n", "tail /x", Effect.MAYBE),
        ("RUN chmod u+s /bin/tail\n", "tail /x", Effect.NONE),
        ("ENV PATH=/y:$PATH\n", "tail /x", Effect.MAYBE),
        ("ENV PATH=/y:$PATH\n", "echo x", Effect.NONE),
        ("ENV PATH=/usr/local/bin:$PATH\n", "tail /x", Effect.NONE),
        ("ENV LD_PRELOAD=/y.so\n", "tail /x", Effect.MAYBE),
        ("ENV BASH_ENV=/y\n", "echo x", Effect.MAYBE),
        ('SHELL ["/bin/bash", "-euxo", "pipefail", "-c"]\n', "tail /x", Effect.NONE),
        ('SHELL ["/bin/bash", "-n", "-c"]\n', "tail /x", Effect.MAYBE),
        ('SHELL ["/bin/bash", "--login", "-c"]\n', "tail /x", Effect.MAYBE),
        ('SHELL ["/app/bash", "-c"]\n', "tail /x", Effect.MAYBE),
    ],
)
def test_a_program_is_what_its_name_says_where_nothing_else_can_be(before: str, call: str, expected: Effect) -> None:
    assert did(f"RUN {call}", "/srv/x", before=before) is expected


def test_a_string_of_the_json_form_is_no_built_in_command() -> None:
    before = "COPY test /usr/local/bin/\n"
    assert did('RUN ["test", "-f", "/x"]', "/srv/x", before=before) is Effect.MAYBE
    assert did('RUN ["test", "-f", "/x"]', "/srv/x") is Effect.NONE


def test_links_of_the_dockerfile_are_followed_though_no_layer_has_them() -> None:
    assert did("RUN ln -s /bin /tmp/b && chmod u+s /tmp/b/cat && rm /tmp/b", "/usr/bin/cat", SETUID) is Effect.MAYBE
    assert did("RUN ln -s /bin/cat /tmp && chmod u+s /tmp/cat", "/usr/bin/cat", SETUID) is Effect.MAYBE
    assert did("RUN cd /tmp && ln -s /bin && chmod u+s bin/cat", "/usr/bin/cat", SETUID) is Effect.MAYBE
    assert did("RUN chmod u+s /tmp/b/cat", "/usr/bin/cat", SETUID, "RUN ln -s /bin /tmp/b\n") is Effect.MAYBE
    assert did("RUN rm /tmp/b", "/usr/bin/cat", before="RUN ln -s /bin /tmp/b\n") is Effect.NONE
    assert did("RUN ln -s /b /a && ln -s /a /b && chmod u+s /a", "/usr/bin/cat", SETUID) is Effect.MAYBE
    assert did("RUN ln -sf /dev/stdout /var/log/a", "/usr/bin/cat", SETUID) is Effect.NONE
