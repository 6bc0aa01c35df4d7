"""Outside formats: bytes to core types and back, one module or package a format."""
