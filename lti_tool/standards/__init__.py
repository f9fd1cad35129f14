"""Frameworks of standards, and the alignment of courses to their indicators."""
