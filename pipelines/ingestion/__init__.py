"""From a source of studies to a data set directory."""
