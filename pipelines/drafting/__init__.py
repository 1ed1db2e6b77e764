"""A task file drafted from what an export and a label table hold."""
