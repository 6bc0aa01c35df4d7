"""The house style: what others rely on is there, and it needs nothing from outside."""

import re

import pytest

from tacenda.data import style_text

PROMISED = (
    "page masthead lede facts card cards figure-row bar table badge badge-reserved badge-licensed badge-unclear "
    "badge-silent note diff colophon skip-link"
).split()


@pytest.mark.parametrize("name", PROMISED)
def test_the_promised_classes_are_there(name: str) -> None:
    assert re.search(rf"\.{name}(?![\w-])", style_text())


def test_nothing_is_fetched() -> None:
    assert "url(" not in style_text()
    assert "@import" not in style_text()
    assert set(re.findall(r'url\("([^"]+)"\)', style_text("faces.css"))) == {
        "fonts/source-serif-4.woff2",
        "fonts/source-serif-4-italic.woff2",
    }


def test_both_schemes_and_paper_are_set() -> None:
    text = style_text()
    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text
    assert "size: A4" in text


@pytest.mark.parametrize("name", ["../__init__.py", "nothing.css", "", ".", "fonts/OFL.txt", "fonts"])
def test_only_files_of_the_folder_are_given(name: str) -> None:
    with pytest.raises(KeyError):
        style_text(name)
