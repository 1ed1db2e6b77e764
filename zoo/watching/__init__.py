"""Studies of a folder into which they arrive file by file: each is answered once."""
