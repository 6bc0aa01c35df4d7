"""Readers of what others declare: one module a protocol, each from a stranger's bytes to statements.

Strict for grants and lenient for evidence: what is not well formed never allows anything, and is still
reported as an apparent reservation where it looks like one.
"""
