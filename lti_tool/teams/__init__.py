"""Teams of educators with like goals: proposed with reasons, accepted by their members, groups in the LMS."""
