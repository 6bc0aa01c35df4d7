"""Letters: facts in, PDF/A out. Words and look are Typst files beside this; facts never become markup."""
