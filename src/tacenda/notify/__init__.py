"""Letters: who gets one, what it says, and when an answer is due."""
