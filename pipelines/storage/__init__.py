"""Files: whole or not at all, configuration, package data, remote ones, processes."""
