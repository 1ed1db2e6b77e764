"""A regression on covariates alone, beside the network."""
