"""Sizes and names: what the house refuses to let grow."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "src" / "tacenda").rglob("*.py"))
DRAWERS = {"util", "utils", "helper", "helpers", "common", "misc", "base", "manager", "managers"}
MAX_MODULE_LINES = 600
MAX_FUNCTION_LINES = 50


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from the first statement after the docstring to the last."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def name(path: Path) -> str:
    return path.relative_to(ROOT / "src").as_posix()


def test_there_are_modules() -> None:
    assert len(MODULES) > 50


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_no_module_is_long(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_MODULE_LINES


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_no_function_is_long(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    long = {f.name: body_lines(f) for f in functions(tree) if body_lines(f) > MAX_FUNCTION_LINES}
    assert long == {}


def test_there_are_no_drawers() -> None:
    package = ROOT / "src" / "tacenda"
    parts = {part: path for path in MODULES for part in path.relative_to(package).with_suffix("").parts}
    words = {word: path for part, path in parts.items() for word in part.strip("_").split("_")}
    assert {word: name(path) for word, path in words.items() if word in DRAWERS} == {}


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_every_module_says_what_it_is(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert docstring, "Write in one line what the module is."
