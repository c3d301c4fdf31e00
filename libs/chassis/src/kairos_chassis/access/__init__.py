"""What every service offers about access to it: who had it, who broke the glass, who lost it.

Mounted beside the service's own routes, so that each answers for its own audit trail.
"""
