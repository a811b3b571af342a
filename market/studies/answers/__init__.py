"""Answers to the claims under test, over worlds: what is asked, the worlds that are run for it, and the verdicts."""
