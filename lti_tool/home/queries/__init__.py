"""Reads for the pages that look across features; each takes a fixed number of queries."""
