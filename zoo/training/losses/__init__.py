"""Losses, class weights and the accuracy that training shows."""
