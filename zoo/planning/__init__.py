"""A recipe from what a data set is: facts, a table of rules, the plan."""
