"""Papers: what is printed, as PDF, and tables for other programs, as CSV."""
