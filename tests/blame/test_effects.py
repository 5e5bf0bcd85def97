"""What one step can have done to one path."""

import pytest

from scanguard.blame.effects import Effect, effect
from scanguard.blame.links import Links
from scanguard.image.nodes import Kind
from tests.blame.images import built, contents, entry

USR = Links((contents(entry("bin", Kind.SYMLINK, "usr/bin")),))
EITHER = Links((contents(entry("app", Kind.SYMLINK, "/srv")), contents(entry("app", Kind.DIRECTORY))))
SETUID = 0o4000


def did(instruction: str, path: str, bits: int = 0, before: str = "", links: Links = USR) -> Effect:
    stage = built(f"FROM debian:12\n{before}{instruction}\n").stages[0]
    return effect(stage.steps[-1], path, lambda place: links.means(place, 1), bits)


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
