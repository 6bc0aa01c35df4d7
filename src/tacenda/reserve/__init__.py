"""Declaring, amending and withdrawing rights reservations."""
