"""What patients are like: header facts and covariates, compared between groups."""
