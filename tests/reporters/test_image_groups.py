"""What one block says of many findings of an image: which other lines it may be, and who removed the file."""

from scanguard.model.finding import NO_LINE, OR_THIS, REMOVED, SAME_LAYER, Finding, Place
from scanguard.model.location import Region
from scanguard.model.rule import Severity
from scanguard.reporters.image_groups import blocks, head, ranges, table
from tests.reporters.samples import IMAGE


def found(key: str, origin: str, *related: tuple[str, int]) -> Finding:
    places = tuple(Place(message, Region(line, 1, line, 9)) for message, line in related)
    return IMAGE.findings[1]._replace(key=key, origin=origin, message=f"It is {key}.", related=places)


def told(*findings: Finding) -> list[tuple[str, list[str]]]:
    def plain(_: Severity, text: str) -> str:
        return text

    return [(head(block), table(block.findings, plain, unicode=True)) for block in blocks(findings)]


def test_other_lines_and_who_removed_it() -> None:
    others = ((OR_THIS, 8), (OR_THIS, 11), (OR_THIS, 13), (OR_THIS, 12))
    one, two = (
        found("a", "candidates", *others),
        found("b", "candidates", *others, (REMOVED, 20), ("Copied here.", 3), ("It is in it.", 5)),
    )
    assert told(one, two) == [
        (
            "2 findings in the image shop/worker; this line, or 8, 11 to 13",
            ["high     SGD101  It is a.", "high     SGD101  It is b; removed on line 20; copied on line 3; see line 5"],
        )
    ]


def test_what_has_other_lines_is_another_group() -> None:
    one, two, three = (
        found("a", "candidates", (OR_THIS, 8)),
        found("b", "candidates"),
        found("c", "span", (SAME_LAYER, 8)),
    )
    assert [title for title, _ in told(one, two, three, one, two, three)] == [
        "2 findings in the image shop/worker; this line, or 8",
        "2 findings in the image shop/worker; this line is likely, not certain",
        "2 findings in the image shop/worker; one layer with 8",
    ]


def test_why_no_line_is_known_is_said_once() -> None:
    why = "The image is squashed: the base image is in this layer, too."
    one, two = (found(key, "unknown")._replace(message=f"It is {key} 1.2. {why}") for key in "ab")
    head = "2 findings in the image shop/worker; no line of the Dockerfile is known for them"
    rows = ["high     SGD101  It is a 1.2.", "high     SGD101  It is b 1.2."]
    assert told(one, two) == [(f"{head}. {why}", rows)]
    other = two._replace(message="It is b 1.2. No instruction of the Dockerfile made this.")
    assert told(one, other) == [
        (head, [f"{rows[0]} {why}", f"{rows[1]} No instruction of the Dockerfile made this."]),
    ]
    nothing = tuple(each._replace(message=f"It is {each.key}. {NO_LINE}") for each in (one, two))
    assert told(*nothing) == [(head, ["high     SGD101  It is a.", "high     SGD101  It is b."])]


def test_rows_do_not_repeat_what_the_head_says() -> None:
    one, two = (found(key, "base")._replace(message=f"It is {key}. Inherited from debian:12.") for key in "ab")
    assert told(one, two)[0][1] == ["high     SGD101  It is a.", "high     SGD101  It is b."]
    exact = (one._replace(origin="exact"), two._replace(origin="exact"))
    assert told(*exact)[0][1] == [f"high     SGD101  It is {key}. Inherited from debian:12." for key in "ab"]


def test_what_several_images_say_alike_is_one_block() -> None:
    one, two = found("a", "base"), found("b", "base")
    others = tuple(finding._replace(image="shop/api") for finding in (one, two))
    rows = ["high     SGD101  It is a.", "high     SGD101  It is b."]
    assert told(one, two, *others) == [
        ("2 findings in the images shop/worker, shop/api that their base image brought", rows)
    ]
    assert [block.images for block in blocks((one, *others))] == [("shop/worker",), ("shop/api",)]
    assert [block.images for block in blocks((one, others[0]))] == [("shop/worker", "shop/api")]
    static = one._replace(image="", origin="")
    assert [block.images for block in blocks((static, static))] == [(), ()]


def test_ranges() -> None:
    assert [ranges(one) for one in ((), (3,), (3, 4), (3, 4, 5), (1, 3, 4, 5, 9))] == [
        "",
        "3",
        "3, 4",
        "3 to 5",
        "1, 3 to 5, 9",
    ]
