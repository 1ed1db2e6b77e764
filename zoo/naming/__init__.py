"""The series of an unsorted export, named by a network: what sequence each one is."""
