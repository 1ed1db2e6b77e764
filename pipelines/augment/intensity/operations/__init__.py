"""The operations on intensities, one a file; `..registry` names them."""
