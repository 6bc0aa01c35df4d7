"""The world: databases, files, keys and clocks, each behind a port. No other floor knows them."""
