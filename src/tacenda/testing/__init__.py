"""Fakes that ship, and the suites that every adapter and its fake must pass."""
