"""The evidence log: publish what was filed, prove one entry, verify everything."""
