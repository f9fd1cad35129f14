"""What reads across features: each role's home, the list of courses, finding learning, my data."""
