"""Hindcasts: the simulation's demand before the real supply, held against a router's weekly list of tokens.

`study` runs one; `weeks` is what it is held against; `naive`, `logit` and `simulated` are the contestants;
`calibration` fits to the first half what is fitted; `scores`, `authors` and `events` say how it went, `verdict` whether
it won.
"""
