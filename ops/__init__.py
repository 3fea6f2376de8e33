"""The command line: one verb a file. Reads JSON Lines, writes JSON Lines, keeps progress on stderr."""
