"""Certificates by the openssl program, for servers of the tests."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


@dataclass(frozen=True)
class Certificates:
    """Files in PEM: an authority, and what it signed for this machine and another."""

    ca: Path
    local: Path
    local_key: Path
    other: Path
    other_key: Path


def make(folder):
    """Skips the test where there is no openssl."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl program to make certificates with")
    ca, ca_key = folder / "ca.pem", folder / "ca.key"
    made = [ca, *_signed(folder, "local", "DNS:localhost,IP:127.0.0.1", ca, ca_key)]
    made += _signed(folder, "other", "DNS:elsewhere.example", ca, ca_key)
    return Certificates(*made)


def _signed(folder, name, alternatives, ca, ca_key):
    if not ca.exists():
        extension = "basicConstraints=critical,CA:TRUE"
        _request(ca_key, ca, "Test authority", extension)
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
    signer = ("-CA", ca, "-CAkey", ca_key)
    _request(key, certificate, name, f"subjectAltName={alternatives}", *signer)
    return certificate, key


def _request(key, out, subject, extension, *signer):
    command = ["openssl", "req", "-x509", *_KEY, "-days", "2", "-keyout", key]
    command += ["-out", out, "-subj", f"/CN={subject}", "-addext", extension, *signer]
    subprocess.run([str(part) for part in command], check=True, capture_output=True)
