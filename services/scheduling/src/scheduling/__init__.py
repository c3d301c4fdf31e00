"""Who, where, when, with what and with whom."""
