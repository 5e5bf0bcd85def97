"""Trivy: run as a subprocess, its report turned into an inventory, its checks."""
