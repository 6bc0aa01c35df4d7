"""`make bench`: every benchmark in a process of its own, one after the other, each beside its peer.

python -m benchmarks              all of them, at the sizes of docs/figures.md (about ten minutes)
python -m benchmarks small        all of them, a tenth of the size, to see that they run
python -m benchmarks screen_rows  one of them
"""

import subprocess
import sys
from collections.abc import Sequence
from typing import Final

# name, argument at full size, argument at a tenth of it
ALL: Final[Sequence[tuple[str, str, str]]] = (
    ("import_catalogue", "1000000", "100000"),
    ("build_snapshot", "1000000", "100000"),
    ("screen_rows", "1000000", "100000"),
    ("screen_corpus", "1000000", "100000"),
    ("render_letters", "400", "40"),
    ("log", "300000", "30000"),
    ("signals", "4000", "400"),
    ("tag_files", "200", "20"),
)


def main(words: Sequence[str]) -> int:
    small = "small" in words
    names = [word for word in words if word != "small"] or [name for name, _, _ in ALL]
    failed = 0
    for name, full, tenth in ALL:
        if name in names:
            sys.stdout.write(f"\n== {name}\n")
            sys.stdout.flush()
            argument = tenth if small else full
            failed += (
                subprocess.run([sys.executable, "-m", f"benchmarks.{name}", argument], check=False).returncode != 0
            )
    unknown = sorted(set(names) - {name for name, _, _ in ALL})
    if unknown:
        sys.stderr.write(f"No such benchmark: {', '.join(unknown)}\n")
    return 1 if failed or unknown else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
