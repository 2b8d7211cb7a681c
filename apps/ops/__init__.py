"""Running the product: health, sample data, the development stack, drills."""
