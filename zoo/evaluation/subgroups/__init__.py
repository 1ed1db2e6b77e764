"""The evidence by subgroup: vendor, site, sex, age band, fold, any covariate."""
