"""Writes about completions and scores."""
