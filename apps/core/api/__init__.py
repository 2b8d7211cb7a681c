"""What every part of the REST interface shares: strict JSON, pages, versions."""
