"""Problems of images as findings: on the line that blame names, with what a reader must know of that line."""

from collections.abc import Callable, Iterator, Mapping

from scanguard.blame.align import align
from scanguard.engine.image import FIRST_LINE, Home, exclude_base, problems, stamped
from scanguard.engine.setting import Setting
from scanguard.image.nodes import Entry, HistoryEntry, Image, Kind, LayerContents
from scanguard.image.problems import ImagePlace, ImageProblem
from scanguard.model.errors import TargetError
from scanguard.model.finding import Finding, Place, Suppression
from scanguard.model.location import Region, Span
from scanguard.model.report import Notification, ordered
from scanguard.model.rule import Confidence, Rule, Severity
from scanguard.plugin import Check, ImageScan, Options
from tests.blame.images import ROOT, buildkit, built, classic, contents, image

RULE = Rule("SGX001", "odd-image", "image", Severity.HIGH, "It is odd.", "It is odd.", subject="image")
MADE = Rule("CVE-2024-1", "vulnerable-package", "vulnerability", Severity.CRITICAL, "A flaw.", "A flaw.")
HOME = Home("scanguard.yaml", Region(3, 5, 3, 9))
ANYWHERE = ImageProblem("It is odd.", ImagePlace(), key="a")
TEXT = """\
FROM debian:12 AS base
RUN one
COPY a /srv/

FROM base AS app
RUN two
EXPOSE 22
"""
HISTORY = (ROOT, *buildkit("RUN /bin/sh -c one", "COPY a /srv/", "RUN /bin/sh -c two", "EXPOSE map[22/tcp:{}]"))
BUILT = image(*HISTORY, ports=("22/tcp",))


def looked(text: str, one: Image, *layers: LayerContents) -> ImageScan:
    """An image with the Dockerfile of this text, blamed as in a run."""
    build = built(text)
    blame = align(one, build, {})
    return ImageScan(one, layers, None, build, blame, blame.base_layers)


def setting(run: Callable[..., Iterator[ImageProblem]], severity: Severity | None = None, **options: str) -> Setting:
    return Setting(Check(RULE, run, "image"), severity, options)


def nothing(scan: ImageScan, options: Options) -> Iterator[ImageProblem]:
    yield from ()


def finding(
    scan: ImageScan, problem: ImageProblem = ANYWHERE, severity: Severity | None = None, home: Home = HOME
) -> Finding:
    """The one finding of one problem."""
    (found,) = stamped(scan, [(setting(nothing, severity), problem)], home)
    return found


def at(layer: int | None = None, path: str = "", setting: str = "", key: str = "") -> ImageProblem:
    return ImageProblem("It is odd.", ImagePlace(layer, path, setting, key), key="a")


def told(scan: ImageScan, problem: ImageProblem) -> tuple[str, int, str, str, Confidence, tuple[Place, ...]]:
    """Certainty, line, stage, message, confidence, related places."""
    one = finding(scan, problem)
    return one.origin, one.region.start_line, one.stage, one.message, one.confidence, one.related


def test_an_exact_line() -> None:
    problem = ANYWHERE._replace(
        message="Port 22 is open.", place=ImagePlace(setting="EXPOSE", key="22/tcp"), facts=(("service", "SSH"),)
    )
    assert finding(looked(TEXT, BUILT), problem) == Finding(
        RULE,
        Severity.HIGH,
        Confidence.HIGH,
        "Port 22 is open.",
        "Dockerfile",
        Region(7, 1, 7, 10),
        "app",
        (),
        (),
        Span(TEXT.index("EXPOSE"), len(TEXT) - 1),
        "",
        "a",
        image="i",
        origin="exact",
        facts=(("service", "SSH"),),
    )


def test_layers_of_every_stage() -> None:
    scan = looked(TEXT, BUILT)
    high, message = Confidence.HIGH, "It is odd."
    assert [told(scan, at(layer)) for layer in range(4)] == [
        ("base", 1, "base", "It is odd. Inherited from debian:12.", high, ()),
        ("exact", 2, "base", message, high, ()),
        ("exact", 3, "base", message, high, ()),
        ("exact", 6, "app", message, high, ()),
    ]


def test_what_the_base_set() -> None:
    assert told(looked(TEXT, BUILT), at(setting="USER")) == (
        ("base", 1, "base", "It is odd. Inherited from debian:12.", Confidence.HIGH, ())
    )


