"""The steps of the stories: each calls services of several apps and returns plain values."""
