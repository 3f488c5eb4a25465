"""Topics: what they must be, what the cluster has, and how the one becomes the other."""
