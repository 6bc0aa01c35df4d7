"""Publishing a declaration: the bundle of files, and reading it back as a stranger would."""
