"""The schema as it came to be: numbered, forward only. A migration that was released is never edited."""
