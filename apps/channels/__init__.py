"""Mail in and out: every message ends in exactly one outcome."""
