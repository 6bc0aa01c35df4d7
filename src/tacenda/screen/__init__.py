"""Screening: every row of a corpus against one snapshot, offline, with one verdict a row."""
