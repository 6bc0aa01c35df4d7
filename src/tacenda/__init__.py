"""Tacenda: reserve music rights, publish and prove it, and screen corpora offline.

The one question the package answers is: *may this user make this use of this thing, here, on this day?*
Start at `tacenda.core.decision`, or at `tacenda.cli` for the command line.
"""

from typing import Final

__version__: Final = "0.1.0"
