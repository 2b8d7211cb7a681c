"""Protections of the engine, switched off one at a time: for each a test must fail.

Nothing of this is in shipped code: a mutant is a patch that a test run puts on from outside.
"""