def test_what_no_part_of_the_image_holds_is_on_the_last_from() -> None:
    one = finding(looked(TEXT, BUILT), at())
    assert (one.origin, one.region, one.stage, one.message, one.span) == (
        "unknown",
        Region(1, 6, 1, 15),
        "app",
        "It is odd.",
        Span(0, 0),
    )


def test_a_layer_of_several_instructions() -> None:
    history = (
        *(one._replace(empty=True) for one in buildkit("RUN /bin/sh -c a", "ENV A=1", "COPY b /b")),
        HistoryEntry("", False, f"merge sha256:{'a' * 64} to sha256:{'b' * 64}"),
    )
    scan = looked("FROM debian:12\nRUN a\nENV A=1\nCOPY b /b\n", image(ROOT, *history))
    message = "It is odd. The builder made one layer of several instructions."
    related = (Place("In the same layer", Region(4, 1, 4, 10)),)
    assert told(scan, at(1)) == ("span", 2, "0", message, Confidence.MEDIUM, related)


def test_one_of_several_instructions() -> None:
    history = (
        *(HistoryEntry(f"/bin/sh -c {one}", True) for one in ("a", "b", "c")),
        HistoryEntry("/bin/sh -c d", False, "FROM base"),
    )
    scan = looked("FROM debian:12\nRUN a\nRUN new\nRUN c\nRUN d\n", image(ROOT, *history))
    message = "It is odd. It is one of several instructions that can have brought it."
    related = tuple(Place("Or this instruction", Region(line, 1, line, end)) for line, end in ((3, 8), (4, 6), (5, 6)))
    assert told(scan, at(1)) == ("candidates", 2, "0", message, Confidence.MEDIUM, related)
    low = at(1)._replace(confidence=Confidence.LOW)
    assert finding(scan, low).confidence is Confidence.LOW


def test_a_dockerfile_of_another_image() -> None:
    scan = looked("FROM debian:12\nRUN a\nCOPY b /b\nUSER app\n", image(ROOT, *buildkit("RUN /bin/sh -c x")))
    assert scan.blame is not None and scan.blame.reason.startswith("The image was not built from this Dockerfile")
    message = "It is odd. No line of the Dockerfile is known for it."
    assert told(scan, at(1)) == ("unknown", 1, "0", message, Confidence.MEDIUM, ())
    assert finding(scan, at(1)).region == Region(1, 6, 1, 15)


def test_what_the_dockerfile_lacks_is_the_stages_own_where_the_image_is_its() -> None:
    lack = ImageProblem("There is no USER.", ImagePlace(setting="USER", missing=True), key="a")
    one = finding(looked(TEXT, BUILT), lack)
    assert (one.origin, one.region, one.stage, one.message) == (
        "exact",
        Region(1, 6, 1, 15),
        "app",
        "There is no USER.",
    )
    other = finding(looked("FROM debian:12\nRUN a\nCOPY b /b\n", image(ROOT, *buildkit("RUN /bin/sh -c x"))), lack)
    assert (other.origin, other.region) == ("unknown", Region(1, 6, 1, 15))


def test_a_layer_that_nobody_made() -> None:
    message = "It is odd. The image has no layer 9."
    assert told(looked(TEXT, BUILT), at(9)) == ("unknown", 1, "app", message, Confidence.MEDIUM, ())


def test_a_dockerfile_without_a_stage() -> None:
    one = finding(looked("ARG A\n", BUILT), at(1))
    assert (one.uri, one.region, one.stage, one.origin) == ("Dockerfile", FIRST_LINE, "", "unknown")


def test_no_dockerfile() -> None:
    one = finding(ImageScan(BUILT), at(1)._replace(related=(("here too", ImagePlace(2)),)))
    assert one == Finding(
        RULE,
        Severity.HIGH,
        Confidence.HIGH,
        "It is odd. Image: i.",
        "scanguard.yaml",
        Region(3, 5, 3, 9),
        "",
        (),
        (),
        Span(0, 0),
        "",
        "a",
        image="i",
    )
    assert finding(ImageScan(BUILT), home=Home("Dockerfile")).region == FIRST_LINE


