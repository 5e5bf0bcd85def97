"""The rules that the engine itself finds defects of: files that cannot be read, suppressions that do not hold."""

from scanguard.model.rule import Rule, Severity

SYNTAX_ERROR = Rule(
    "SGD001",
    "syntax-error",
    "syntax",
    Severity.HIGH,
    "An instruction cannot be read as BuildKit reads it.",
    """An instruction cannot be read as BuildKit reads it.

## What it does

Reports what BuildKit's Dockerfile parser would refuse: an unknown instruction, a missing argument, a bad flag, a heredoc
or a quote without its end. Everything else in the file is still checked.

## Why it is bad

The build stops there. Nothing that stands after it can be trusted to mean what it seems to mean.

## Example

```dockerfile
FORM debian:12
```

Write:

```dockerfile
FROM debian:12
```

## How to fix

Follow the hint in the message.

## References

- [Dockerfile reference](https://docs.docker.com/reference/dockerfile/)
""",
)
EXPIRED = Rule(
    "SGD011",
    "expired-suppression",
    "syntax",
    Severity.MEDIUM,
    "A suppression in a comment has passed its date.",
    """A suppression in a comment has passed its date.

## What it does

Reports comments `# scanguard: ignore[…] until=DATE` whose date lies before the day of the run. The date itself still
counts. What such a comment hid is an ordinary finding again.

## Why it is bad

The date was somebody's promise to come back. The risk that was accepted until then is accepted by nobody now.

## Example

```dockerfile
FROM debian:12
# scanguard: ignore[root-user] reason="vendor image, fixed in May" until=2024-05-31
USER root
```

Write:

```dockerfile
FROM debian:12
RUN useradd --system app
USER app
```

## How to fix

Mend the finding and delete the comment. Where that must wait, decide anew and write a new date and reason.

## References

- [Policies and suppressions](https://github.com/scanguard/scanguard/blob/main/docs/policies.md)
""",
)
MALFORMED = Rule(
    "SGD012",
    "malformed-suppression",
    "syntax",
    Severity.MEDIUM,
    "A suppression in a comment cannot be understood and hides nothing.",
    """A suppression in a comment cannot be understood and hides nothing.

## What it does

Reports comments that begin like a suppression and are none: no rule in brackets, an unknown rule, another tool's name
for a rule, a reason without quotes, a date that is no day, a comment that stands above no instruction, `ignore-file`
behind the first instruction, and, where the policy says `require_reason: true`, a missing reason.

## Why it is bad

Whoever wrote it believes that a decision is recorded and in force. Neither is so.

## Example

```dockerfile
# scanguard: ignore[DL3006] reason=the mirror has no digests
FROM registry.example.com/base:1
```

Write:

```dockerfile
# scanguard: ignore[unpinned-image] reason="the mirror has no digests" until=2027-03-31
FROM registry.example.com/base:1
```

## How to fix

Write `# scanguard: ignore[rule-name] reason="why" until=YYYY-MM-DD` directly above the instruction. `scanguard rules`
lists the names.

## References

- [Policies and suppressions](https://github.com/scanguard/scanguard/blob/main/docs/policies.md)
""",
)
UNUSED = Rule(
    "SGD013",
    "unused-suppression",
    "syntax",
    Severity.LOW,
    "A suppression in a comment hides nothing.",
    """A suppression in a comment hides nothing.

## What it does

Reports each rule in a comment `# scanguard: ignore[…]` for which there is no finding in the instruction, or for
`ignore-file` in the file, that another comment does not hide already. Rules that did not run are not counted, and ids of
vulnerabilities only where Trivy looked at the images.

## Why it is bad

The defect was mended, or the comment never stood in the right place. In both cases it will hide the next finding of
that rule here, which nobody has looked at.

## Example

```dockerfile
FROM debian:12
# scanguard: ignore[root-user]
USER app
```

Write:

```dockerfile
FROM debian:12
USER app
```

## How to fix

Delete the rule from the comment, or the comment with its last rule.

## References

- [Policies and suppressions](https://github.com/scanguard/scanguard/blob/main/docs/policies.md)
""",
)
RULES = (SYNTAX_ERROR, EXPIRED, MALFORMED, UNUSED)
