"""What is measured, and how it reaches Prometheus."""
