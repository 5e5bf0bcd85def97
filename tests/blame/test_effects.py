"""What one step can have done to one path."""

import pytest

from scanguard.blame.effects import Effect, effect
from scanguard.blame.links import Links, unmerged
from scanguard.image.nodes import Kind
from tests.blame.images import built, contents, entry

USR = Links((contents(entry("bin", Kind.SYMLINK, "usr/bin")),))
SETUID = 0o4000


def did(instruction: str, path: str, bits: int = 0, before: str = "") -> Effect:
    stage = built(f"FROM debian:12\n{before}{instruction}\n").stages[0]
    return effect(stage.steps[-1], path, lambda place: USR.means(place, 1), bits)


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
        ("RUN chmod -R u+s /bin", "/usr/bin/cat", Effect.MADE),
        ("RUN chmod u+s /bin/*", "/usr/bin/cat", Effect.MAYBE),
        ("RUN chmod u+s /bin/*", "/srv/cat", Effect.NONE),
        ("RUN chmod u+s ~/cat", "/srv/cat", Effect.MAYBE),
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
        ("RUN make > /app/key", "/srv/key", Effect.MAYBE),
        ("RUN echo a 2>&1 >&2", "/app/key", Effect.NONE),
        ("RUN rm -rf /app/*.log", "/app/key", Effect.TOUCHED),
        ("RUN mv /app/a /srv/key", "/app/key", Effect.NONE),
        ("RUN ln /srv/a /app/b", "/srv/key", Effect.MAYBE),
        ("RUN ln -s /srv/a /app/b", "/srv/key", Effect.NONE),
        ("RUN cp -t /app /srv/key", "/app/key", Effect.MAYBE),
        ("RUN mkdir -p /app/key", "/app/other", Effect.NONE),
        ("RUN touch /app/key", "/app/key", Effect.MAYBE),
        ("COPY <<EOF /app/key\na\nEOF", "/app/key", Effect.MADE),
        ("COPY key /app/key", "/app/key", Effect.MAYBE),
    ],
)
def test_contents(instruction: str, path: str, expected: Effect) -> None:
    assert did(instruction, path) is expected


def test_what_a_build_argument_can_change_proves_nothing() -> None:
    before = "ARG TO=/srv\nENV AT=/opt\n"
    assert did("RUN chmod u+s $TO/x", "/usr/bin/cat", SETUID, before) is Effect.MAYBE
    assert did("COPY a $TO", "/usr/bin/cat", SETUID, before) is Effect.MAYBE
    assert did("RUN chmod u+s $AT/x", "/usr/bin/cat", SETUID, before) is Effect.NONE
    assert did("COPY a $AT", "/usr/bin/cat", SETUID, before) is Effect.NONE


def test_who_may_be_forbidden_to_do_it_has_not_done_it_for_certain() -> None:
    assert did("RUN chmod u+s /bin/cat", "/usr/bin/cat", SETUID, "USER 1000\n") is Effect.MAYBE


def test_links() -> None:
    below = contents(entry("bin", Kind.SYMLINK, "usr/bin"), entry("app", Kind.SYMLINK, "/srv/app"))
    above = contents(
        entry("app", Kind.DIRECTORY), entry("new", Kind.SYMLINK, "bin"), entry("round", Kind.SYMLINK, "round")
    )
    links = Links((below, above))
    assert links.means("/bin/cat", 1) == {"/usr/bin/cat"}
    assert links.means("/bin/cat", 0) == {"/bin/cat", "/usr/bin/cat"}
    assert links.means("/app/x", 1) == {"/app/x", "/srv/app/x"}
    assert links.means("/new/cat", 1) == {"/new/cat", "/usr/bin/cat"}
    assert links.means("/round/cat", 2) == frozenset()
    assert Links(()).means("/sbin/x", 1) == {"/sbin/x", "/usr/sbin/x", "/usr/bin/x"}


def test_both_spellings() -> None:
    assert [unmerged(one) for one in ("/bin/cat", "/usr/bin/cat", "/usr/share/x", "/usr", "/x")] == [
        ("/bin/cat", "/usr/bin/cat"),
        ("/usr/bin/cat", "/bin/cat"),
        ("/usr/share/x",),
        ("/usr",),
        ("/x",),
    ]
