"""The targets of a run that share a policy, and what they gave."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from scanguard.model.finding import Finding
from scanguard.model.report import Notification, ScannedFile, ScannedImage
from scanguard.policy.model import Policy
from scanguard.sources.discover import Target

if TYPE_CHECKING:
    from scanguard.app.images.targets import Wanted


class Batch:
    """The targets and the images that share a policy, and what they gave.

    `ran` has the names of the rules that ran by the file that they looked at, `looked` the same of rules of images. `images`
    has with each image which of the `findings` are its own.
    """

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.ran: dict[str, frozenset[str]] = {}
        self.looked: Mapping[str, frozenset[str]] = {}
        self.settled: tuple[Notification, ...] = ()
        self.targets: list[Target] = []
        self.wanted: list[Wanted] = []
        self.findings: list[Finding] = []
        self.notifications: list[Notification] = list(policy.refused)
        self.files: list[ScannedFile] = []
        self.images: list[tuple[ScannedImage, slice]] = []

    def rules_on(self, uri: str) -> frozenset[str]:
        """The names of all rules that looked at a file, or at an image that is blamed on it."""
        return self.ran.get(uri, frozenset()) | self.looked.get(uri, frozenset())
