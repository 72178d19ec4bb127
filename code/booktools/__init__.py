"""What builds and checks the book. Readers of the book never import it, and ``relubook`` does not either."""
