"""Folding: the one normal form of names under which two spellings of the same thing are equal."""


def fold_text(text: str) -> str:
    """PLACEHOLDER: being written (see ARCHITECTURE.md, folding)."""
    return " ".join(text.casefold().split())
