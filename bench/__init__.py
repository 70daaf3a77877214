"""Measurements, never asserted in tests: ``python -m bench NAME``."""
