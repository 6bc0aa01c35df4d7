"""Importing a catalogue: guess the columns, check every row, plan what changes."""
