"""Match weights: the mixture is trained on the vectors, and every pair is weighed."""
