"""The composition root: the desk, and one module of use cases for each stage."""
