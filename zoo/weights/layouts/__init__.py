"""Published names of layers to ours."""
