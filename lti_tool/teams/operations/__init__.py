"""Writes about teams: proposing them, answering to them."""
