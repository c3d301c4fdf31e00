"""What operators do with a service, as verbs of its process: parked keys and a new broker."""
