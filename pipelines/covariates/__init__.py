"""Clinical covariates as numbers: for training, evaluation and serving alike."""
