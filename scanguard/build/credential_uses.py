"""The credential commands of the whole build: which ones leave something behind."""

from collections.abc import Iterator

from scanguard.build.model import Build
from scanguard.build.secret_commands import Credential, credentials
from scanguard.build.secret_layers import Removals
from scanguard.build.secret_text import hinted


def credential_uses(build: Build, removals: Removals) -> Iterator[Credential]:
    """The commands that leave a credential in a layer or in the history, in order.

    A secret mount's credential that the command only uses, or whose file the same RUN removes, leaves nothing.
    """
    text = build.dockerfile.source.text
    if not hinted(text):
        return
    for stage in build.stages:
        for step in stage.steps:
            if step.instruction.keyword != "RUN" or not step.invocations:
                continue
            for one in credentials(step, text):
                if not one.mounted or (one.stores and not removals.at_once(step, one.stores)):
                    yield one
