#!/usr/bin/env python3
"""Django's manage.py that also sets itself up: on a fresh machine `python3 manage.py demo` is enough.

The first part uses the standard library only. It makes `.venv` beside this file, installs the pinned
requirements into it and starts itself again inside. An environment that already holds the pinned packages
(a container, an activated environment) is used as it is.
"""

import hashlib
import importlib.metadata
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
STAMP = ".soundings-requirements"
OLDEST_PYTHON = (3, 11)


def wanted_requirements() -> Path:
    """The list that this command needs: tests need more than the site."""
    return HERE / ("requirements-dev.txt" if sys.argv[1:2] == ["test"] else "requirements.txt")


def has_pinned_packages(requirements: Path) -> bool:
    """Whether this interpreter already has every pinned package; lines with a marker may be absent."""
    for line in requirements.read_text(encoding="utf-8").splitlines():
        pin, _, marker = line.partition(";")
        name, _, version = pin.strip().partition("==")
        if not name or name.startswith("#"):
            continue
        try:
            found = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found = version if marker else None
        if found != version and not marker:
            return False
    return True


def is_ready(prefix: Path, requirements: Path) -> bool:
    """Whether the environment at `prefix` was filled from exactly this list (or from the longer one)."""
    stamp = prefix / STAMP
    return stamp.exists() and fingerprint(requirements) in stamp.read_text(encoding="ascii").split()


def fingerprint(requirements: Path) -> str:
    return hashlib.sha256(requirements.read_bytes()).hexdigest()


def write_stamp(requirements: Path) -> None:
    """Note what `.venv` holds; the list for tests contains the list for the site."""
    lists = {requirements, HERE / "requirements.txt"}
    (VENV / STAMP).write_text("\n".join(sorted(map(fingerprint, lists))), encoding="ascii")


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def make_venv() -> None:
    """Make `.venv`, or end with one sentence that says what is missing."""
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    is_root = os.name == "posix" and os.geteuid() == 0
    if made.returncode and is_root and shutil.which("apt-get"):
        say("Installing the system's package python3-venv ...")
        environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
        for step in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "python3-venv"]):
            subprocess.run(
                ["apt-get", *step], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False
            )
        made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        sys.exit(
            "Python's venv module is not complete on this machine, so the packages cannot be installed.\n"
            "Install it (Debian and Ubuntu: sudo apt install python3-venv) and run this command again."
        )


def ensure_environment() -> None:
    """Return when this interpreter can run the site; otherwise prepare `.venv` and start again inside it."""
    requirements = wanted_requirements()
    inside = Path(sys.prefix).resolve() == VENV.resolve()
    if (inside and is_ready(VENV, requirements)) or has_pinned_packages(requirements):
        return
    python = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not is_ready(VENV, requirements):
        say("Preparing .venv with the pinned packages. This happens once and takes a minute or two ...")
        if (
            not python.exists()
            or subprocess.run([str(python), "-m", "pip", "--version"], capture_output=True, check=False).returncode
        ):
            make_venv()
        install = [
            str(python),
            "-m",
            "pip",
            "install",
            "-q",
            "--disable-pip-version-check",
            "--no-input",
            "-r",
            str(requirements),
        ]
        done = subprocess.run(install, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if done.returncode:
            say(done.stdout + done.stderr)
            sys.exit("The packages could not be installed. The lines above say why; then run this command again.")
        write_stamp(requirements)
    os.execv(str(python), [str(python), *sys.argv])  # noqa: S606 - our own interpreter


def main() -> None:
    if sys.version_info < OLDEST_PYTHON:
        sys.exit(f"Soundings needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    ensure_environment()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "engagement.settings")
    from django.core.management import execute_from_command_line  # noqa: PLC0415 - exists only after the set-up

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
