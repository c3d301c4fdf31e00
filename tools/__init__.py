"""Tools of the workspace: what is written or checked from the code as a whole. Never shipped."""
