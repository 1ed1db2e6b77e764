"""A web page on the embedded endpoint: studies dropped into it are answered."""