def test_who_chooses_the_severity() -> None:
    scan = ImageScan(BUILT)
    made = ANYWHERE._replace(rule=MADE)
    lower = made._replace(severity=Severity.LOW)
    medium, critical = Severity.MEDIUM, Severity.CRITICAL
    assert [finding(scan, *how).severity for how in ((ANYWHERE,), (ANYWHERE, medium), (ANYWHERE, RULE.severity))] == [
        Severity.HIGH,
        Severity.MEDIUM,
        Severity.HIGH,
    ]
    assert [finding(scan, *how).severity for how in ((made,), (made, RULE.severity), (made, medium))] == [
        Severity.CRITICAL,
        Severity.CRITICAL,
        Severity.MEDIUM,
    ]
    assert [finding(scan, *how).severity for how in ((lower,), (lower, critical), (lower, Severity.NOTE))] == [
        Severity.LOW,
        Severity.LOW,
        Severity.NOTE,
    ]
    assert [finding(scan, one).rule for one in (ANYWHERE, made)] == [RULE, MADE]


def test_equal_problems_are_numbered() -> None:
    one, other = ANYWHERE, ANYWHERE._replace(key="b")
    check = setting(nothing)
    found = stamped(ImageScan(BUILT), [(check, same) for same in (one, other, one, one._replace(rule=MADE))], HOME)
    assert [(each.rule.id, each.key, each.ordinal) for each in found] == [
        ("SGX001", "a", 0),
        ("SGX001", "b", 0),
        ("SGX001", "a", 1),
        ("CVE-2024-1", "a", 0),
    ]


def test_related_places_of_a_problem() -> None:
    problem = at(1)._replace(related=(("In this layer too.", ImagePlace(3)), ("Nowhere.", ImagePlace(9))))
    assert finding(looked(TEXT, BUILT), problem).related == (Place("In this layer too.", Region(6, 1, 6, 8)),)


def test_a_file_of_a_builder_stage_is_followed_there() -> None:
    text = "FROM golang:1 AS builder\nRUN go build -o /out/app\n\nFROM debian:12\nCOPY --from=builder /out/app /app\n"
    scan = looked(text, image(ROOT, *buildkit("COPY /out/app /app")), contents("etc/x"), contents("app"))
    copied = "Copied from stage 'builder'; told from the Dockerfile, without an image of that stage."
    message = f"It is odd. This instruction is the likely cause. {copied}"
    related = (Place("Copied from stage 'builder' here.", Region(5, 1, 5, 34)),)
    assert told(scan, at(1, "app")) == ("candidates", 2, "builder", message, Confidence.MEDIUM, related)


SAME, OTHER = (1, "same"), (1, "other")


def trail(*, twice: tuple[int, str], asked: list[Mapping[int, frozenset[str]]] | None = None) -> Finding:
    """A finding of `srv/a` in the last layer, whose bytes are those of the layer of COPY, or others."""
    scan = looked(TEXT, BUILT, contents("etc/x"), contents("one"), contents("srv/a", "b"), contents("srv/a"))
    digests = {(2, "srv/a"): SAME, (3, "srv/a"): twice}

    def hashes(wanted: Mapping[int, frozenset[str]]) -> Mapping[tuple[int, str], tuple[int, str]]:
        if asked is not None:
            asked.append(wanted)
        return {(layer, path): digests[layer, path] for layer, paths in wanted.items() for path in paths}

    (found,) = stamped(scan, [(setting(nothing), at(3, "srv/a"))], HOME, hashes)
    return found


def test_the_first_layer_with_the_same_bytes_is_to_blame() -> None:
    asked: list[Mapping[int, frozenset[str]]] = []
    same = trail(twice=SAME, asked=asked)
    assert asked == [{2: frozenset({"srv/a"}), 3: frozenset({"srv/a"})}]
    assert (same.region.start_line, same.related) == (
        3,
        (Place("Written again here, with the same contents.", Region(6, 1, 6, 8)),),
    )
    other = trail(twice=OTHER)
    assert (other.region.start_line, other.related) == (6, ())


def test_without_digests_the_layer_itself_is_to_blame() -> None:
    scan = looked(TEXT, BUILT, contents("etc/x"), contents("one"), contents("srv/a"), contents("srv/a"))
    assert finding(scan, at(3, "srv/a")).region.start_line == 6


