"""An example plugin for ScanGuard."""
