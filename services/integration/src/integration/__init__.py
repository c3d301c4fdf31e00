"""Turning the experience into change: episodes of integration work after each dosing session."""