def test_nothing_is_read_for_files_that_one_layer_holds() -> None:
    gone = Entry("srv/a", Kind.WHITEOUT, 0, 0, 0, 0)
    scan = looked(TEXT, BUILT, contents("etc/x"), contents("one"), contents("srv/a"), contents(gone))

    def never(_: object) -> Mapping[tuple[int, str], tuple[int, str]]:
        raise AssertionError("files were read")

    found = stamped(
        scan, [(setting(nothing), at(2, "srv/a")), (setting(nothing), at(2)), (setting(nothing), at())], HOME, never
    )
    assert [one.region.start_line for one in found] == [3, 3, 1]
    assert found[0].related == (Place("Removed here, but not from the layers below.", Region(6, 1, 6, 8)),)


def test_paths_without_the_contents_of_layers() -> None:
    assert finding(looked(TEXT, BUILT), at(2, "srv/a")).region.start_line == 3


def good(scan: ImageScan, options: Options) -> Iterator[ImageProblem]:
    yield ANYWHERE._replace(message=f"{scan.image.name} {options.get('word')}.")


def late(scan: ImageScan, options: Options) -> Iterator[ImageProblem]:
    yield ANYWHERE
    raise ValueError("confidential")


def leaving(scan: ImageScan, options: Options) -> Iterator[ImageProblem]:
    raise SystemExit("confidential")
    yield ANYWHERE


def test_a_check_that_fails_is_told_and_the_others_go_on() -> None:
    settings = [setting(late), setting(leaving), setting(good, word="x")]
    found, notifications = problems(ImageScan(BUILT), settings, HOME)
    assert found == ((settings[0], ANYWHERE), (settings[2], ANYWHERE._replace(message="i x.")))
    place = [f"{__name__}:{run.__code__.co_firstlineno + line}" for run, line in ((late, 2), (leaving, 1))]
    failed = "Rule SGX001 (odd-image) failed on the image i:"
    assert notifications == (
        Notification("error", f"{failed} ValueError at {place[0]}.", "scanguard.yaml", None, "SGX001"),
        Notification("error", f"{failed} SystemExit at {place[1]}.", "scanguard.yaml", None, "SGX001"),
    )


def forged(scan: ImageScan, options: Options) -> Iterator[ImageProblem]:
    yield "no problem"  # type: ignore[misc]


def placeless(scan: ImageScan, options: Options) -> Iterator[ImageProblem]:
    yield ANYWHERE._replace(place=None)


def test_what_is_no_problem_is_the_failure_of_its_check() -> None:
    found, notifications = problems(ImageScan(BUILT), [setting(forged), setting(placeless), setting(good)], HOME)
    assert [problem.message for _, problem in found] == ["i None."]
    assert [(one.level, one.message.partition(": ")[2].partition(" at ")[0]) for one in notifications] == [
        ("error", "TypeError")
    ] * 2


def test_a_file_in_a_layer_that_is_not_there() -> None:
    scan = looked(TEXT, BUILT, contents("etc/x"))
    for layer in (9, -1):
        one = finding(scan, at(layer, "srv/a"))
        assert (one.origin, one.message) == ("unknown", f"It is odd. The image has no layer {layer}.")


def test_what_the_base_brought_can_be_left_out() -> None:
    scan = looked(TEXT, BUILT)
    known = Suppression("vex", "not affected")
    base, own = finding(scan, at(0)), finding(scan, at(1))
    mark = Suppression("policy", "Inherited from the base image, which --exclude-base leaves out.")
    assert exclude_base([base, own, base._replace(suppressions=(known,))]) == (
        base._replace(suppressions=(mark,)),
        own,
        base._replace(suppressions=(known, mark)),
    )


def test_an_image_of_the_classic_builder() -> None:
    history = classic("/bin/sh -c one", "/bin/sh -c #(nop)  EXPOSE 22")
    scan = looked("FROM debian:12\nRUN one\nEXPOSE 22\n", image(ROOT, *history, ports=("22/tcp",)))
    assert [told(scan, one)[:2] for one in (at(0), at(1), at(setting="EXPOSE", key="22/tcp"))] == [
        ("base", 1),
        ("exact", 2),
        ("exact", 3),
    ]


def test_what_is_wrong_with_the_image_itself_is_told_once() -> None:
    def fails(scan: ImageScan, options: Options) -> Iterator[ImageProblem]:
        yield ANYWHERE
        raise TargetError("is a hostile image: it is too much")

    found, told = problems(looked(TEXT, BUILT), [setting(fails), setting(fails)], HOME)
    assert len(found) == 2
    assert ordered(told) == (Notification("error", "The image i is a hostile image: it is too much.", HOME.uri),)
