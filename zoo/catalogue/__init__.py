"""What the networks of the registry are and cost, for who has to choose one."""
