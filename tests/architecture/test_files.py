"""Names and sizes of files, and what must not stand in any of them."""

import re

from tests.architecture.tree import PACKAGES, ROOT, TEXTS, own_files, shown

FORBIDDEN_STEMS = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "services",
    "service",
    "managers",
    "manager",
    "signals",
    "misc",
}
LONGEST = 400
# Tests and benchmarks are read from one case to the next, and may be somewhat longer.
LONGEST_BESIDE = 500
# Places that exist on one machine only.
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:root|work|Users/\w+|home/(?!nonroot|soundings)\w+)/")


def test_no_file_is_named_after_nothing():
    found = [
        shown(path) for package in PACKAGES for path in own_files(".py", under=package) if path.stem in FORBIDDEN_STEMS
    ]

    assert found == []


def test_no_file_of_code_is_longer_than_one_can_hold_in_mind():
    too_long = []
    for path in own_files(".py", ".js", ".html"):
        if "migrations" in path.parts:
            continue
        lines = len(path.read_text(encoding="utf-8").splitlines())
        beside = path.relative_to(ROOT).parts[0] in {"tests", "benchmarks"}
        if lines > (LONGEST_BESIDE if beside else LONGEST):
            too_long.append(f"{shown(path)}: {lines} lines")

    assert too_long == []


def test_no_file_knows_the_machine_that_it_was_written_on():
    found = []
    for path in own_files():
        if path.suffix in TEXTS and path.name != "test_files.py":
            for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
                if MACHINE_PATH.search(line):
                    found.append(f"{shown(path)}:{number}: {line.strip()[:100]}")

    assert found == []


def test_every_package_version_is_pinned_and_comes_from_no_named_place():
    for name in ("requirements.txt", "requirements-dev.txt"):
        loose = [
            line
            for line in (ROOT / name).read_text(encoding="utf-8").splitlines()
            if line.strip() and not re.fullmatch(r"[a-z0-9][a-z0-9-]*==[\w.]+( ; .+)?", line)
        ]
        assert loose == [], name


def test_the_list_for_tests_holds_the_list_for_the_site():
    site, tests = (
        set((ROOT / name).read_text(encoding="utf-8").splitlines())
        for name in ("requirements.txt", "requirements-dev.txt")
    )

    assert site - tests == set()
