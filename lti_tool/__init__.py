"""Like Goals: shared professional learning inside the LMS, for educators who each keep a growth plan."""
