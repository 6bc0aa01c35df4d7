"""Read what others declare: statements from every machine-readable form, and the answer they make together."""

from typing import Any

from tacenda.signals.reading import read

__all__ = ["decide_urls", "read"]


def decide_urls(table: Any, robots: Any, **options: Any) -> Any:
    """What robots.txt files say of a column of addresses; see `tacenda.signals.bulk.decide_urls`."""
    from tacenda.signals.bulk import decide_urls as decide

    return decide(table, robots, **options)
