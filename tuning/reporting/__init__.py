"""What a sweep has found, as people see it: live table, page, CSV, TensorBoard."""
