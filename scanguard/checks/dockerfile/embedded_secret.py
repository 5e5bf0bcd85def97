from collections.abc import Iterator

from scanguard.build.secrets import Evidence, secrets
from scanguard.checks.secret_problems import seen
from scanguard.plugin import Build, Problem, Severity, dockerfile_check


@dockerfile_check(
    "SGD302",
    "embedded-secret",
    Severity.CRITICAL,
    category="secrets",
    equivalents=("CKV_SECRET", "AVD-secret"),
    cis=("4.10",),
    nist=("4.1.4",),
    cwe=("798",),
)
def check(build: Build) -> Iterator[Problem]:
    """A secret is written into the file.

    ## What it does

    Finds values that give themselves away: tokens of GitHub, GitLab, AWS, Google, Azure, Slack, Stripe, OpenAI, Anthropic,
    Hugging Face, npm, PyPI, Docker Hub and two dozen others, private keys, JSON Web Tokens, URLs with a password, `Authorization`
    headers; in any instruction, in heredocs, and (low) in comments. With severity high it also reports what a command
    of RUN gets under a secret's name: `export API_KEY=…`, `--password=…`, `curl -u user:…`, `echo 'password=…' > file`.
    Placeholders and the samples of the providers' documentation are silent. In a stage that does not ship it is low.

    ## Why it is bad

    The value is in the repository, in the image's history and in the build's cache. Removing the line later does not
    take it out of any of them.

    ## Example

    ```dockerfile
    FROM alpine:3.22
    RUN wget --header="Authorization: Bearer <a real token>" https://api.example.org/model.bin
    ```

    Let the build mount the secret:

    ```dockerfile
    FROM alpine:3.22
    RUN --mount=type=secret,id=netrc,target=/root/.netrc wget https://api.example.org/model.bin
    ```

    ## How to fix

    Revoke the secret first: it must be taken as known. Then give it with `RUN --mount=type=secret` at build time, or as an
    orchestrator's secret at run time.

    ## References

    - [Build secrets](https://docs.docker.com/build/building/secrets/)
    - [Removing sensitive data](https://docs.github.com/en/code-security/secret-scanning/working-with-secret-scanning-and-push-protection/remediating-a-leaked-secret)
    - [CWE-798](https://cwe.mitre.org/data/definitions/798.html)
    """
    for secret in secrets(build):
        named = secret.evidence is Evidence.NAME and secret.where not in ("env", "arg", "label")
        if named or secret.evidence is Evidence.FORMAT:
            yield seen(build, secret)
