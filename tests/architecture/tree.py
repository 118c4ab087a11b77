"""The project's own files, as the architecture tests look at them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("engagement", "consultations")
NOT_OURS = {
    ".venv",
    ".git",
    "var",
    "static-built",
    "__pycache__",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    ".hypothesis",
}
TEXTS = {
    ".py",
    ".html",
    ".txt",
    ".md",
    ".toml",
    ".yml",
    ".yaml",
    ".js",
    ".css",
    ".in",
    ".example",
    ".svg",
    ".csv",
    ".json",
    "",
}


def own_files(*suffixes: str, under: str = "") -> Iterator[Path]:
    """Files of the project below `under`, all or those with one of the suffixes, in a fixed order."""
    folders = [ROOT / under]
    while folders:
        for path in sorted(folders.pop().iterdir()):
            if path.is_dir():
                if path.name not in NOT_OURS and not path.name.endswith("_cache"):
                    folders.append(path)
            elif not suffixes or path.suffix in suffixes:
                yield path


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
