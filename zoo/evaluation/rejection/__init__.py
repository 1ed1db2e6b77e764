"""When a model says that it does not know, and how well it knows that."""
