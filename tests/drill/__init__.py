"""The fault drill: the whole stack under load, hurt on purpose, then checked from outside."""
