"""The pure heart: words, records and the decision. Standard library only; no clock, file, socket or global."""
