"""The demo: invented staff, invented people, and whole cases driven through the real windows."""
