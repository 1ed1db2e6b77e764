"""The recipe, its parts, and the recipes that are shipped."""
