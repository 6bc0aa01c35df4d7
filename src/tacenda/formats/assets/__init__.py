"""Rights reservations inside files of sound and pictures: read, written, updated and removed again."""
