"""The floors: every import contract holds, and catches a violation planted for it."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "tacenda"
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONTRACTS = {contract["id"]: contract["name"] for contract in SETTINGS["tool"]["importlinter"]["contracts"]}

# For each contract: a file of the package, and what to add to it that the contract must catch.
PLANTS = [
    ("floors", "core/planted.py", "import tacenda.formats"),
    ("floors", "ports_planted.py", ""),
    ("floors", "planted/__init__.py", ""),
    ("floors", "evidence/planted.py", "import tacenda.adapters"),
    ("floors", "reserve/planted.py", "import tacenda.notify"),
    ("floors", "snapshot/planted.py", "import tacenda.ports"),
    ("floors", "app/planted.py", "import tacenda.cli"),
    ("floors", "adapters/planted.py", "import tacenda.testing"),
    ("pure-core", "core/planted.py", "import socket"),
    ("pure-core", "core/planted.py", "def now() -> float:\n    import time\n\n    return time.time()"),
    ("pure-core", "core/planted.py", "from cryptography.hazmat.primitives import hashes"),
    ("databases-in-adapters", "evidence/planted.py", "import sqlalchemy"),
    ("databases-in-adapters", "app/planted.py", "from sqlite3 import connect"),
    ("databases-in-adapters", "cli/planted.py", "import smtplib"),
    ("network-in-adapters", "watch/planted.py", "import socket"),
    ("network-in-adapters", "app/planted.py", "from http.client import HTTPSConnection"),
]


class Copy:
    """A copy of the package that import-linter reads instead of the real one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.package = folder / "src" / "tacenda"
        shutil.copytree(
            PACKAGE, self.package, ignore=shutil.ignore_patterns("__pycache__", "*.csv", "*.ttf", "*.otf")
        )
        shutil.copy(ROOT / "pyproject.toml", folder)

    def broken(self) -> set[str]:
        """Names of the contracts that import-linter finds broken."""
        command = [str(Path(sys.executable).with_name("lint-imports")), "--cache-dir", str(self.folder / "cache")]
        environment = {**os.environ, "PYTHONPATH": str(self.folder / "src"), "COLUMNS": "200"}
        done = subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False
        )
        verdicts = dict(re.findall(r"^(.+?) (KEPT|BROKEN)$", done.stdout, re.MULTILINE))
        if verdicts.keys() != set(CONTRACTS.values()):
            # Exhaustiveness is checked before the contracts: then no verdict is printed.
            assert done.returncode != 0, done.stdout
            assert "planted" in done.stdout, done.stdout + done.stderr
            return {CONTRACTS["floors"]}
        return {name for name, verdict in verdicts.items() if verdict == "BROKEN"}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    return Copy(tmp_path_factory.mktemp("package"))


def test_every_contract_holds(copy: Copy) -> None:
    assert copy.broken() == set()


@pytest.mark.parametrize(("contract", "file", "text"), PLANTS)
def test_a_planted_violation_is_caught(copy: Copy, contract: str, file: str, text: str) -> None:
    path = copy.package / file
    assert not path.exists()
    path.parent.mkdir(exist_ok=True)
    path.write_text(f'"""Planted."""\n\n{text}\n', encoding="utf-8")
    try:
        assert CONTRACTS[contract] in copy.broken()
    finally:
        path.unlink()
        if not any(path.parent.glob("*.py")):
            shutil.rmtree(path.parent)


def test_every_contract_has_a_plant() -> None:
    assert {contract for contract, _, _ in PLANTS} == set(CONTRACTS)


def test_every_folder_is_a_floor_in_the_architecture_page() -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    table = page.split("## The floors", 1)[1].split("\n## ", 1)[0]
    cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    declared = {word for cell in cells for quoted in re.findall(r"`([^`]+)`", cell) for word in quoted.split()}
    floors = {path.name for path in PACKAGE.iterdir() if path.is_dir() and any(path.glob("*.py"))}
    modules = {path.stem for path in PACKAGE.glob("*.py")} - {"__init__", "__main__"}
    assert declared == floors | modules
