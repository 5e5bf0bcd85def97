"""The words every other module speaks: places in a text, rules, findings, reports. Nothing here has effects."""
