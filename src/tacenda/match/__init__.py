"""Numeric engines that find a corpus's rows among the catalogue's items."""
