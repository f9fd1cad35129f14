"""A small LMS that speaks the platform side of LTI 1.3 Advantage and the REST dialects of Canvas and Moodle.

It is what a newcomer tries the tool in and what the tests run against. It imports nothing of the tool,
and it is as strict as the LMS whose flavour it wears: sources are named beside each rule.
"""
