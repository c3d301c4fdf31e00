"""Tables and all SQL of this service."""
