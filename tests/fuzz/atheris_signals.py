"""The fuzz targets for atheris, which is not among the dependencies.

python tests/fuzz/atheris_signals.py tests/fuzz/signals_corpus/
"""

import sys

import atheris

with atheris.instrument_imports():
    from tacenda.signals.reading import Kind, Place, read_places

KINDS = list(Kind)


def one(data: bytes) -> None:
    if data:
        kind = KINDS[data[0] % len(KINDS)]
        read_places([Place("x", data[1:], (), kind)], "https://label.example/a", crawler="GPTBot").document()


if __name__ == "__main__":
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
