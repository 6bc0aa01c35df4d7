"""Licences: recording and revoking what lifts a reservation."""
