"""Losses by kind of target, and what classes weigh in them."""
