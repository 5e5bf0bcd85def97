"""Images of a Dockerfile that nobody changed, in many spellings: no builder's history may be said to differ from it."""

from pathlib import Path

import pytest

from scanguard.app.images.loading import load_image
from scanguard.app.layers import layer_table
from scanguard.build.evaluate import evaluate
from scanguard.dockerfile.parser import parse
from scanguard.model.location import Source
from scanguard.registry import Registry
from scanguard.trivy.settings import TrivySettings
from tests.real import machines
from tests.real.scan import scan

BUILDERS = ("classic", "buildkit", "buildah --layers", "buildah --layers=false", "buildah --squash")
START, END = "FROM small:1\n", 'USER root\nRUN touch /end\nCMD ["/bin/sh"]\n'
SPELLINGS = {
    "labels": r"""LABEL "com.example.vendor"="ACME Inc"
LABEL a=b\ c 'd e'="f g" h="x \"y\" z" q=[a],{b}
LABEL one two three
LABEL v="1" \
      w="2" empty="" dollar=\$X sq='$X' back="a\\b" mixed=a'b'c"d"
""",
    "variables": r"""ARG V=1
ENV W=two\ x
LABEL version="$V" w="${W}" x=${W:-no} y="${V:+yes}" z=pre"${V}"post n=${V:-${W}}
LABEL "k$V"=1 "k${W}"="x $V"
LABEL $W=1 u=$UNSET t="$UNSET" s="a$UNSET"
""",
    "environment": r"""ENV A=1 B="two words" C=three\ words D='single'
ENV legacy a b c
ENV legacy2 "a b"  c
ENV legacy3 a $A b\ c
ENV "Q"=1
ENV E="a \"b\" c" F='a "b" c' G=a'b'c PATH=/x:$PATH H=${A}${Q} EMPTY= DS="\$A" DT='$A'
""",
    "arguments": """ARG X=1
ARG Z
ARG B1=1 A1=2
ARG Q='a b' R=$X
RUN echo "$X" && touch /a
ARG X
ARG Z
ARG Y
RUN ["/bin/touch", "/a b"]
""",
    "no value": 'ARG X\nRUN touch /a\nUSER nobody\nARG Y\nARG "Z"\n',
    "copies": """COPY a.txt /a
COPY ["b c.txt", "/b c"]
COPY --chown=1:1 a.txt app/ /dir/
ENV D=/dd
WORKDIR /srv
COPY . .
COPY "a.txt" "./e"
ADD a.txt /added
ADD app $D/
COPY a.txt ${D}/x
WORKDIR $D
WORKDIR ./sub/
COPY *.txt ../glob/
""",
    "settings": r"""EXPOSE 80 443/tcp 53/udp 8000-8003
ENV PORT=99 U=root
EXPOSE $PORT
EXPOSE "70"
VOLUME /data
VOLUME ["/d1", "/d 2"]
USER "nobody"
USER $U
STOPSIGNAL SIGTERM
MAINTAINER Jo <jo@example.com>
ENTRYPOINT echo hi "there" $U
ENTRYPOINT ["/bin/sh", "-c"]
HEALTHCHECK --interval=5s --timeout=3s CMD ["true", "a b"]
HEALTHCHECK NONE
SHELL ["/bin/sh", "-ec"]
HEALTHCHECK CMD true "x y"
CMD echo "a b"
CMD ["a \"b\"", "c,d"]
""",
    "commands": r"""RUN echo a && \
    # why
    echo b > /b
RUN   echo   spaced    "a   b" > /c
RUN ["/bin/sh", "-c", "echo \"q\" 'r' > /d"]
ARG Y="-c a"
run echo "$Y" > /e; \

  echo f
""",
    "empty": """ARG V=v
ARG NONE
ENV A="p\\$V/$V" B=$$V C="cost $5" D='$V'"$V"
ARG A=3
ENV F=$A
LABEL a="x $NONE y" b="$NONE"
COPY a.txt $NONE
COPY a.txt /$NONE
RUN touch /m
ENTRYPOINT []
HEALTHCHECK CMD [ -f /m ] || exit 1
CMD ["a\\tb", "\\u0041", "x\\/y"]
CMD []
""",
    "tabs": 'RUN\ttouch\t/m1\nCOPY\ta.txt\t/m2\nENV\tA=1\tB=2\nCMD\t["a",\t"b"]\nWORKDIR\t/x\nRUN touch /m3\t\n',
    "triggers": 'ONBUILD RUN touch /ob\nONBUILD LABEL "a b"="c d"\nONBUILD COPY a.txt /x\nRUN touch /z\n',
}
STAGES = """FROM small:1 AS one
ARG V=1
ENV "A"="1 2"
ONBUILD RUN touch /triggered
RUN touch /one
FROM small:1 AS other
RUN touch /other
FROM one
ARG V
LABEL "b"="$A"
COPY --from=other ["/other", "/o 2"]
"""
LABELS = ("--label", "org.example.revision=1 2", "--label", "k=v")
DOCKERFILES = {**{name: START + text + END for name, text in SPELLINGS.items()}, "stages": STAGES + END}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("unchanged")


@pytest.mark.parametrize("name", DOCKERFILES)
@pytest.mark.parametrize("builder", BUILDERS)
def test_an_unchanged_dockerfile_never_differs(
    builder: str, name: str, engine: machines.Engine, base_archive: Path, store: Path, tmp_path: Path
) -> None:
    (tmp_path / "app").mkdir()
    for file in ("a.txt", "b c.txt", "app/x"):
        (tmp_path / file).write_text(f"{file}\n")
    (tmp_path / "Dockerfile").write_text(DOCKERFILES[name])
    tag = f"unchanged-{BUILDERS.index(builder)}-{name.replace(' ', '-')}"
    # Their entries are the last of the history; no instruction wrote them.
    words = LABELS if name == "labels" else ()
    if builder.startswith("buildah"):
        archive = machines.buildah(store, tmp_path, base_archive, tag, *builder.split()[1:], *words)
    else:
        engine.build(tmp_path, tag, *words, buildkit=builder == "buildkit")
        archive = engine.save(tag, store / f"{tag}.tar")
    found = scan(tmp_path, "--image", str(archive), "--dockerfile", "Dockerfile")
    assert [one["message"] for one in found.findings if one["id"] == "SGI501"] == []
    source = load_image(Registry(third_parties=False), str(archive), settings=TrivySettings(cache=str(tmp_path)))
    table = layer_table(source, evaluate(parse(Source("Dockerfile", DOCKERFILES[name]))))
    # A squashed image has only the last stage's history: there is nothing to compare with.
    squashed = builder == "buildah --squash" and name == "stages"
    assert (
        table.note.startswith("The image cannot be compared with this Dockerfile: ") if squashed else table.note == ""
    )
