"""A source for a bundle, from any declaration."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from tacenda.core.canonical import canonical_bytes, sha256_hex
from tacenda.core.declaration import Declaration
from tacenda.core.documents import declaration_to_document
from tacenda.formats.declaration_page import Basis
from tacenda.publish.bundle import Source
from tacenda.publish.crawlers import load_crawlers
from tacenda.publish.translation import translations_of

BASES = (Basis("eu", date(2026, 11, 22), "European Union", ("Directive",)),)


def _make(declaration: Declaration, **more: Any) -> Source:
    document = canonical_bytes(declaration_to_document(declaration))
    digest = sha256_hex(document)
    note = f"tacenda declaration 1\n{declaration.id}\n{declaration.version}\n{digest}\n\n— x y\n".encode()
    return Source(
        declaration, document, note, digest, 7, "lark.example/tacenda", "vkey", BASES, "b{}", load_crawlers(),
        translations=translations_of(declaration, BASES), **more,
    )  # fmt: skip


@pytest.fixture(scope="session")
def make_source() -> Callable[..., Source]:
    return _make
