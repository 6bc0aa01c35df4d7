"""Lyrics found in running text: words by their hashes, seeds, alignment, and how much evidence it is."""
