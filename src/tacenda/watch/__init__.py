"""Watching what was published: where to look, and whether it still says what was declared."""
