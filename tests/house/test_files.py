"""What no file of the project may hold."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Put together from parts, so that this file does not hold what it looks for.
HOSTS = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("crates", "io"),
        ("golang", "org/proxy"),
        ("proxy", "golang", "org"),
        ("rubygems", "org"),
        ("anaconda", "org"),
        ("jsdelivr", "net"),
        ("unpkg", "com"),
        ("cdnjs", "cloudflare", "com"),
        ("deb", "debian", "org"),
    )
]
INDEX_OPTION = re.compile(rb"--(extra-)?index-url|--find-links|" + b"index" + rb"_url\s*=")
LIMIT = 5_000_000
IGNORED = {".git", ".venv", ".out", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", "__pycache__"}


def project_files() -> list[Path]:
    """Files that are tracked or would be: not what git ignores."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    if done.returncode:  # an unpacked archive, or a checkout that git does not trust
        paths = (path for path in ROOT.rglob("*") if not IGNORED.intersection(path.relative_to(ROOT).parts))
        return [path for path in paths if path.is_file()]
    return [ROOT / name for name in done.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def test_no_file_names_a_package_registry() -> None:
    pattern = re.compile("|".join(re.escape(host) for host in HOSTS).encode(), re.IGNORECASE)
    found = []
    for path in project_files():
        if path.stat().st_size < LIMIT and pattern.search(path.read_bytes()):
            found.append(path.relative_to(ROOT).as_posix())
    assert found == []


def test_the_pattern_finds_what_it_looks_for() -> None:
    pattern = re.compile("|".join(re.escape(host) for host in HOSTS).encode(), re.IGNORECASE)
    assert pattern.search(b"https://" + b"files.python" + b"hosted.org/packages")


def test_no_requirements_file_names_an_index() -> None:
    for path in (ROOT / "requirements").iterdir():
        assert not INDEX_OPTION.search(path.read_bytes()), path.name


def test_scripts_can_be_run() -> None:
    for path in [ROOT / ".ci/run", *(ROOT / "scripts").iterdir()]:
        first = path.read_bytes()[:2] if path.is_file() else b""
        if first == b"#!":
            assert path.stat().st_mode & 0o111, f"{path} is not executable"
