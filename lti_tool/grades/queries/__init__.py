"""Reads for the district's review: ids and states, people and courses; never a word of a goal."""
