"""Who the patient is, whether KAP is right for them, what they agreed to."""
