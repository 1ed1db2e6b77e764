"""Several finished runs that answer as one: by a rule, or by votes."""
