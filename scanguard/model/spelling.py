"""What a misspelt word was likely meant to be."""

from collections.abc import Iterable


def nearest(word: str, candidates: Iterable[str]) -> str:
    """The candidate that is one or two slips away from `word` (a third of its length at most), or an empty text.

    A slip is a letter more, less, other, or two neighbours changed; ties go to the first in order.
    """
    best, limit = "", max(1, min(2, len(word) // 3)) + 1
    lower = word.lower()
    for candidate in candidates:
        if abs(len(candidate) - len(word)) >= limit:
            continue
        distance = _distance(lower, candidate.lower(), limit)
        if distance < limit:
            best, limit = candidate, distance
    return best


def _distance(one: str, two: str, limit: int) -> int:
    """The optimal string alignment distance, given up as soon as it must reach `limit`."""
    before: list[int] = []
    row = list(range(len(two) + 1))
    for i, left in enumerate(one, 1):
        above, row, before_above = row, [i], before
        for j, right in enumerate(two, 1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (left != right))
            if i > 1 and j > 1 and left == two[j - 2] and one[i - 2] == right:
                cost = min(cost, before_above[j - 2] + 1)
            row.append(cost)
        before = above
        if min(row) >= limit:
            return limit
    return row[-1]
