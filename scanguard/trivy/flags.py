"""What every run of Trivy has in common: flags that shut out the environment."""

COMMON = ("--quiet", "--config=", "--skip-version-check", "--disable-telemetry")
"""No configuration file is read, nobody is told about the run, and no other version is asked for."""
