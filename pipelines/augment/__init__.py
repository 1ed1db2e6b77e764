"""Random changes of training samples, and the settings that ask for them."""
