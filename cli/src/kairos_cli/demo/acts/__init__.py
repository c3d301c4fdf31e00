"""The acts of the journey, one per service and day."""
