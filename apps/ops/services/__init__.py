"""What operators have done to what is stored."""
