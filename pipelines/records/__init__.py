"""Records: canonical volumes as TFRecord shards, and the data set directory."""
