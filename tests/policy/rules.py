"""A small catalogue for the tests of policies."""

from scanguard.model.rule import Option, Rule, Severity

ROOT_USER = Rule("SGD101", "root-user", "user", Severity.HIGH, "s", "h", ("DL3002", "DS-0002"))
BUILD_TOOLS = Rule(
    "SGD401",
    "build-tools",
    "build-tools",
    Severity.MEDIUM,
    "s",
    "h",
    options=(
        Option("allow", ("git",), "tools that may stay"),
        Option("most", 3, "how many"),
        Option("loud", True, "whether"),
        Option("manager", "apt", "which"),
    ),
)
DEBUG_TOOLS = Rule("SGD501", "debug-tools", "hygiene", Severity.LOW, "s", "h", enabled=False)
RULES = (ROOT_USER, BUILD_TOOLS, DEBUG_TOOLS)
