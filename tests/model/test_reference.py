"""Names of images: https://github.com/distribution/reference, its grammar and its own cases."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scanguard.model.reference import ImageReference

SHA256 = "sha256:" + "0123456789abcdef" * 4
SHA384 = "sha384:" + "0123456789abcdef" * 6
SHA512 = "sha512:" + "0123456789abcdef" * 8


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("debian", ("", "debian", "", "")),
        ("debian:12", ("", "debian", "12", "")),
        ("library/debian:12", ("", "library/debian", "12", "")),
        (f"debian@{SHA256}", ("", "debian", "", SHA256)),
        (f"debian:12@{SHA256}", ("", "debian", "12", SHA256)),
        ("ghcr.io/a/b:1", ("ghcr.io", "a/b", "1", "")),
        ("localhost/a", ("localhost", "a", "", "")),
        ("localhost:5000/a", ("localhost:5000", "a", "", "")),
        ("localhost:5000/a:5001", ("localhost:5000", "a", "5001", "")),
        ("localhost:5000", ("", "localhost", "5000", "")),
        ("registry:5000/a/b", ("registry:5000", "a/b", "", "")),
        ("team/app", ("", "team/app", "", "")),
        ("Registry/app", ("Registry", "app", "", "")),
        ("REGISTRY.Example.com/app:V1", ("REGISTRY.Example.com", "app", "V1", "")),
        ("[::1]/app", ("[::1]", "app", "", "")),
        (f"[2001:db8::1]:5000/app:1@{SHA512}", ("[2001:db8::1]:5000", "app", "1", SHA512)),
        ("192.168.0.1:5000/app", ("192.168.0.1:5000", "app", "", "")),
        ("a.b/c/d/e", ("a.b", "c/d/e", "", "")),
        ("python3.11", ("", "python3.11", "", "")),
        ("a__b--c/d.e", ("", "a__b--c/d.e", "", "")),
    ],
)
def test_parts(text: str, parts: tuple[str, str, str, str]) -> None:
    assert ImageReference.parse(text) == ImageReference(*parts)


@pytest.mark.parametrize(
    ("digest", "error"),
    [
        (SHA256, ""),
        (SHA384, ""),
        (SHA512, ""),
        ("", "a digest is written algorithm:hex, as in sha256:<64 hexadecimal digits>"),
        ("0123456789abcdef" * 4, "a digest is written algorithm:hex, as in sha256:<64 hexadecimal digits>"),
        ("md5:" + "0123456789abcdef" * 2, "'md5' is not a known digest algorithm"),
        ("SHA256:" + "0123456789abcdef" * 4, "'SHA256' is not a known digest algorithm"),
        (":abc", "'' is not a known digest algorithm"),
        ("sha256:<digest>", "a digest holds lower-case hexadecimal digits only"),
        ("sha256:" + "0123456789ABCDEF" * 4, "a digest holds lower-case hexadecimal digits only"),
        (f"{SHA256}@{SHA256}", "a digest holds lower-case hexadecimal digits only"),
        ("sha256:", "a sha256 digest has 64 digits, this one has 0"),
        ("sha256:abc", "a sha256 digest has 64 digits, this one has 3"),
        (SHA256 + "0", "a sha256 digest has 64 digits, this one has 65"),
        ("sha512:" + "0123456789abcdef" * 4, "a sha512 digest has 128 digits, this one has 64"),
        ("sha256:" + "0" * 64, "the digest is a placeholder"),
        ("sha256:" + "ab" * 32, "the digest is a placeholder"),
    ],
)
def test_digests(digest: str, error: str) -> None:
    reference = ImageReference.parse(f"debian:12@{digest}")
    assert reference == ImageReference("", "debian", "12", digest, error)
    assert reference.pinned == (error == "")


def test_without_a_digest_nothing_is_pinned() -> None:
    assert not ImageReference.parse("debian:12").pinned


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "the name is empty"),
        (":12", "the name is empty"),
        ("a.b/", "the name is empty"),
        ("debian:", "a tag must follow the colon"),
        ("debian:.12", "'.12' is not a valid tag"),
        ("debian:-12", "'-12' is not a valid tag"),
        ("debian:1+2", "'1+2' is not a valid tag"),
        ("debian:" + "a" * 129, f"'{'a' * 129}' is not a valid tag"),
        ("debian:" + "a" * 128, ""),
        ("a.b/Debian", "'Debian' is not a valid repository name"),
        ("Debian", "'Debian' is not a valid repository name"),
        ("a//b", "'a//b' is not a valid repository name"),
        ("a/-b", "'a/-b' is not a valid repository name"),
        ("a/b_", "'a/b_' is not a valid repository name"),
        ("a b", "'a b' is not a valid repository name"),
        ("a/<image>", "'a/<image>' is not a valid repository name"),
        ("[::1", "'[:' is not a valid repository name"),
    ],
)
def test_names(text: str, error: str) -> None:
    assert ImageReference.parse(text).name_error == error


@pytest.mark.parametrize(
    ("text", "familiar"),
    [
        ("debian", "debian"),
        ("library/debian:12", "debian"),
        ("docker.io/library/debian", "debian"),
        ("index.docker.io/library/debian", "debian"),
        ("registry-1.docker.io/library/debian", "debian"),
        ("docker.io/bitnami/redis", "bitnami/redis"),
        ("mirror.gcr.io/library/debian", "debian"),
        ("public.ecr.aws/docker/library/debian", "debian"),
        ("public.ecr.aws/nginx/nginx-unprivileged", "public.ecr.aws/nginx/nginx-unprivileged"),
        ("ghcr.io/library/debian", "ghcr.io/library/debian"),
        ("localhost:5000/debian", "localhost:5000/debian"),
    ],
)
def test_familiar(text: str, familiar: str) -> None:
    assert ImageReference.parse(text).familiar == familiar


@given(st.text(alphabet="aB0.-_:/@[]$ sha256é", max_size=30) | st.text(max_size=30))
def test_the_text_comes_back(text: str) -> None:
    name, at, digest = text.partition("@")
    assume(not name.endswith(":") and bool(at) == bool(digest))
    assert str(ImageReference.parse(text)) == text


@pytest.mark.parametrize("text", ["debian:", "debian@", f"debian:@{SHA256}"])
def test_a_dangling_mark_comes_back(text: str) -> None:
    assert str(ImageReference.parse(text)) == text
