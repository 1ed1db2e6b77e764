"""Pictures as files, and names in any script in them."""
