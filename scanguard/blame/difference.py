"""What an image and a Dockerfile differ in, in a sentence: the same one wherever it is told."""

from scanguard.blame.layers import Layers
from scanguard.model.location import Source

_AFTER = "the Dockerfile or the image was changed after the build"


def difference(layers: Layers, source: Source) -> str:
    """How they differ: the first instruction without an entry, else the first entry of ours without an instruction.

    Texts of instructions may hold secrets: only their kind and place are named. Empty where nothing differs, and where the
    history does not tell.
    """
    if not layers.telling:
        return ""
    if layers.reason:
        return layers.reason if layers.matched < 1 else ""
    twins = {at: layers.loose_twins(at) for at in layers.strange}
    below = [layers.loose_twins(at) for at in layers.doubtful]
    told = {own for found in (*twins.values(), *below) for own in found}
    lacking = [at for at in layers.lacking if at not in told]
    strange = [at for at in layers.strange if not twins[at]]
    if not lacking and not strange and not layers.history.kaniko:
        # What moved, or stands more often on one side. Of equal commands kaniko's history does not tell which left no entry.
        surplus = len(layers.strange) > len(layers.lacking)
        lacking, strange = list(layers.lacking[-1:]), list(layers.strange[-1:])
        lacking = [] if surplus else lacking
    if lacking:
        one = layers.own[lacking[0]]
        line = source.line_of(one.span.start)
        return f"The image's history has no entry for the {one.keyword} of line {line}: {_AFTER}."
    if strange:
        at = strange[0]
        keyword = layers.history.lines[at].keyword
        kind = f" ({keyword})" if keyword else ""
        return f"No instruction of the Dockerfile made entry {at + 1}{kind} of the image's history: {_AFTER}."
    return ""
