"""Letters: facts in, PDF/A out. The words and the look are Typst files beside this; the facts never become markup."""
