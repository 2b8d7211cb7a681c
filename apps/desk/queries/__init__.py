"""What the screens read: each a fixed number of queries, however many rows there are."""
