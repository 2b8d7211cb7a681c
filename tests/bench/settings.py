"""The product's settings, without its periodic clockwork: training a model is not measured."""

from supportcoord.settings import *  # noqa: F403

CLOCKWORK = {}
