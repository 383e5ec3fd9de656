"""What a citation is made of, and how it is set. Pure: plain values in, text out."""
