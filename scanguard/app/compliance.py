"""A run over targets, assessed by a standard."""

from scanguard.app.request import Request
from scanguard.app.scan import scan_targets
from scanguard.app.session import Session
from scanguard.model.compliance import ComplianceReport
from scanguard.model.errors import ConfigurationError
from scanguard.plugin import Check
from scanguard.policy.assess import Run, assess


def compliance(session: Session, reference: str, request: Request) -> ComplianceReport:
    """What a run says of a standard, whose name or file `reference` is. Only the rules of its controls run.

    A standard that declares rules of its own is the policy of the run too, where the request names none. Raises
    ConfigurationError where the standard, a policy or the request is wrong.
    """
    layers = session.policies.combined(reference, reference).layers
    found = [layer.standard for layer in layers if layer.standard is not None]
    if not found:
        raise ConfigurationError(
            f"'{reference}' maps no controls; write cis-docker, nist-800-190, or a policy with controls"
        )
    standard = found[-1]
    declared = tuple(check for layer in layers for check in layer.declared)
    if declared and not request.policy:
        request = request._replace(policy=reference)
    known = {rule.name for rule in session.rules}
    if request.policy == reference:
        known.update(check.rule.name for check in declared)
    select = tuple(name for name in standard.rules if name in known)
    scan = scan_targets(session, request._replace(select=select or ("syntax-error",)))
    own = declared if request.policy == reference else ()
    checks = (*session.checks, *session.registry.image_checks(), *own)
    subjects = dict.fromkeys(_engine_rules(session), "dockerfile")
    subjects.update({check.rule.name: check.subject for check in checks if _possible(check, request)})
    return assess(standard, Run(scan.report, scan.ran, subjects))


def _engine_rules(session: Session) -> tuple[str, ...]:
    """The names of the engine's own rules, which look at Dockerfiles and have no check."""
    checks = {check.rule.name for check in (*session.checks, *session.registry.image_checks())}
    return tuple(rule.name for rule in session.rules if rule.name not in checks)


def _possible(check: Check, request: Request) -> bool:
    """Whether the run gives a check what it needs: without Trivy there is no inventory."""
    return "inventory" not in check.needs or request.images is None or request.images.scan
