"""The published language of Kairos: every public event, its schema and its examples."""
