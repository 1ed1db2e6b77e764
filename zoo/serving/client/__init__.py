"""Studies to the answers of an endpoint."""
