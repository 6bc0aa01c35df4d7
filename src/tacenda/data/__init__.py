"""Dated facts and shapes: style, legal texts, recipients, crawlers. The only code is these accessors."""

from importlib.resources import files


def style_text(name: str = "house.css") -> str:
    """A file of the `style` folder as text, such as ``house.css``.

    Raises:
        KeyError: if `name` is not a plain file of that folder.
    """
    found = files(__name__) / "style" / name
    if "/" in name or "\\" in name or name.startswith(".") or not found.is_file():
        raise KeyError(name)
    return found.read_text(encoding="utf-8")


def recipients_text() -> str:
    """The shipped directory of recipients, as CSV."""
    return (files(__name__) / "recipients.csv").read_text(encoding="utf-8")


def protocols_text() -> str:
    """The protocols that are honoured and how they are combined, as TOML."""
    return (files(__name__) / "protocols.toml").read_text(encoding="utf-8")
