"""What the templates show, computed: plain values made of rows that `queries` read."""
