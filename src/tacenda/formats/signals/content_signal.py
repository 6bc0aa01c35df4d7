"""Cloudflare Content Signals: ``Content-Signal: search=yes, ai-train=no`` in robots.txt.

Not an RFC 9651 Dictionary: values are ``yes`` and ``no``. A key that is absent is neither granted nor
restricted. The beta key ``use=immediate|reference|full`` is reported and says nothing in the five dimensions.
Keys of neighbours (``train-ai=no``) and other values (``ai-train=n``, ``false``) say nothing and are reported
as apparent.
"""

import re
from collections.abc import Mapping
from typing import Final

from tacenda.formats.signals.aipref import Words
from tacenda.formats.signals.meaning import CONTENT_SIGNAL
from tacenda.formats.signals.statement import NOTHING, Saying

PROTOCOL: Final = "content-signals"
VERSION: Final = "2025-09-24"
VERSION_USE: Final = "2026-07-01 beta"
_NEIGHBOURS: Final[Mapping[str, str]] = {"train-ai": "ai-train", "ai-use": "ai-input", "ai": "ai-train"}
_NO: Final = frozenset({"n", "0", "false", "none", "deny", "disallow", "no"})
_USE: Final = frozenset({"immediate", "reference", "full"})
_PART: Final = re.compile(rb"[,;]")


def read_signal(value: bytes) -> tuple[Words, ...]:
    """The statements of one ``Content-Signal`` line.

    >>> [words.term for words in read_signal(b"search=yes,ai-train=no")]
    ['search=yes', 'ai-train=no']
    """
    found = []
    separated = b";" not in value
    for part in _PART.split(value):
        key, _, word = part.decode("utf-8", "replace").partition("=")
        key, word = key.strip(" \t").lower(), word.strip(" \t").lower()
        term = f"{key}={word}"[:200]
        if key in CONTENT_SIGNAL and word in ("yes", "no") and separated:
            dimensions = CONTENT_SIGNAL[key]
            says = Saying(denies=dimensions) if word == "no" else Saying(allows=dimensions)
            found.append(Words(VERSION, term, says))
        elif key == "use" and word in _USE:
            found.append(Words(VERSION_USE, term, Saying()))
        elif key or word:
            dimensions = CONTENT_SIGNAL.get(_NEIGHBOURS.get(key, key), NOTHING)
            appears = dimensions if word.strip("\"'") in _NO else NOTHING
            found.append(Words(VERSION, term, Saying(appears=appears), "content-signals.word"))
    return tuple(found)
