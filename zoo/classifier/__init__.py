"""A backbone and a head joined to the models that are trained and that serve."""
